"""A real broker, a real worker, and kill -9 in the middle of a model's answer."""

from __future__ import annotations

import json
import signal

import pytest

from conftest import client_of
from scriptwriter.imports import start_import
from scriptwriter.tests.conftest import STORY
from storyforge.generation.requests import request_generation
from storyforge.jobs.models import Job, Worker
from storyforge.jobs.runner import run_due
from storyforge.money.models import LedgerEntry
from tests.scripted_model import KEY, Reply, ScriptedModel
from tests.worker_process import wait_for, workers

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PLOT = {
    "logline": "A captain looks for her brother in the snow.",
    "themes": [],
    "story_type": "search",
    "genre": "drama",
    "tone": "stark",
    "audience": "adults",
    "setting": "A harbor in winter.",
}


def slow_plot(asked):
    return Reply(text=json.dumps(PLOT), latency=4.0)


@pytest.fixture
def model():
    with ScriptedModel(answer=slow_plot) as server:
        yield server


@pytest.fixture
def start_worker(model, tmp_path):
    told = {"AI_TEXT_BASE_URL": model.url, "AI_TEXT_API_KEY": KEY}
    with workers(tmp_path, threads=4, **told) as start:
        yield start


def status(job):
    return Job.objects.values_list("status", flat=True).get(pk=job.pk)


@pytest.fixture
def book(transactional_db, settings, model):
    from conftest import make_user
    from storyforge.projects.models import Project

    options = {"api_key": KEY, "base_url": model.url, "model": "claude-sonnet-5-5"}
    backend = "storyforge.ai.text.anthropic.AnthropicText"
    settings.TEXT_PROVIDERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
    alice = make_user("alice")
    project = Project.start(alice, name="The Lighthouse")
    book, _ = start_import(project=project, actor=alice, filename="salt.md", content=STORY.encode())
    run_due()
    return book


def test_a_job_whose_worker_is_killed_is_done_once_by_the_next(book, model, start_worker):
    job = request_generation("plot.overview", target=book, actor=book.project.owner, body={})
    first = start_worker()
    wait_for(lambda: model.calls)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert status(job) == "running"
    start_worker()
    wait_for(lambda: status(job) == "completed")
    job.refresh_from_db()
    assert (job.attempt, job.lost) == (2, 1)
    assert book.plots.count() == 1
    assert len(model.calls) == 2
    assert list(job.events.values_list("seq", flat=True)) == list(range(1, job.event_seq + 1))


def test_a_stopped_worker_hands_its_job_back_without_burning_an_attempt(book, model, start_worker):
    job = request_generation("plot.overview", target=book, actor=book.project.owner, body={})
    first = start_worker()
    wait_for(lambda: model.calls)
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=40) == 0
    job.refresh_from_db()
    assert (job.status, job.attempt) == ("pending", 0)
    assert not Worker.alive().exists()


def test_a_running_job_is_canceled_and_the_providers_stream_closed(book, model, start_worker):
    job = request_generation("plot.overview", target=book, actor=book.project.owner, body={})
    start_worker()
    wait_for(lambda: model.calls)
    Job.objects.get(pk=job.pk).cancel()
    wait_for(lambda: status(job) == "canceled")
    assert model.settled(1)[0].disconnected
    assert not book.plots.exists()


def test_whoever_reads_along_and_stops_the_answer_pays_for_what_they_have_read(
    book, model, start_worker
):
    """And nobody deletes the project from under it: the operator would pay for the call."""
    model.answer = lambda asked: Reply(text=json.dumps(PLOT), rate=20.0)
    owner = book.project.owner
    job = request_generation("plot.overview", target=book, actor=owner, body={})
    start_worker()
    wait_for(lambda: job.events.filter(type="job.delta").exists())
    alice = client_of(owner)
    away = alice.delete(f"/api/v1/projects/{book.project_id}")
    assert (away.status_code, away.json()["error_code"]) == (409, "job_active")
    assert alice.post(f"/api/v1/jobs/{job.pk}/cancel").status_code == 202
    wait_for(lambda: status(job) == "canceled")
    entry = LedgerEntry.objects.get(job_id=job.pk)
    assert (entry.payer, entry.outcome, entry.house_micros) == (owner.audit_id, "answered", 0)
    assert entry.input_tokens > 100
    assert 0 < entry.output_tokens < len(json.dumps(PLOT))
    assert entry.charged_micros > 0
    job.refresh_from_db()
    assert (job.spent_micros, job.reserved_micros) == (entry.charged_micros, 0)
    assert alice.delete(f"/api/v1/projects/{book.project_id}").status_code == 204
