"""What a client may rely on while it waits: addresses, progress, cancel, result, retry."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from rest_framework.test import APIClient

from storyforge.accounts.models import APIToken
from storyforge.core.errors import StateConflict
from storyforge.jobs import create
from storyforge.jobs.create import create_job
from storyforge.jobs.execution import Execution
from storyforge.jobs.models import Job, JobStep
from storyforge.jobs.runner import run


@pytest.fixture
def url(job):
    return f"/api/v1/jobs/{job.pk}"


@pytest.fixture
def book(project):
    from scriptwriter.models import Book
    from tests.make import make

    return make(Book, project)


def test_a_job_is_as_old_as_the_database_says_whatever_the_web_servers_clock(
    bob, book, monkeypatch
):
    ahead = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: ahead)
    body = bob.post(f"/api/v1/books/{book.pk}/generate/plot.overview", {}).json()
    assert datetime.fromisoformat(body["created_at"]) < ahead - timedelta(hours=1)
    job = Job.objects.get(pk=body["id"])
    assert job.updated_at < ahead - timedelta(hours=1)
    step = JobStep.objects.create(job=job, name="one", fence=0, output={})
    assert step.created_at < ahead - timedelta(hours=1)


def code(response):
    return response.status_code, response.json().get("error_code")


@pytest.mark.parametrize("slash", ["", "/"])
def test_asking_for_work_says_where_to_look_and_when(bob, book, slash):
    response = bob.post(f"/api/v1/books/{book.pk}/generate/plot.overview{slash}", {})
    assert response.status_code == 202
    body = response.json()
    assert response["Location"] == f"/api/v1/jobs/{body['id']}"
    assert int(response["Retry-After"]) > 0
    assert response["Cache-Control"] == "no-store"
    assert (body["status"], body["state"], body["kind"]) == ("pending", "queued", "plot.overview")
    assert bob.get(response["Location"]).json()["job_id"] == body["id"]
    for name in ("result_url", "events_url"):
        assert bob.get(body[name]).status_code in (200, 409)


@pytest.mark.parametrize("slash", ["", "/"])
def test_both_spellings_of_each_address_answer(bob, url, slash):
    for path in (url, f"{url}/events", "/api/v1/jobs"):
        assert bob.get(f"{path}{slash}").status_code == 200
    assert bob.post(f"{url}/cancel{slash}").status_code == 200


def test_polling_costs_nothing_while_nothing_happens(bob, job, url):
    first = bob.get(url)
    assert bob.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    job.claim()
    changed = bob.get(url, headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed.json()["status"]) == (200, "running")


def test_an_unchanged_job_is_known_by_two_queries(job, url, project, django_assert_max_num_queries):
    """The token's and the job's; nothing is written."""
    _, secret = APIToken.issue(project.owner, name="poll", scope="read")
    job.claim()
    program = APIClient(headers={"Authorization": f"Bearer {secret}"})
    known = {"If-None-Match": program.get(url).headers["ETag"]}
    with django_assert_max_num_queries(2):
        assert program.get(url, headers=known).status_code == 304
    assert program.get(url, headers={"If-None-Match": '"another"'}).status_code == 200
    for change in (
        lambda: job.report(done=1, total=2, label=""),
        lambda: Execution(job).charge(input_tokens=1, output_tokens=0, cost_micros=0),
        lambda: job.complete({}),
    ):
        change()
        answer = program.get(url, headers=known)
        assert answer.status_code == 200
        known = {"If-None-Match": answer.headers["ETag"]}
        assert program.get(url, headers=known).status_code == 304


def test_a_place_in_line_and_the_cost_of_units_change_the_tag(bob, kind, project):
    first, second = (create_job(kind.kind, project=project, actor=project.owner) for _ in range(2))
    url = f"/api/v1/jobs/{second.pk}"
    before = bob.get(url)
    assert before.json()["queue_position"] == 2
    first.cancel()
    after = bob.get(url, headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.json()["queue_position"]) == (200, 1)
    Job.objects.filter(pk=second.pk).update(is_run=True, planned=True)
    before = bob.get(url).headers["ETag"]
    create_unit = {"unit_key": "a", "kind": kind.kind, "queue": "cpu", "spent_micros": 7}
    Job.objects.create(parent=second, project=project, account=project.owner, **create_unit)
    after = bob.get(url, headers={"If-None-Match": before})
    assert (after.status_code, after.json()["cost"]["spent_micros"]) == (200, 7)


def test_a_page_of_jobs_is_polled_in_one_request(bob, job, kind, project):
    other = create_job(kind.kind, project=project, actor=project.owner)
    create_job(kind.kind, project=project, actor=project.owner)
    wanted = f"{job.pk},{other.pk},{uuid.uuid4()}"
    found = bob.get("/api/v1/jobs", {"ids": wanted}).json()["results"]
    assert {row["id"] for row in found} == {str(job.pk), str(other.pk)}
    assert bob.get("/api/v1/jobs", {"ids": f"{job.pk},x"}).json()["results"] == []


def test_charlie_does_not_find_a_job_by_its_id(charlie, job):
    assert charlie.get("/api/v1/jobs", {"ids": str(job.pk)}).json()["results"] == []


@pytest.mark.parametrize(("state", "found"), [("active", 1), ("ended", 0)])
def test_jobs_are_listed_by_state(bob, job, state, found):
    assert len(bob.get("/api/v1/jobs", {"state": state}).json()["results"]) == found


def test_a_pending_job_is_canceled_at_once(bob, job, url):
    response = bob.post(f"{url}/cancel")
    assert (response.status_code, response.json()["status"]) == (200, "canceled")


def test_a_running_job_is_asked_to_stop(bob, job, url):
    job.claim()
    response = bob.post(f"{url}/cancel")
    assert (response.status_code, response.json()["state"]) == (202, "canceling")
    again = bob.post(f"{url}/cancel")
    assert (again.status_code, again.json()["state"]) == (202, "canceling")


def test_canceling_an_ended_job_changes_nothing(bob, job, url):
    run(job)
    before = bob.get(url).json()
    response = bob.post(f"{url}/cancel")
    assert (response.status_code, response.json()) == (200, before)


def test_the_result_waits_for_the_end(bob, job, url):
    refused = bob.get(f"{url}/result")
    assert code(refused) == (409, "job_not_finished")
    assert refused.json()["job_status"] == "pending"
    run(job)
    assert bob.get(f"{url}/result").json()["result"] == {"answer": 42}


def test_a_failed_jobs_result_says_why(bob, job, kind, url):
    def fail(execution):
        raise StateConflict("This book has not been read yet.")

    kind.work = fail
    run(job)
    body = bob.get(f"{url}/result").json()
    assert (body["status"], body["result"]) == ("failed", None)
    assert body["error"]["error_code"] == "state_conflict"
    assert body["error_message"] == "This book has not been read yet."


def test_an_active_job_is_not_deleted(bob, job, url):
    assert code(bob.delete(url)) == (409, "job_active")
    run(job)
    assert bob.delete(url).status_code == 204
    assert code(bob.get(url)) == (404, "not_found")


def test_a_retry_is_a_new_job_that_names_the_old(bob, job, url):
    assert code(bob.post(f"{url}/retry")) == (409, "job_active")
    bob.post(f"{url}/cancel")
    response = bob.post(f"{url}/retry")
    assert response.status_code == 202
    again = response.json()
    assert again["id"] != str(job.pk)
    assert (again["retry_of"], again["kind"], again["status"]) == (str(job.pk), job.kind, "pending")
    assert again["actor"] == bob.user.pk
    assert response["Location"] == f"/api/v1/jobs/{again['id']}"


def test_a_retry_keeps_its_target_and_wishes(bob, book):
    wish = {"instructions": "Keep it short.", "writer": "rules"}
    first = bob.post(f"/api/v1/books/{book.pk}/generate/plot.overview", wish).json()
    bob.post(first["cancel_url"])
    again = bob.post(f"/api/v1/jobs/{first['id']}/retry").json()
    assert again["target"] == {"type": "book", "id": str(book.pk)}
    assert Job.objects.get(pk=again["id"]).input["instructions"] == "Keep it short."


def test_events_are_read_from_where_one_left_off(bob, job, url):
    run(job)
    events = bob.get(f"{url}/events").json()
    assert [e["seq"] for e in events] == [1, 2, 3]
    assert [e["type"] for e in events] == ["job.created", "job.started", "job.completed"]
    assert bob.get(f"{url}/events?after=2").json() == events[2:]
    assert bob.get(f"{url}/events?after=3").json() == []


def test_at_most_500_events_come_at_once(bob, job, url):
    job.claim()
    for done in range(510):
        job.report(done=done, total=510, label="")
    first = bob.get(f"{url}/events").json()
    rest = bob.get(f"{url}/events?after={first[-1]['seq']}").json()
    assert (len(first), len(rest)) == (500, 12)


def test_a_flood_is_refused_until_some_are_done(bob, book, monkeypatch):
    monkeypatch.setattr(create, "MAX_WAITING", 1)
    path = f"/api/v1/books/{book.pk}/generate/plot.overview"
    first = bob.post(path, {}).json()
    assert code(bob.post(path, {})) == (429, "queue_full")
    bob.post(first["cancel_url"])
    assert bob.post(path, {}).status_code == 202


def test_carol_may_neither_cancel_nor_retry(carol, job, url):
    assert code(carol.post(f"{url}/cancel")) == (403, "role_too_low")
    assert code(carol.post(f"{url}/retry")) == (403, "role_too_low")


def test_jobs_of_a_kind_that_is_gone_are_still_shown(bob, job, url):
    Job.objects.update(kind="kind.of.long.ago")
    assert bob.get(url).json()["kind_label"] == "kind.of.long.ago"
    assert len(bob.get("/api/v1/jobs").json()["results"]) == 1


def test_a_job_of_a_kind_that_is_gone_fails_and_holds_nobody_up(bob, job, kind, project, work):
    Job.objects.update(kind="kind.of.long.ago", created_at=Now() - timedelta(minutes=11))
    other = create_job(kind.kind, project=project, actor=project.owner)
    assert work() == 2
    job.refresh_from_db()
    other.refresh_from_db()
    assert (job.status, job.error["error_code"]) == ("failed", "unknown_kind")
    assert other.status == "completed"
