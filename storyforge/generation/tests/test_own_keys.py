"""A model that writes with the account's own key: used, recorded, not charged, never seen."""

from __future__ import annotations

import json
import logging

import pytest

from scriptwriter.models import Book
from storyforge.accounts.models import ProviderKey
from storyforge.generation.models import Receipt
from storyforge.generation.tests.test_model_writer import answer, plot
from storyforge.jobs.models import Breaker, Job
from tests.scripted_model import KEY, Reply, ScriptedModel, faults


@pytest.fixture
def theirs(settings, project):
    """A provider of the operator's list, for which the project's owner has stored a key."""
    with ScriptedModel(seed=7) as server:
        settings.AI_KEY_ENDPOINTS = [server.url]
        ProviderKey.keep(project.owner, endpoint=server.url, model="claude-sonnet-5-5", key=KEY)
        yield server


def everything(client, job):
    """What the API and the pages tell of a job and its book, as one text."""
    project = job.project_id
    paths = [
        "/api/v1/jobs", f"/api/v1/jobs/{job.pk}", f"/api/v1/jobs/{job.pk}/events",
        "/api/v1/receipts", "/api/v1/books", "/api/v1/provider-keys", "/own-key",
        f"/projects/{project}/jobs/{job.pk}", f"/projects/{project}/books/{job.target_id}/plot",
    ]  # fmt: skip
    return "".join(client.get(path).content.decode() for path in paths)


def test_it_writes_for_the_owners_projects_at_no_charge(analyzed, generate, theirs, alice, caplog):
    theirs.queue(answer(plot()))
    with caplog.at_level(0):
        job = generate("plot.overview", analyzed)
        told = everything(alice, job)
    assert (job.status, job.writer, job.spent_micros) == ("completed", "model", 0)
    assert analyzed.plots.get().generation_method == "model"
    receipt = Receipt.objects.get(job=job)
    assert receipt.input_tokens == job.input_tokens > 0
    assert (receipt.model, receipt.cost_micros) == ("claude-sonnet-5-5", 0)
    (call,) = theirs.calls
    assert call.authorized
    assert KEY not in told + caplog.text


def test_an_estimate_with_it_is_free(analyzed, theirs, alice):
    body = {"kind": "plot.overview", "target": {"type": "book", "id": str(analyzed.pk)}}
    told = alice.post("/api/v1/jobs/estimate", body).json()
    assert (told["writer"], told["cost"]["most_micros"]) == ("model", 0)


def test_it_also_writes_when_another_member_asks(analyzed, theirs, bob, finish):
    theirs.queue(answer(plot()))
    job = finish(bob.post(f"/api/v1/books/{analyzed.pk}/generate/plot.overview", {}))
    assert (job.actor, job.account.email) == (bob.user, "alice@example.org")
    assert len(theirs.calls) == 1


def test_a_members_own_key_does_not_write_for_somebody_elses_project(
    analyzed, theirs, bob, finish, project
):
    ProviderKey.objects.update(user=bob.user)
    job = finish(bob.post(f"/api/v1/books/{analyzed.pk}/generate/plot.overview", {}))
    assert job.writer == "rules"
    assert theirs.calls == []


def test_a_refused_key_stops_nobody_elses_calls(analyzed, generate, theirs, model, alice, caplog):
    theirs.queue(faults.unauthorized(quoting=KEY))  # some gateways repeat the key in their answer
    with caplog.at_level(0):
        job = generate("plot.overview", analyzed)
        told = everything(alice, job)
    assert (job.status, job.error["error_code"]) == ("failed", "provider_misconfigured")
    assert KEY not in told + json.dumps(job.error)
    assert KEY not in "".join(r.getMessage() for r in caplog.records if is_ours(r))
    assert [b.name.split()[0] for b in Breaker.objects.all()] == ["own"]
    ProviderKey.objects.all().delete()
    model.queue(answer(plot()))
    assert generate("plot.overview", Book.objects.get()).status == "completed"
    assert len(model.calls) == 1


def is_ours(record):
    """The vendor's own debug lines quote what came; no log setting of ours turns them on."""
    return record.levelno >= logging.INFO


def test_a_key_whose_endpoint_left_the_list_is_sent_nowhere(analyzed, generate, theirs, settings):
    settings.AI_KEY_ENDPOINTS = ["https://models.example"]
    job = generate("plot.overview", analyzed)
    assert (job.status, job.writer) == ("completed", Job.Writer.RULES)
    assert theirs.calls == []


def test_a_key_that_cannot_be_read_any_more_fails_the_job_plainly(
    analyzed, generate, theirs, settings
):
    settings.FIELD_ENCRYPTION_KEYS = ["another key " * 4]
    job = generate("plot.overview", analyzed)
    assert (job.status, job.error["error_code"]) == ("failed", "secret_unreadable")
    assert theirs.calls == []


def test_bad_answers_are_recorded_and_free_too(analyzed, generate, theirs):
    theirs.queue(lambda asked: Reply(text="{}"))
    theirs.queue(lambda asked: Reply(text="{}"))
    job = generate("plot.overview", analyzed)
    assert (job.status, job.spent_micros) == ("failed", 0)
    assert job.input_tokens > 0
