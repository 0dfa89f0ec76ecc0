"""What a writer gives becomes rows: all valid ones, nothing a person wrote overwritten, nothing lost."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from worldgen import phases
from worldgen.answers.derive import derive
from worldgen.answers.validator import check
from worldgen.checking.checks import run_checks
from worldgen.checking.cited import coverage
from worldgen.exchange.world_json import UnreadableWorld, export, load_and_export, read
from worldgen.keeping.save import Writer, save_rows
from worldgen.models import Plane, ReferenceIssue, RosterLine, RowChange, RowDraft
from worldgen.rows import load
from worldgen.tests.whole import by_rules, write_world

pytestmark = pytest.mark.django_db
#: A quest writes four tables; every other table run takes about half of this.
MOST_QUERIES = 45


def a_plane(code, name, **fields):
    return {
        "code": code, "name": name, "summary": "One.", "description": "A plane.", "tags": [],
        "plane_type": "material", "parent_plane": None, "alignment": "true_neutral",
        "dominant_element": "none", "gravity": "normal", "time_flow": "normal",
        "magic_effect": "normal", "native_creature_types": [], "access_methods": ["A door."],
        "hazards": [], "is_home": False, **fields,
    }  # fmt: skip


def save(campaign, *rows, writer=None):
    return save_rows(
        campaign, "planes", check("planes", list(rows)), writer=writer or by_rules(campaign)
    )


def test_a_world_by_rules_is_valid_complete_and_cited(campaign):
    saved, counts = write_world(campaign)
    assert {t: s.invalid for t, s in saved.items() if s.invalid} == {}
    assert RowDraft.objects.count() == 0
    assert max(counts.values()) <= MOST_QUERIES, counts
    world = load(campaign)
    for table, model in phases.tables().items():
        if model.code_prefix:
            assert len(world.rows(table)) >= campaign.count_wanted(model.row_counts), table
    assert [f for f in run_checks(world) if f.blocks] == []
    report = coverage(world)
    assert all(report.facts.values())
    assert (report.missing, report.orphans) == ({}, [])
    assert report.largest_share >= 0.95
    assert report.mean_links >= 3
    assert ReferenceIssue.objects.filter(resolution="open").count() == 0


def test_export_import_export_gives_equal_documents_and_a_dry_run_leaves_nothing(campaign, project):
    write_world(campaign)
    first = load_and_export(campaign)
    campaign.name = "The original"
    campaign.save(update_fields=["name"])
    trial = read(project, first, dry_run=True)
    assert (trial.issues, trial.campaign) == ([], None)
    assert trial.rows == {t: len(rows) for t, rows in first["tables"].items()}
    again = read(project, first)
    assert again.issues == []
    second = load_and_export(again.campaign)
    assert second == first
    derive(again.campaign, writer=Writer(source="derived"))
    assert load_and_export(again.campaign) == first


def test_the_same_rows_again_change_nothing(campaign):
    rows = [a_plane("pla01", "Ember"), a_plane("pla02", "Frost", parent_plane="pla01")]
    assert save(campaign, *rows).created == ["pla01", "pla02"]
    before = export(load(campaign))
    again = save(campaign, *rows)
    assert (again.unchanged, again.created, again.changed) == (["pla01", "pla02"], [], [])
    assert export(load(campaign)) == before
    assert set(Plane.objects.values_list("revision", flat=True)) == {1}


def test_a_changed_row_keeps_its_id_and_leaves_its_history(campaign):
    save(campaign, a_plane("pla01", "Ember"))
    pk = Plane.objects.get().pk
    assert save(campaign, a_plane("pla01", "Embers")).changed == ["pla01"]
    plane = Plane.objects.get()
    assert (plane.pk, plane.name, plane.revision) == (pk, "Embers", 2)
    change = RowChange.objects.exclude(before=None).get()
    assert change.before["values"]["name"] == "Ember"
    assert change.after_hash == plane.content_hash


def test_references_forward_and_by_name_resolve_inside_one_answer(campaign):
    saved = save(
        campaign,
        a_plane("pla01", "Ember", parent_plane="The Hall of Frost"),
        a_plane("pla02", "Hall of Frost"),
    )
    assert saved.invalid == {}
    assert Plane.objects.get(code="pla01").parent_plane.code == "pla02"


@pytest.mark.parametrize("protection", [{"is_locked": True}, {"source": "edited"}])
def test_a_protected_row_stays_and_the_new_one_is_a_candidate(campaign, protection):
    save(campaign, a_plane("pla01", "Ember"))
    Plane.objects.update(**protection)
    assert save(campaign, a_plane("pla01", "Cinder")).candidates == ["pla01"]
    assert Plane.objects.get().name == "Ember"
    draft = RowDraft.objects.get()
    assert (draft.kind, draft.row_key, draft.payload["name"]) == ("candidate", "pla01", "Cinder")


def test_a_bad_row_becomes_a_draft_with_its_issues_and_the_others_are_saved(campaign):
    saved = save(
        campaign,
        a_plane("pla01", "Ember"),
        a_plane("pla02", "Frost", plane_type="cheese", gravity=None),
        a_plane("pla03", "EMBER"),
        a_plane("pla04", "Home", is_home=True, plane_type="outer"),
        a_plane("reg05", "Not a plane"),
    )
    assert saved.created == ["pla01"]
    fields = {i["field"] for draft in RowDraft.objects.all() for i in draft.issues}
    assert fields == {"plane_type", "gravity", "name", "is_home", "code"}
    assert RowDraft.objects.filter(kind="invalid").count() == 4


def test_an_optional_reference_that_leads_nowhere_is_null_and_listed(campaign):
    save(campaign, a_plane("pla01", "Ember", parent_plane="Nowhere at all"))
    assert Plane.objects.get().parent_plane is None
    issue = ReferenceIssue.objects.get()
    assert (issue.reason, issue.resolution, issue.raw_value) == (
        "unknown",
        "nulled",
        "Nowhere at all",
    )


def test_a_reference_to_a_row_that_is_only_listed_is_set_when_the_row_comes(campaign):
    RosterLine.objects.create(
        project=campaign.project, campaign=campaign, table_name="planes", code="pla02", name="Frost"
    )
    save(campaign, a_plane("pla01", "Ember", parent_plane="Frost"))
    assert Plane.objects.get().parent_plane is None
    save(campaign, a_plane("pla02", "Frost"))
    derive(campaign, writer=by_rules(campaign))
    assert Plane.objects.get(code="pla01").parent_plane.code == "pla02"
    assert ReferenceIssue.objects.get().resolution == "resolved"


def test_a_hundred_rows_cost_the_queries_of_two(campaign):
    writer = by_rules(campaign)

    def cost(start, count):
        rows = [a_plane(f"pla{n:03d}", f"Plane {n}") for n in range(start, start + count)]
        with CaptureQueriesContext(connection) as captured:
            assert len(save(campaign, *rows, writer=writer).created) == count
        return len(captured)

    assert cost(10, 2) == cost(100, 100)


@pytest.mark.parametrize(
    "document",
    [
        None,
        {"format": "storyforge-world", "version": 2, "campaign": {}},
        {"format": "storyforge-world", "version": 1, "campaign": {}, "tables": {"auth_user": []}},
    ],
)
def test_what_is_no_world_is_not_read(project, document):
    with pytest.raises(UnreadableWorld):
        read(project, document)


def test_a_world_with_one_bad_row_is_not_half_imported(campaign, project):
    save(campaign, a_plane("pla01", "Ember"), a_plane("pla02", "Frost"))
    document = {**load_and_export(campaign)}
    document["campaign"]["name"] = "Another"
    document["tables"]["planes"][1]["gravity"] = "soft"
    report = read(project, document)
    assert (report.campaign, [i.field for i in report.issues]) == (None, ["gravity"])
    assert Plane.objects.exclude(campaign=campaign).count() == 0
