"""Rows by hand: forms of every table, locks, secrets that are shown, drafts, history, rosters, runs."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse

from conftest import make_user
from storyforge.jobs.create import create_job
from storyforge.jobs.models import Job
from storyforge.projects.models import Project
from storyforge.web.samples import add_samples, sample
from tests.make import make
from worldgen import phases
from worldgen.answers.validator import check_row
from worldgen.calendars import Calendar, Span
from worldgen.models import (
    CalendarSystem,
    Campaign,
    CelestialBody,
    Deity,
    GenerationRun,
    PhaseRun,
    RosterLine,
    RowDraft,
    TableRun,
)
from worldgen.rows import key_of, load_rows
from worldgen.sample import PREMISE
from worldgen.tests.test_pages import address, queries, send
from worldgen.tests.whole import new_campaign, write_world
from worldgen.views.controls import controls_of, read, targets
from worldgen.views.reader import Reader

pytestmark = pytest.mark.django_db
HOME = {"table": "entities", "key": "ent01"}


@pytest.fixture(scope="module")
def project(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield Project.start(make_user("alice"), name="The Lighthouse")
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def whole(project):
    campaign = new_campaign(project)
    write_world(campaign)
    return campaign


def entity(campaign):
    return phases.tables()["entities"].objects.get(campaign=campaign, code="ent01")


def typed(controls, form=None):
    """What a browser sends when nothing was touched."""
    form = QueryDict(mutable=True) if form is None else form
    for control in controls:
        if control.kind in ("object", "list"):
            if control.kind == "list":
                form[f"{control.name}.n"] = str(control.value)
            typed(control.children, form)
        elif control.kind == "rows":
            form.setlist(control.name, control.value)
        elif control.kind != "check":
            form[control.name] = str(control.value)
        elif control.value:
            form[control.name] = "on"
    return form


@pytest.mark.parametrize("table", list(phases.tables()))
def test_a_form_that_is_sent_back_as_it_came_changes_nothing(table, whole, project):
    model = phases.tables()[table]
    reader = Reader(whole, project.owner)
    found = reader.named(targets(model))
    names = {t: [n for n in found if n.table == t] for t in targets(model)}
    rows = list(model.objects.filter(campaign=whole)[:12])
    for values in load_rows(rows).values():
        controls = controls_of(model, values, names, spare={})
        row, issues = check_row(table, {**values, **read(controls, typed(controls))})
        assert issues == []
        assert {name: row[name] for name in values} == values


def page_form(client, url):
    """The form of a page, as a browser would send it untouched."""
    return typed(client.get(url).context["controls"])


def test_a_row_is_edited_and_is_the_editors_from_then_on(whole, alice):
    url = address("world_row_edit", whole, **HOME)
    form = page_form(alice, url)
    assert send(alice, url, form).status_code == 302
    assert entity(whole).source == "rules"  # nothing was changed
    form["occupation"] = "Ferryman"
    form["goals"] = "Cross the water\nPay the toll"
    form["knowledge.0.fact"] = "The bell is hollow."
    form["revision"] = str(entity(whole).revision)
    assert send(alice, url, form).status_code == 302
    row = entity(whole)
    assert (row.occupation, row.source) == ("Ferryman", "edited")
    assert row.goals == ["Cross the water", "Pay the toll"]
    assert row.knowledge[0]["fact"] == "The bell is hollow."
    history = alice.get(address("world_history", whole, **HOME)).content.decode()
    assert "Ferryman" in history
    assert "Customs" in history or row.occupation != "Customs clerk"


def test_a_form_says_what_is_wrong_beside_the_field_and_keeps_what_was_typed(whole, alice):
    url = address("world_row_edit", whole, **HOME)
    form = page_form(alice, url)
    form["age"] = "99999"
    form["occupation"] = "Typed"
    refused = send(alice, url, form)
    assert refused.status_code == 422
    ages = [c for c in refused.context["controls"] if c.name == "age"]
    assert ages[0].errors
    assert "Typed" in refused.content.decode()
    form = page_form(alice, url)
    before = len(form.getlist("knowledge.n") and [c for c in form if c.endswith(".fact")])
    form["more"] = "knowledge"
    roomier = send(alice, url, form)
    assert roomier.status_code == 200
    assert roomier.content.decode().count('.fact"') > before


def test_a_row_that_somebody_saved_meanwhile_is_not_overwritten(whole, alice):
    url = address("world_row_edit", whole, **HOME)
    form = page_form(alice, url)
    form["revision"] = "900"
    form["occupation"] = "Mine"
    refused = send(alice, url, form)
    assert refused.status_code == 422
    assert "Somebody saved this row while you wrote" in refused.content.decode()
    assert "occupation" in refused.content.decode()
    assert entity(whole).occupation != "Mine"


def test_a_locked_row_is_changed_by_nobody_until_it_is_unlocked(whole, alice, vera):
    url = address("world_row", whole, **HOME)
    before = entity(whole).revision
    assert send(alice, url, {"do": "lock"}).status_code == 302
    edit = address("world_row_edit", whole, **HOME)
    form = page_form(alice, edit)
    form["occupation"] = "Nobody"
    assert send(alice, edit, form).status_code == 422
    assert (entity(whole).is_locked, entity(whole).revision) == (True, before + 1)
    assert send(vera, url, {"do": "unlock"}).status_code == 403
    send(alice, url, {"do": "unlock"})
    assert send(alice, edit, form).status_code == 302
    assert send(alice, url, {"do": "dance"}).status_code == 404


def test_what_is_revealed_players_see_and_what_is_hidden_again_they_do_not(whole, alice, vera):
    word = "canary-word"
    phases.tables()["entities"].objects.filter(campaign=whole).update(gm_secret=word)
    url = address("world_row", whole, **HOME)
    assert "canary-word" not in vera.get(url).content.decode()
    send(alice, url, {"do": "reveal", "field": "gm_secret"})
    assert "canary-word" in vera.get(url).content.decode()
    send(alice, url, {"do": "hide", "field": "gm_secret"})
    assert "canary-word" not in vera.get(url).content.decode()
    quest = address("world_row", whole, table="quest_hooks", key="qst01")
    assert vera.get(quest).status_code == 404
    send(alice, quest, {"do": "reveal"})
    assert vera.get(quest).status_code == 200
    for name in ("world_history", "world_row_edit"):
        assert vera.get(address(name, whole, **HOME)).status_code == 403


def test_secrets_inside_the_elements_of_a_field_are_revealed_with_it_and_others_stay(whole, alice):
    taverns = phases.tables()["taverns"].objects.filter(campaign=whole)
    code = taverns.first().code
    url = address("world_row", whole, table="taverns", key=code)
    for do, field, seen in (
        ("reveal", "name", []),
        ("reveal", "rumors", ["rumors[].truth"]),
        ("hide", "name", ["rumors[].truth"]),
        ("hide", "rumors", []),
    ):
        send(alice, url, {"do": do, "field": field})
        assert taverns.get(code=code).revealed_fields == seen, (do, field)
    people = phases.tables()["entities"].objects.filter(campaign=whole, code="ent01")
    people.update(revealed_fields=["gm_secret"])
    other = next(name for name in people.get().gm_fields if name != "gm_secret")
    home = address("world_row", whole, **HOME)
    send(alice, home, {"do": "reveal", "field": other.partition("[")[0]})
    assert {"gm_secret", other} <= set(people.get().revealed_fields)


def test_a_row_is_added_and_deleted_and_one_that_is_needed_stays(whole, alice):
    url = address("world_row_new", whole, table="feats")
    values = load_rows([phases.tables()["feats"].objects.filter(campaign=whole).first()])
    (values,) = values.values()
    form = typed(controls_of(phases.tables()["feats"], values, {}, spare={}))
    form["name"] = "Bell Ringer"
    answer = send(alice, url, form)
    assert answer.status_code == 302, answer.context["problems"]
    added = phases.tables()["feats"].objects.get(campaign=whole, name="Bell Ringer")
    page = address("world_row", whole, table="feats", key=added.code)
    assert send(alice, page, {"do": "delete"}).status_code == 302
    assert alice.get(page).status_code == 404
    region = address("world_row", whole, table="geography_regions", key="reg02")
    refused = send(alice, region, {"do": "delete"})
    assert refused.status_code == 422
    assert refused.context["needing"]


def drafted(campaign, **fields):
    run = make(GenerationRun, campaign.project, campaign=campaign, state="completed")
    phase = make(PhaseRun, campaign.project, campaign=campaign, run=run)
    table_run = make(TableRun, campaign.project, campaign=campaign, phase_run=phase,
                     unit_key=f"unit {TableRun.objects.count()}")  # fmt: skip
    return make(RowDraft, campaign.project, campaign=campaign, table_run=table_run,
                table_name="entities", **fields)  # fmt: skip


def test_a_candidate_is_taken_field_by_field(whole, alice, vera):
    values = load_rows([entity(whole)])[entity(whole).pk]
    written = {**values, "occupation": "Bell founder", "voice": "Like gravel."}
    draft = drafted(whole, row_key="ent01", kind="candidate", payload=written, issues=[])
    assert "Compare and take" in alice.get(address("world_row", whole, **HOME)).content.decode()
    assert "candidate" in alice.get(address("world_drafts", whole)).content.decode()
    url = address("world_draft", whole, draft=draft.pk)
    page = alice.get(url).content.decode()
    assert "Bell founder" in page
    assert "Like gravel." in page
    assert vera.get(url).status_code == 403
    assert send(alice, url, {"do": "take"}).status_code == 422  # nothing was chosen
    assert send(alice, url, {"do": "take", "field": "occupation"}).status_code == 302
    row = entity(whole)
    assert row.occupation == "Bell founder"
    assert row.voice == values["voice"]
    assert not RowDraft.objects.filter(pk=draft.pk).exists()


def test_a_row_that_did_not_fit_is_mended_as_a_new_one_or_put_away(whole, alice):
    values = load_rows([entity(whole)])[entity(whole).pk]
    issue = {"field": "age", "message": "Too old.", "code": "rule", "table": "entities", "row": ""}
    draft = drafted(whole, row_key="ent77", kind="invalid", issues=[issue],
                    payload={**values, "name": "Nobody Yet", "age": "very"})  # fmt: skip
    url = address("world_draft", whole, draft=draft.pk)
    assert "Too old." in alice.get(url).content.decode()
    new = address("world_row_new", whole, table="entities") + f"?draft={draft.pk}"
    controls = {c.name: c.value for c in alice.get(new).context["controls"]}
    assert controls["name"] == "Nobody Yet"
    assert controls["age"] == ""
    assert send(alice, url, {"do": "discard"}).status_code == 302
    assert alice.get(url).status_code == 404


def test_a_roster_is_renamed_ordered_thinned_and_added_to(whole, alice, vera):
    url = address("world_roster", whole, phase="2A")
    lines = RosterLine.objects.filter(campaign=whole, table_name="entities")
    form = {}
    for line in lines:
        form |= {f"{line.code}.name": line.name, f"{line.code}.line": line.line,
                 f"{line.code}.position": str(line.position)}  # fmt: skip
    form |= {"ent02.name": "Old Pellam", "ent03.drop": "on", "ent04.position": "77",
             "new.entities.name": "The Bell Founder", "new.entities.line": "Casts what drowns."}  # fmt: skip
    count = lines.count()
    assert send(alice, url, form).status_code == 302
    found = {line.code: line for line in lines.all()}
    assert (found["ent02"].name, found["ent02"].is_edited) == ("Old Pellam", True)
    assert found["ent03"].is_dropped
    assert found["ent04"].position == 77
    assert not found["ent05"].is_edited
    assert len(found) == count + 1
    refused = send(alice, url, form | {"ent02.name": "Mara", "new.entities.name": ""})
    assert refused.status_code == 422
    assert "A player character has this name." in refused.content.decode()
    assert vera.get(url).status_code == 403
    assert alice.get(address("world_roster", whole, phase="3C")).status_code == 404


def test_runs_are_compared_and_rolled_back(project, alice, vera, work):
    campaign = new_campaign(project, name="Run")
    job = create_job("world.run", project=project, actor=project.owner, target_type="campaign",
                     target_id=campaign.pk, writer="rules")  # fmt: skip
    work()
    run = GenerationRun.objects.get(job=job)
    url = address("world_runs", campaign)
    assert queries(alice, url) <= 20
    told = alice.get(url, {"run": run.pk}).content.decode()
    assert "came" in told
    report = alice.get(url, {"undo": run.pk}).content.decode()
    assert "Roll back" in report
    assert vera.get(url).status_code == 403
    assert alice.get(url, {"run": "nonsense"}).status_code == 404
    entities = phases.tables()["entities"].objects.filter(campaign=campaign)
    kept = entities.first()
    kept_key = key_of(type(kept), load_rows([kept])[kept.pk])
    send(alice, address("world_row", campaign, table="entities", key=kept_key), {"do": "lock"})
    assert send(alice, url, {"undo": run.pk}).status_code == 302
    work()
    assert [row.pk for row in entities] == [kept.pk]
    assert GenerationRun.objects.get(job=job).state == "rolled_back"


def test_the_form_of_a_row_takes_no_query_for_each_option(whole, alice):
    for table in ("entities", "quest_hooks", "shops"):
        row = phases.tables()[table].objects.filter(campaign=whole).first()
        url = address("world_row_edit", whole, table=table, key=row.code)
        assert queries(alice, url) <= 30, table


def test_the_sample_project_gets_a_small_world_that_workers_make_for_nothing(project):
    add_samples(project, project.owner)
    world = Campaign.objects.get(project=project, premise=PREMISE)
    job = Job.objects.get(target_id=world.pk)
    assert (job.kind, job.writer, job.status) == ("world.run", "rules", "pending")
    assert world.size == "small"
    with pytest.raises(ValueError, match="'world'"):
        sample("world")(add_samples)


def test_a_row_is_accepted_from_its_page(whole, alice, vera):
    url = address("world_row", whole, table="planes", key="pla01")
    accept = reverse("accept-row", args=[whole.pk, "planes", "pla01"])
    assert accept in alice.get(url).content.decode()
    assert accept not in vera.get(url).content.decode()
    assert alice.post(accept).status_code == 200
    page = alice.get(url).content.decode()
    assert accept not in page
    assert "accepted" in page


def test_the_page_of_a_calendar_says_what_today_is_and_what_comes(whole, alice, vera):
    row = CalendarSystem.objects.get(campaign=whole, is_primary=True)
    calendar = Calendar(tuple(Span(m["name"], m["days"]) for m in row.months))
    month, later = row.months[0], row.months[1]
    row.intercalary_days, row.leap_days = [], []
    row.week_days = ["Oneday", "Twoday", "Threeday"]
    row.current_year, row.current_month, row.current_day = 3, month["name"], 2
    feast = {"name": "The Small Feast", "month": month["name"], "day": 1, "meaning": "Bread."}
    row.festivals = [feast, {**feast, "name": "The Large Feast", "month": later["name"]}]
    row.save()
    deities = Deity.objects.filter(campaign=whole)
    deities.update(holy_day="")
    deities.filter(code="dei01").update(holy_day=f"the 4th of {month['name']}")
    moon = CelestialBody.objects.filter(campaign=whole).first()
    CelestialBody.objects.filter(pk=moon.pk).update(
        calendar=row, orbital_period_days=2,
        phases=[{"name": "dark", "days": 1}, {"name": "bright", "days": 1}],
    )  # fmt: skip
    number = 3 * calendar.year_days + 1  # days since the first day of year 0
    url = reverse("world_row", args=[whole.project_id, whole.pk, "calendar_systems", row.code])
    for reader in (alice, vera):
        told = " ".join(reader.get(url).content.decode().split())
        card = told.partition('id="almanac-title"')[2].partition("</section>")[0]
        assert f"{row.week_days[number % 3]}, 2 {month['name']} 3" in card
        for name, days in (
            ("/deities/dei01", 2),
            ("The Large Feast", month["days"] - 1),
            ("The Small Feast", calendar.year_days - 1),
        ):
            assert f"in {days} day" in card.partition(name)[2].partition("</li>")[0], name
        assert card.index("/deities/dei01") < card.index("The Large") < card.index("The Small")
        assert ("bright" if number % 2 else "dark") in card
    CalendarSystem.objects.filter(pk=row.pk).update(current_month="No such month")
    assert b"almanac-title" not in alice.get(url).content
