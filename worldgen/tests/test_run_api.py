"""Runs over the API: asked for, watched, held, compared, undone; restarts, stale rows, phases."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from storyforge.jobs import trees
from storyforge.jobs.models import Job
from storyforge.jobs.runner import run
from worldgen.keeping import fingerprint
from worldgen.models import Faction, GenerationRun, PhaseRun, RosterLine
from worldgen.tests.whole import new_campaign

pytestmark = pytest.mark.django_db
EARLY = ["1A", "1B", "1C"]


@pytest.fixture
def campaign(project):
    return new_campaign(project)


@pytest.fixture
def base(campaign):
    return f"/api/v1/campaigns/{campaign.pk}"


@pytest.fixture
def early(bob, base, finish):
    finish(bob.post(f"{base}/runs", {"mode": "phase", "phases": EARLY}, format="json"))


def runs_of(client, campaign):
    return client.get(f"/api/v1/runs?campaign={campaign.pk}").json()["results"]


def test_a_run_is_asked_for_once_watched_and_held(bob, vera, charlie, carol, base, campaign, work):
    wish = {"mode": "phase", "phases": ["1A"]}
    answers = [
        bob.post(f"{base}/runs", wish, format="json", headers={"Idempotency-Key": "one"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content == answers[1].content
    again = bob.post(f"{base}/runs", wish, format="json")
    assert (again.status_code, again.json()["error_code"]) == (409, "run_in_progress")
    assert [
        c.post(f"{base}/runs", wish, format="json").status_code for c in (vera, carol, charlie)
    ] == [403, 403, 404]
    (made,) = runs_of(vera, campaign)
    assert (made["state"], made["mode"], made["job"]) == (
        "queued",
        "phase",
        answers[0].json()["id"],
    )
    url = f"/api/v1/runs/{made['id']}"
    assert bob.post(f"{url}/pause").json()["state"] == "paused"
    work()
    assert GenerationRun.objects.get().state == "paused"
    assert bob.post(f"{url}/resume").json()["state"] == "queued"
    assert vera.post(f"{url}/cancel").status_code == 403
    work()
    shown = vera.get(url).json()
    assert (shown["state"], [p["phase"] for p in shown["phases"] if p["phase"]]) == (
        "completed",
        ["1A"],
    )
    calls = [call for phase in shown["phases"] for call in phase["table_runs"]]
    assert {call["state"] for call in calls} == {"ok"}
    assert charlie.get(url).status_code == 404
    assert bob.post(f"{url}/pause").status_code == 409


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"mode": "phase", "phases": ["2B"]}, 409, "phase_needs_missing"),
        ({"mode": "phase", "phases": ["9Z"]}, 400, "validation_error"),
        ({"mode": "table"}, 400, "validation_error"),
        ({"only_stale": True}, 409, "nothing_to_do"),
    ],
)
def test_a_run_that_makes_no_sense_is_refused_before_there_is_a_job(bob, base, wish, status, code):
    answer = bob.post(f"{base}/runs", wish, format="json")
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    assert not Job.objects.exists()


@pytest.mark.usefixtures("early")
def test_a_phase_is_restarted_compared_and_undone(bob, vera, base, campaign, finish):
    before = fingerprint.of_world(campaign)
    finish(bob.post(f"{base}/phases/1C/restart", {"tables": ["factions"]}, format="json"))
    (again, _) = runs_of(bob, campaign)
    url = f"/api/v1/runs/{again['id']}"
    found = bob.get(f"{url}/diff").json()
    assert (set(found["changed"]), found["added"], found["dropped"]) == ({"factions"}, {}, {})
    assert vera.get(f"{url}/diff").status_code == 403
    dry = bob.post(f"{url}/rollback", {"dry_run": True}, format="json")
    assert (dry.status_code, dry.json()["restored"]) == (
        200,
        {"factions": len(found["changed"]["factions"])},
    )
    assert fingerprint.of_world(campaign) != before
    job = finish(bob.post(f"{url}/rollback"))
    assert job.result["restored"] == dry.json()["restored"]
    assert fingerprint.of_world(campaign) == before
    assert bob.get(url).json()["state"] == "rolled_back"
    twice = bob.post(f"{url}/rollback")
    assert (twice.status_code, twice.json()["error_code"]) == (409, "already_rolled_back")
    wrong = bob.post(f"{base}/phases/1C/restart", {"tables": ["planes"]}, format="json")
    assert wrong.status_code == 400
    assert bob.post(f"{base}/phases/9Z/restart").status_code == 404


@pytest.mark.usefixtures("early")
def test_stale_rows_are_told_with_reasons_accepted_refreshed_or_removed(bob, vera, base, finish):
    race = bob.get(f"{base}/tables/races/rac01").json()
    region = race["origin_region"]
    edited = bob.patch(
        f"{base}/tables/geography_regions/{region}", {"summary": "Since the storm."}, format="json"
    )
    assert edited.status_code == 200, edited.json()
    why = bob.get(f"{base}/stale").json()
    assert why["races"]["rac01"] == [region]
    assert vera.get(f"{base}/stale").status_code == 403
    named = {"rows": {"races": list(why["races"])}}
    assert bob.post(f"{base}/stale/accept", named, format="json").status_code == 200
    assert "races" not in bob.get(f"{base}/stale").json()
    status = {line["phase"]: line for line in vera.get(f"{base}/phases").json()}
    assert (status["1B"]["stale"], status["1A"]["protected"]) == (
        sum(len(k) for t, k in why.items() if t in ("feats", "backgrounds", "character_classes")),
        1,
    )
    if bob.get(f"{base}/stale").json():
        finish(bob.post(f"{base}/runs", {"only_stale": True}, format="json"))
    assert bob.get(f"{base}/stale").json() == {}
    refused = bob.post(f"{base}/stale/remove", {"rows": {"factions": ["fac01"]}}, format="json")
    assert (refused.status_code, refused.json()["error_code"]) == (409, "not_dropped")
    assert (
        bob.post(f"{base}/stale/remove", {"rows": {"nothing": ["x"]}}, format="json").status_code
        == 404
    )


@pytest.mark.usefixtures("early")
def test_one_row_is_regenerated_unless_a_person_made_it_theirs(bob, base, finish):
    before = bob.get(f"{base}/tables/factions/fac03").json()
    finish(bob.post(f"{base}/tables/factions/fac03/regenerate"))
    after = bob.get(f"{base}/tables/factions/fac03").json()
    assert (after["id"], after["name"]) == (before["id"], before["name"])
    assert after["description"] != before["description"]
    Faction.objects.filter(code="fac03").update(is_locked=True)
    answer = bob.post(f"{base}/tables/factions/fac03/regenerate")
    assert (answer.status_code, answer.json()["error_code"]) == (409, "row_protected")


@pytest.mark.usefixtures("early")
def test_nine_milestones_or_three(vera, base, campaign):
    nine = vera.get(f"{base}/phases").json()
    assert [line["phase"] for line in nine] == [
        "1A",
        "1B",
        "1C",
        "2A",
        "2B",
        "2C",
        "3A",
        "3B",
        "3C",
    ]
    assert [(line["state"], line["percent"]) for line in nine[:4]] == [
        ("done", 100), ("done", 100), ("done", 100), ("waiting", 0)]  # fmt: skip
    assert nine[0]["rows"] == nine[0]["planned"]
    campaign.phase_mode = "three"
    campaign.save(update_fields=["phase_mode"])
    three = vera.get(f"{base}/phases").json()
    assert [(line["phase"], line["state"]) for line in three] == [
        ("1", "done"), ("2", "waiting"), ("3", "waiting")]  # fmt: skip
    assert three[0]["rows"] == sum(line["rows"] for line in nine[:3])
    assert RosterLine.objects.filter(campaign=campaign).exists()


def percent_of(client, base, phase):
    line = next(line for line in client.get(f"{base}/phases").json() if line["phase"] == phase)
    return line["state"], line["percent"]


@pytest.mark.usefixtures("early")
def test_a_phase_that_is_written_anew_begins_at_nothing_and_never_goes_back(bob, base, work):
    assert percent_of(bob, base, "1C") == ("done", 100)
    answer = bob.post(f"{base}/phases/1C/restart")
    assert answer.status_code == 202
    job, seen = Job.objects.get(pk=answer.json()["id"]), []
    for _ in range(200):
        waiting = Job.objects.filter(parent=job, status="pending").order_by("created_at", "pk")
        if PhaseRun.objects.filter(run__job=job, state="done").exists():
            break
        run(waiting.first() or Job.objects.get(pk=job.pk))
        if PhaseRun.objects.filter(run__job=job, phase="1C").exists():
            seen.append(percent_of(bob, base, "1C"))
    going = [percent for state, percent in seen if state == "running"]
    assert going[0] < 50
    assert going == sorted(going)
    assert going[-1] == 99  # what follows from the rows is still to come
    assert seen[-1] == ("done", 100)
    work()
    assert percent_of(bob, base, "1B") == ("done", 100)


@pytest.mark.usefixtures("early")
def test_a_canceled_restart_says_how_far_it_came_also_of_a_single_table(bob, base):
    answer = bob.post(f"{base}/phases/1C/restart", {"tables": ["factions"]}, format="json")
    job = Job.objects.get(pk=answer.json()["id"])
    run(job)
    [unit] = Job.objects.filter(parent=job)
    assert run(unit)
    assert percent_of(bob, base, "1C") == ("running", 99)  # the one table that it is about is there
    trees.cancel(Job.objects.get(pk=job.pk))
    for unfinished in Job.objects.filter(status__in=Job.UNFINISHED):
        run(unfinished)
    assert percent_of(bob, base, "1C") == ("failed", 99)


@pytest.mark.usefixtures("early")
def test_two_runs_are_compared_by_what_each_left(bob, base, campaign, finish, project):
    made = [
        finish(bob.post(f"{base}/tables/factions/{code}/regenerate")) for code in ("fac02", "fac03")
    ]
    first, second = (GenerationRun.objects.get(job=job) for job in made)
    url = f"/api/v1/runs/{second.pk}/diff"
    alone = bob.get(url).json()["changed"]
    assert set(alone["factions"]) == {"fac03"}
    assert bob.get(f"{url}?against={first.pk}").json()["changed"] == alone
    early = GenerationRun.objects.order_by("created_at").first()
    both = bob.get(f"{url}?against={early.pk}").json()["changed"]
    assert set(both["factions"]) == {"fac02", "fac03"}
    assert bob.get(f"{url}?against={second.pk}").json()["changed"] == {}
    elsewhere = new_campaign(project, name="Another")
    other = GenerationRun.objects.create(project=project, campaign=elsewhere, mode="full")
    for wrong in (other.pk, uuid.uuid4(), "no id"):
        assert bob.get(f"{url}?against={wrong}").status_code == 404


@pytest.mark.usefixtures("early")
def test_a_roll_back_from_the_page_is_a_job_with_its_progress(
    bob, carol, base, campaign, finish, work
):
    before = fingerprint.of_world(campaign)
    job = finish(bob.post(f"{base}/phases/1C/restart"))
    made = GenerationRun.objects.get(job=job)
    page = reverse("world_runs", args=[campaign.project_id, campaign.pk])
    assert carol.post(page, {"undo": str(made.pk)}, format="multipart").status_code == 403
    changed = fingerprint.of_world(campaign)
    for _ in range(2):  # asked twice, done once
        assert bob.post(page, {"undo": str(made.pk)}, format="multipart").status_code == 302
    [undoing] = Job.objects.filter(kind="world.rollback")
    assert fingerprint.of_world(campaign) == changed != before
    shown = bob.get(page).content.decode()
    assert f'data-id="{undoing.pk}"' in shown
    assert "The way back was asked for" in shown
    assert f"?undo={made.pk}" not in shown
    work()
    assert Job.objects.get(pk=undoing.pk).status == "completed"
    assert fingerprint.of_world(campaign) == before
    shown = bob.get(page).content.decode()
    assert f'data-id="{undoing.pk}"' not in shown
    assert '<span class="chip">rolled back</span>' in " ".join(shown.split()).lower()
    bob.post(page, {"undo": str(made.pk)}, format="multipart")
    assert "rolled back already" in bob.get(page).content.decode()
    assert Job.objects.filter(kind="world.rollback").count() == 1
