"""What a run does when a model fails it: halves, again alone, giving up, pausing, and going on."""

from __future__ import annotations

import pytest

from storyforge.ai.errors import ContentRefused, OutputCut, ProviderMisconfigured
from storyforge.jobs.models import Breaker
from worldgen.generations import world_run
from worldgen.models import PCFact, RosterLine, RowDraft, TableRun
from worldgen.planning.plan import Order
from worldgen.rows import load
from worldgen.tests.model_worlds import drive, start, use_model
from worldgen.tests.whole import new_campaign

TABLES = frozenset({"calendar_systems", "planes", "geography_regions"})


@pytest.fixture
def campaign(project):
    return new_campaign(project)


@pytest.fixture
def order(monkeypatch):
    """Three tables are the whole world: calendars, and regions that lie on planes."""

    def use(**changes):
        wanted = Order(**{"writer": "model", "tables": TABLES, **changes})
        monkeypatch.setattr(world_run, "order_of", lambda *_: wanted)

    use()
    return use


def keys(job):
    return set(job.units.values_list("unit_key", flat=True))


def asks_for(table):
    return f"of {table} for each"


@pytest.mark.usefixtures("order")
def test_a_cut_answer_is_asked_again_in_halves(campaign, settings):
    provider = use_model(settings, seed=3)
    cut = []

    def once(request):
        if asks_for("planes") in request.prompt and not cut:
            cut.append(request)
            raise OutputCut

    provider.interfere = once
    job = drive(start(campaign))
    assert job.state == "completed"
    assert {"1A rows planes 1", "1A rows planes 1.0", "1A rows planes 1.1"} <= keys(job)
    assert len(load(campaign).rows("planes")) == 3


@pytest.mark.usefixtures("order")
def test_who_lacks_what_is_told_when_a_table_comes_to_nothing(campaign, settings):
    provider = use_model(settings, seed=3)

    def never(request):
        if asks_for("planes") in request.prompt:
            raise ContentRefused

    provider.interfere = never
    job = drive(start(campaign))
    assert job.state == "partial"
    assert job.result["lacking"] == {"geography_regions": "There is no row of planes."}
    assert not job.units.filter(unit_key__contains="geography_regions").exists()
    assert load(campaign).rows("calendar_systems")


@pytest.mark.usefixtures("order")
def test_a_refused_key_pauses_the_run_and_it_goes_on_where_it_was(campaign, settings):
    provider = use_model(settings, seed=3)
    bad = ProviderMisconfigured("The key was refused.", vendor_status=401)

    def locked_out(request):
        if asks_for("geography_regions") in request.prompt:
            raise bad

    provider.interfere = locked_out
    job = drive(start(campaign))
    assert job.paused_at is not None
    assert job.progress_label == bad.message
    asked = len(provider.history)
    provider.interfere = None
    Breaker.objects.all().delete()
    job.resume()
    job = drive(job)
    assert job.status == "completed"
    assert len(load(campaign).rows("geography_regions")) == 6
    planes = [r for r in provider.history[asked:] if asks_for("planes") in r.prompt]
    assert planes == []  # what was written is not paid again


def test_a_person_drops_and_renames_lines_before_any_row_is_written(campaign, settings, order):
    order(review_rosters=True)
    use_model(settings, seed=3)
    job = drive(start(campaign))
    assert job.paused_at is not None
    assert not load(campaign).rows("planes")
    lines = RosterLine.objects.filter(campaign=campaign, table_name="geography_regions")
    assert lines.count() == 6
    last = lines.order_by("code").last()
    lines.filter(pk=last.pk).update(is_dropped=True, is_edited=True)
    lines.filter(code="reg01").update(name="The Long Shore", is_edited=True)
    job.resume()
    job = drive(job)
    assert job.status == "completed"
    rows = load(campaign).rows("geography_regions")
    assert last.code not in rows
    assert rows["reg01"]["name"] == "The Long Shore"


@pytest.mark.usefixtures("order")
def test_refused_rows_are_repaired_field_by_field_and_then_given_up(campaign, settings):
    provider = use_model(settings, seed=3, faults={"unknown_code": 1.0})
    job = drive(start(campaign))
    assert job.status == "completed"
    repairs = [r for r in provider.history if "were refused" in r.prompt]
    assert repairs
    schema = repairs[0].schema["properties"]["rows"]["items"]
    assert "row" in schema["properties"]
    assert "description" not in schema["properties"]  # only what was at fault
    assert "candidates" in repairs[0].prompt
    settled = [u.result for u in job.units.all() if u.input["step"] == "settle"]
    assert sum(len(result["dropped"]) for result in settled) >= 1
    assert job.state == "partial"
    assert RowDraft.objects.filter(kind="invalid").exists()


@pytest.mark.usefixtures("order")
def test_every_call_keeps_to_its_length_and_begins_with_what_it_shares(campaign, settings):
    provider = use_model(settings, seed=3)
    job = drive(start(campaign))
    calls = [r for r in provider.history if "Write one row of" in r.prompt]
    parts = [u for u in job.units.all() if u.input["step"] == "rows"]
    assert len(calls) == len(parts) > 2
    assert len({call.prompt[: call.shared] for call in calls}) == 1
    assert all(200 < call.max_tokens <= 1.6 * 1_300 + 200 for call in calls)
    runs = TableRun.objects.filter(writer="model", kind="detail")
    assert {run.model for run in runs} == {"claude-sonnet-5-5"}
    assert all(run.tokens_in and run.tokens_out and len(run.input_hash) == 64 for run in runs)


def test_the_facts_of_a_backstory_are_passages_of_it(campaign, settings, order):
    order(tables=frozenset({"planes"}))
    PCFact.objects.filter(campaign=campaign, pc__code="pc1").delete()
    use_model(settings, seed=3)
    job = drive(start(campaign))
    assert job.status == "completed"
    facts = PCFact.objects.filter(pc__code="pc1")
    assert facts
    for fact in facts:
        assert fact.pc.backstory[fact.span_start : fact.span_end] == fact.text
        assert fact.origin == "model"
    assert PCFact.objects.filter(pc__code="pc2").count() == 2  # those of the others stay
