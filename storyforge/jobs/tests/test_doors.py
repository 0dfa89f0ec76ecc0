"""Asking for work: the order of refusals, the generic door, estimates, pauses, pages, expiry."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from rest_framework.test import APIClient

from conftest import make_user
from scriptwriter.models import Book, Chapter
from storyforge.accounts.models import APIToken
from storyforge.jobs import create, due
from storyforge.jobs.create import create_job
from storyforge.jobs.models import Job, Worker
from storyforge.jobs.places import places
from storyforge.jobs.queues import Priority
from storyforge.jobs.runner import run
from storyforge.money.models import Account, Plan
from storyforge.projects.models import Project
from tests.make import make

DOOR = "/api/v1/jobs"


def code(response):
    return response.status_code, response.json().get("error_code")


@pytest.fixture
def book(project):
    return make(Book, project)


@pytest.fixture
def body(project, book):
    return {
        "kind": "plot.overview",
        "project": str(project.pk),
        "target": {"type": "book", "id": str(book.pk)},
        "input": {"instructions": "Keep it short."},
        "writer": "rules",
    }


@pytest.fixture
def limited(settings):
    settings.RATE_LIMITS = True
    settings.RATES = {**settings.RATES, "generation": "1/hour"}
    settings.RATE_PER_ADDRESS = 1_000
    return settings


def told(response):
    """What a refusal says, without the id of the request."""
    return response.status_code, re.sub(rb'"request_id":"\w+"', b"", response.content)


def test_the_generic_door_makes_the_job_of_the_typed_one(bob, body, book):
    answer = bob.post(DOOR, body)
    assert answer.status_code == 202
    typed = bob.post(
        f"/api/v1/books/{book.pk}/generate/plot.overview",
        {"instructions": "Keep it short.", "writer": "rules"},
    )
    generic, other = (Job.objects.get(pk=a.json()["id"]) for a in (answer, typed))
    for name in ("kind", "project_id", "target_type", "target_id", "input", "writer", "priority",
                 "account_id", "actor_id", "queue"):  # fmt: skip
        assert getattr(generic, name) == getattr(other, name)


@pytest.mark.usefixtures("limited")
def test_an_acceptance_carries_every_header(bob, body):
    answer = bob.post(DOOR, body)
    assert answer["Location"] == f"{DOOR}/{answer.json()['id']}"
    assert (answer["Retry-After"], answer["Cache-Control"]) == ("2", "no-store")
    assert answer["RateLimit-Policy"] == '"generation";q=1;w=3600'
    assert answer["RateLimit"].startswith('"generation";r=0;t=')
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-Id"])
    assert answer["Content-Type"] == "application/json"


def test_a_job_has_a_closed_set_of_fields(bob, body):
    made = bob.post(DOOR, body).json()
    assert set(made) == {
        "id", "job_id", "project", "target", "actor", "kind", "kind_label", "status", "state",
        "writer", "attempt", "max_attempts", "progress", "queue_position", "partial", "created_at",
        "started_at", "completed_at", "next_attempt_at", "cancel_requested_at", "paused_at",
        "deadline_at", "expires_at", "retry_of", "parent_id", "cost", "generation_cost", "usage",
        "error", "error_message", "result_url", "events_url", "cancel_url", "schema_version", "waits_for",
    }  # fmt: skip
    assert set(bob.get(f"{DOOR}/{made['id']}").json()) == set(made)
    assert (made["progress"], made["queue_position"]) == (
        {"done": 0, "total": 0, "label": ""},
        None,
    )


def test_each_refusal_has_its_place_in_the_order(limited, bob, charlie, vera, body, monkeypatch):
    """Each request is wrong in all that comes later too, and the earliest wrong answers."""
    monkeypatch.setattr(create, "MAX_WAITING", 0)

    def post(client, body, *, kind="application/json", **headers):
        data = body if isinstance(body, bytes) else json.dumps(body)
        return code(client.generic("POST", DOOR, data, content_type=kind, headers=headers))

    bad = {**body, "input": {"instructions": 7}}
    late = {"Idempotency-Key": "used"}
    assert post(APIClient(), b"{", kind="text/plain") == (401, "not_authenticated")
    assert post(bob, b"{" * 1_048_577, kind="text/plain") == (415, "unsupported_media_type")
    assert post(bob, b"{" * 1_048_577) == (413, "body_too_large")
    assert post(bob, b"{") == (400, "malformed_json")
    assert post(charlie, bad) == (404, "not_found")  # the one request of the hour
    assert post(charlie, bad) == (429, "rate_limited")
    assert post(vera, bad) == (403, "role_too_low")
    assert post(bob, bad) == (400, "validation_error")
    limited.RATE_LIMITS = False
    monkeypatch.setattr(create, "MAX_WAITING", 1)
    assert post(bob, body, **late)[0] == 202
    assert post(bob, {**body, "writer": "auto"}, **late) == (422, "idempotency_mismatch")
    assert post(bob, body) == (429, "queue_full")


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"kind": "no.kind"}, 404, "unknown_kind"),
        ({"kind": "book.import"}, 404, "unknown_kind"),
        ({"kind": 7}, 400, "validation_error"),
        ({"kind": None}, 400, "validation_error"),
        ({"target": None}, 400, "validation_error"),
        ({"target": {"type": "scene", "id": str(uuid.uuid4())}}, 400, "validation_error"),
        ({"target": {"type": "book", "id": str(uuid.uuid4())}}, 404, "not_found"),
        ({"target": {"type": "book", "id": "x"}}, 404, "not_found"),
        ({"project": str(uuid.uuid4())}, 404, "not_found"),
        ({"project": 7}, 400, "validation_error"),
        ({"writer": "monkeys"}, 400, "validation_error"),
        ({"writer": "model"}, 422, "no_model"),
        ({"priority": "high"}, 400, "validation_error"),
        ({"input": {"temperature": 2}}, 400, "validation_error"),
        ({"input": []}, 400, "validation_error"),
        ({"status": "completed"}, 400, "validation_error"),
    ],
)
def test_what_the_generic_door_refuses(bob, body, change, status, error):
    assert code(bob.post(DOOR, {**body, **change})) == (status, error)
    assert not Job.objects.exists()


def test_a_target_of_another_project_is_not_found(bob, body):
    other = Project.start(bob.user, name="Other")
    assert code(bob.post(DOOR, {**body, "project": str(other.pk)})) == (404, "not_found")


def test_a_hidden_target_looks_like_a_missing_one(charlie, body):
    hidden = charlie.post(DOOR, body)
    missing = charlie.post(
        DOOR, {**body, "project": str(uuid.uuid4()), "target": {"type": "book", "id": str(uuid.uuid4())}}
    )  # fmt: skip
    assert told(hidden) == told(missing)


def test_a_hidden_job_looks_like_a_missing_one_everywhere(charlie, job):
    for method, path in [
        ("get", ""), ("get", "/result"), ("get", "/events"), ("post", "/cancel"),
        ("post", "/pause"), ("post", "/resume"), ("post", "/retry"), ("delete", ""),
    ]:  # fmt: skip
        hidden, missing = (
            getattr(charlie, method)(f"{DOOR}/{pk}{path}") for pk in (job.pk, uuid.uuid4())
        )
        assert told(hidden) == told(missing)
        assert hidden.status_code == 404


def test_a_priority_is_only_lowered(bob, body, project, kind, monkeypatch):
    low = bob.post(DOOR, {**body, "priority": "low"}).json()
    normal = bob.post(DOOR, {**body, "priority": "normal"}).json()
    assert Job.objects.get(pk=low["id"]).priority == Priority.BACKGROUND
    assert Job.objects.get(pk=normal["id"]).priority == Priority.NORMAL
    monkeypatch.setattr(type(kind), "priority", Priority.BACKGROUND)
    raised = create_job(kind.kind, project=project, actor=project.owner, priority=Priority.WAITING)
    assert raised.priority == Priority.BACKGROUND


def test_an_estimate_makes_no_job(bob, body, vera):
    answer = bob.post(f"{DOOR}/estimate", body)
    assert answer.status_code == 200
    assert answer.json() == {
        "kind": "plot.overview",
        "writer": "rules",
        "cost": {"most_micros": 0, "currency": "USD"},
        "seconds": None,
    }
    assert code(vera.post(f"{DOOR}/estimate", body)) == (403, "role_too_low")
    assert not Job.objects.exists()


def test_an_estimate_tells_what_a_model_costs_at_most_and_how_long_it_took(
    bob, body, book, settings
):
    settings.TEXT_PROVIDERS = {
        "default": {
            "BACKEND": "storyforge.ai.text.anthropic.AnthropicText",
            "OPTIONS": {"api_key": "k", "base_url": "http://127.0.0.1:9", "model": "claude-sonnet-5-5"},
        }
    }  # fmt: skip
    now = timezone.now()
    make(
        Job, book.project, kind="plot.overview", writer="model", status="completed",
        started_at=now - timedelta(seconds=42), completed_at=now,
    )  # fmt: skip
    told = bob.post(f"{DOOR}/estimate", {**body, "writer": "auto"}).json()
    assert (told["writer"], told["seconds"]) == ("model", 42.0)
    one = told["cost"]["most_micros"]
    assert one > 0
    dear = bob.post(DOOR, {**body, "writer": "model", "max_cost_micros": one - 1})
    assert code(dear) == (402, "SUBSCRIPTION_LIMIT_EXCEEDED")
    assert (dear.json()["needed"], dear.json()["limit"]) == (one, one - 1)
    cheap = {"writer": "model", "max_cost_micros": one}
    assert bob.post(DOOR, {**body, **cheap}).status_code == 202
    assert bob.post(f"{DOOR}/estimate", {**body, **cheap, "max_cost_micros": 1}).json() == told
    make(Chapter, book.project, known={Book: book}, words=2_500)
    analysis = {**body, "kind": "book.analysis", "writer": "auto"}
    more = bob.post(f"{DOOR}/estimate", analysis).json()["cost"]["most_micros"]
    assert one < more < 6 * one  # four calls with an answer each; the overview shows little


def test_a_key_is_looked_at_before_the_price(bob, body, settings):
    settings.TEXT_PROVIDERS = {
        "default": {
            "BACKEND": "storyforge.ai.text.anthropic.AnthropicText",
            "OPTIONS": {"api_key": "k", "base_url": "http://127.0.0.1:9", "model": "claude-sonnet-5-5"},
        }
    }  # fmt: skip
    wish = {**body, "writer": "model", "max_cost_micros": 2**40}
    key = {"Idempotency-Key": "priced"}
    first = bob.post(DOOR, wish, headers=key)
    assert first.status_code == 202
    dear = {**wish, "max_cost_micros": 1}
    assert code(bob.post(DOOR, dear, headers=key)) == (422, "idempotency_mismatch")
    assert code(bob.post(DOOR, dear)) == (402, "SUBSCRIPTION_LIMIT_EXCEEDED")
    assert bob.post(DOOR, wish, headers=key).content == first.content


def test_a_retry_keeps_priority_and_the_most_it_may_cost(bob, body, settings):
    wish = {**body, "priority": "low", "max_cost_micros": 7}
    first = bob.post(DOOR, wish).json()
    bob.post(first["cancel_url"])
    again = Job.objects.get(pk=bob.post(f"{DOOR}/{first['id']}/retry").json()["id"])
    assert (again.priority, again.max_cost_micros) == (Priority.BACKGROUND, 7)
    again.cancel()
    Job.objects.filter(pk=again.pk).update(writer="model")
    settings.TEXT_PROVIDERS = {
        "default": {
            "BACKEND": "storyforge.ai.text.anthropic.AnthropicText",
            "OPTIONS": {"api_key": "k", "base_url": "http://127.0.0.1:9", "model": "claude-sonnet-5-5"},
        }
    }  # fmt: skip
    refused = bob.post(f"{DOOR}/{again.pk}/retry")
    assert code(refused) == (402, "SUBSCRIPTION_LIMIT_EXCEEDED")
    assert refused.json()["limit"] == 7


def test_every_kind_says_what_it_takes(bob):
    kinds = {row["kind"]: row for row in bob.get("/api/v1/kinds").json()}
    assert kinds["plot.overview"]["target"] == "book"
    assert kinds["plot.overview"]["input"]["properties"]["instructions"]["maxLength"] == 4_000
    assert "book.import" not in kinds


def test_a_job_that_waits_is_paused_and_resumed(bob, job, work):
    url = f"{DOOR}/{job.pk}"
    paused = bob.post(f"{url}/pause")
    assert (paused.status_code, paused.json()["state"]) == (200, "paused")
    assert bob.post(f"{url}/pause").status_code == 200
    assert work() == 0
    resumed = bob.post(f"{url}/resume")
    assert (resumed.status_code, resumed.json()["state"]) == (200, "queued")
    assert work() == 1


def test_what_cannot_be_paused(bob, carol, job):
    url = f"{DOOR}/{job.pk}"
    assert code(carol.post(f"{url}/pause")) == (403, "role_too_low")
    job.claim()
    for verb in ("pause", "resume"):
        assert code(bob.post(f"{url}/{verb}")) == (409, "cannot_pause")
    job.complete({})
    for verb in ("pause", "resume"):
        refused = bob.post(f"{url}/{verb}")
        assert code(refused) == (409, "job_terminal")
        assert refused.json()["job_status"] == "completed"


def test_a_result_is_kept_for_30_days(bob, job):
    run(job)
    url = f"{DOOR}/{job.pk}"
    assert bob.get(url).json()["expires_at"] > timezone.now().isoformat()
    Job.objects.update(completed_at=timezone.now() - timedelta(days=30, minutes=1))
    refused = bob.get(f"{url}/result")
    assert code(refused) == (410, "result_expired")
    assert refused.json()["expired_at"] == bob.get(url).json()["expires_at"]


def test_the_databases_clock_says_when_a_result_is_no_longer_kept(project, job, monkeypatch):
    _, secret = APIToken.issue(project.owner, name="poll", scope="read")
    bob = APIClient(headers={"Authorization": f"Bearer {secret}"})
    run(job)
    url = f"{DOOR}/{job.pk}"
    tag = bob.get(url)["ETag"]
    ahead = timezone.now() + timedelta(days=40)
    monkeypatch.setattr(timezone, "now", lambda: ahead)
    assert bob.get(f"{url}/result").status_code == 200
    assert bob.get(url, headers={"If-None-Match": tag}).status_code == 304
    monkeypatch.undo()
    Job.objects.update(completed_at=timezone.now() - timedelta(days=30) + timedelta(seconds=2))
    tag = bob.get(url)["ETag"]
    Job.objects.update(completed_at=timezone.now() - timedelta(days=30))
    assert bob.get(url, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ("PLOT_GENERATION_FAILED", 400),
        ("SUBSCRIPTION_LIMIT_EXCEEDED", 402),
        ("INTERNAL_ERROR", 500),
        ("AI_SERVICE_UNAVAILABLE", 503),
    ],
)
def test_the_result_of_a_failure_has_the_status_that_the_plot_document_promises(
    bob, job, error, status
):
    document = {
        "error_code": error, "message": "No.", "retryable": False, "attempts": 1, "detail_id": "d1"
    }  # fmt: skip
    job.claim()
    Job.objects.update(
        status="failed", completed_at=timezone.now(), lease_until=None, error=document
    )
    answer = bob.get(f"{DOOR}/{job.pk}/result")
    assert code(answer) == (status, error)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["job"]["error"] == document


def test_jobs_come_in_pages_by_cursor(bob, kind, project):
    made = [str(create_job(kind.kind, project=project, actor=bob.user).pk) for _ in range(5)]
    Job.objects.update(created_at=timezone.now())  # the key decides between twins
    seen, url = [], f"{DOOR}?limit=2&kind={kind.kind}"
    while url:
        page = bob.get(url).json()
        assert len(page["results"]) <= 2
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert sorted(seen) == sorted(made)
    assert len(seen) == 5


def test_a_page_stays_where_it_was_while_jobs_are_added(bob, kind, project):
    made = [create_job(kind.kind, project=project, actor=bob.user) for _ in range(3)]
    first = bob.get(f"{DOOR}?limit=1").json()
    create_job(kind.kind, project=project, actor=bob.user)
    second = bob.get(DOOR, {"limit": 1, "cursor": first["cursor"]}).json()
    assert second["results"][0]["id"] == str(made[1].pk)


@pytest.mark.parametrize("query", [
    "limit=0", "limit=101", "limit=x", "limit=9999999999", "cursor=x", "cursor=%00", "cursor=é",
    "cursor=OTk5OTk5OTk5OTk5OTk5OTk5OSB4", "cursor=MTIzIHg",
])  # fmt: skip
def test_a_page_that_is_none_is_refused(bob, job, query):
    assert code(bob.get(f"{DOOR}?{query}")) == (400, "validation_error")


def test_the_place_in_line_is_fair_between_accounts(bob, kind, project, member):
    mine = [create_job(kind.kind, project=project, actor=bob.user) for _ in range(3)]
    dora = member(None, "dora")
    hers = create_job(kind.kind, project=Project.start(dora.user, name="Hers"), actor=dora.user)
    rows = bob.get(DOOR, {"ids": ",".join(str(j.pk) for j in mine)}).json()["results"]
    places = {row["id"]: row["queue_position"] for row in rows}
    assert [places[str(j.pk)] for j in mine] == [1, 3, 4]
    assert dora.get(f"{DOOR}/{hers.pk}").json()["queue_position"] == 2
    mine[0].claim()
    assert bob.get(f"{DOOR}/{mine[0].pk}").json()["queue_position"] is None


def test_the_place_in_line_is_the_order_of_the_dispatcher(bob, alice, kind, project):
    """Rung ones first, those beyond their account's cap last."""
    Account.of(project.owner_id).put_on(Plan.objects.create(code="two", name="Two", in_flight=2))
    mine = [create_job(kind.kind, project=project, actor=bob.user) for _ in range(4)]
    others = [make_user(name) for name in ("dora", "emil")]
    theirs = [
        create_job(kind.kind, project=Project.start(user, name="Theirs"), actor=user)
        for user in others for _ in range(2)
    ]  # fmt: skip
    system = Job.objects.create(kind=kind.kind, queue="cpu", event_seq=0)
    Job.objects.filter(pk=mine[1].pk).update(dispatched_at=Now())
    found = places(job.pk for job in [*mine, *theirs, system])
    assert found[mine[1].pk] == 1
    assert [found[job.pk] for job in (mine[2], mine[3])] == [8, 9]
    assert sorted([found[system.pk], *(found[job.pk] for job in theirs[::2])]) == [2, 3, 4]
    Worker.objects.create(name="w", queues=["cpu"], slots=100)
    rung = [ring.job_id for ring in due.pick()]
    assert rung == sorted(rung, key=found.__getitem__)
    assert len(rung) == 6


def test_jobs_are_found_by_each_filter(alice, bob, body, book, job, project):
    asked = bob.post(DOOR, body).json()["id"]
    for query in (
        {"target": str(book.pk)}, {"kind": "plot.overview"}, {"actor": bob.user.pk},
        {"project": str(project.pk), "status": "pending", "target": str(book.pk)},
    ):  # fmt: skip
        assert [row["id"] for row in alice.get(DOOR, query).json()["results"]] == [asked]
