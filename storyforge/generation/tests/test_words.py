"""The words of a model reach readers while it writes: in order, whole, and cheaply."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError, connection

from scriptwriter.scripts import import_fountain
from storyforge.generation import words
from storyforge.generation.requests import request_generation
from storyforge.jobs.execution import Execution
from storyforge.jobs.models import Job
from tests.scripted_model import Reply, faults

pytestmark = pytest.mark.django_db

SCENE = 'INT. INN - NIGHT\n\nMARA\nYou are late, "Jonas".\n\n' + "The rain falls. " * 200


@pytest.fixture
def scene(project):
    text = b"INT. INN - NIGHT\n\nMARA\nYou are late.\n"
    script = import_fountain(project, author=project.owner, filename="road.fountain", content=text)
    return script.versions.first().tree.first().scene


@pytest.fixture
def all_words(monkeypatch):
    """Each piece goes out at once, so that the test depends on no clock."""
    monkeypatch.setattr(words, "JOIN_CHARACTERS", 1)


def answer(text=SCENE, **how):
    return Reply(text=json.dumps({"text": text, "goal": "To meet."}), **how)


def told(job, step="write.1"):
    """The text of a step as a reader puts it together."""
    text = ""
    for event in job.events.filter(type="job.delta", data__step=step):
        text = text[: event.data["offset"]]
        assert event.data["offset"] == len(text)
        text += event.data["text"]
    return text


def seqs(job):
    return list(job.events.values_list("seq", flat=True))


@pytest.mark.usefixtures("all_words")
def test_readers_see_the_scene_and_nothing_else_of_the_answer(scene, generate, model):
    model.queue(answer())
    job = generate("scene.write", scene)
    assert job.status == "completed", job.error
    assert told(job) == SCENE
    assert job.events.filter(type="job.delta").count() > 3
    assert seqs(job) == list(range(1, job.event_seq + 1))
    assert job.progress_label == f"{len(answer().text):,} characters written"


@pytest.mark.usefixtures("all_words")
def test_a_repaired_answer_is_told_as_a_step_of_its_own(scene, generate, model):
    model.queue(answer("No heading here."), answer())
    job = generate("scene.write", scene)
    assert told(job, "write.1") == "No heading here."
    assert told(job, "write.2") == SCENE


@pytest.mark.usefixtures("all_words")
def test_a_step_that_broke_off_begins_again_after_retrying(scene, generate, model, work):
    model.queue(lambda asked: answer(breaks_with="overloaded_error"), answer())
    job = generate("scene.write", scene)
    assert job.state == "retrying"
    assert SCENE.startswith(told(job))
    assert 0 < len(told(job)) < len(SCENE)
    Job.objects.filter(pk=job.pk).update(run_after=job.created_at)
    work()
    job.refresh_from_db()
    types = list(job.events.values_list("type", flat=True))
    again = types.index("job.retrying")
    assert job.events.filter(type="job.delta", seq__gt=again).first().data["offset"] == 0
    assert told(job) == SCENE


@pytest.mark.usefixtures("all_words")
def test_garbage_is_told_as_far_as_it_can_be_read(scene, generate, model):
    model.queue(faults.nul, faults.deep)
    job = generate("scene.write", scene)
    assert job.status == "failed"
    assert (told(job, "write.1"), told(job, "write.2")) == ("a\ufffdb", "")


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(words.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def execution(scene):
    """A claimed job in the hands of its worker."""
    owner = scene.script.project.owner
    job = request_generation("scene.write", target=scene, actor=owner, body={"writer": "rules"})
    assert job.claim()
    return Execution(job)


def pieces(execution):
    rows = execution.job.events.filter(type="job.delta")
    return [(row.data["offset"], row.data["text"]) for row in rows]


def test_words_are_gathered_for_a_quarter_of_a_second(execution, clock):
    passed = words.Words(execution, "write.1", ["text"])
    for piece in ('{"text": "', "The ", "rain "):
        passed.add(piece)
        clock[0] += 0.1
    assert pieces(execution) == []
    passed.add("falls")
    assert pieces(execution) == [(0, "The rain falls")]


def test_or_until_they_are_a_thousand_characters(execution, clock):
    passed = words.Words(execution, "write.1", ["text"])
    passed.add('{"text": "' + "x" * 1_023)
    assert pieces(execution) == []
    passed.add("y")
    assert pieces(execution) == [(0, "x" * 1_023 + "y")]


def test_a_silent_model_keeps_nobody_waiting_for_what_it_has_said(execution, clock):
    passed = words.Words(execution, "write.1", ["text"])
    passed.add('{"text": "The rain')
    clock[0] += 0.3
    assert passed.should_stop() is False
    assert pieces(execution) == [(0, "The rain")]


def test_a_whole_answer_at_once_is_told_in_parts(execution, clock):
    passed = words.Words(execution, "write.1", ["text"])
    passed.add(json.dumps({"text": "x" * 20_000}))
    assert [offset for offset, _ in pieces(execution)] == [0, 8_192, 16_384]
    assert told(execution.job) == "x" * 20_000


def test_without_readable_fields_only_figures_are_told(execution, clock):
    passed = words.Words(execution, "write.1", [])
    for _ in range(5):
        passed.add('{"text": "The rain')
        clock[0] += 1
    assert pieces(execution) == []
    assert execution.job.events.filter(type="job.progress").count() == 2


def away(*_):
    raise OperationalError("the database is away")


def test_words_wait_for_a_database_that_is_away(execution, clock):
    passed = words.Words(execution, "write.1", ["text"])
    with connection.execute_wrapper(away):
        passed.add('{"text": "' + "x" * 2_000)
    passed.add("y")
    assert pieces(execution) == []
    clock[0] += 3
    passed.add("z")
    assert pieces(execution) == [(0, "x" * 2_000 + "yz")]


def test_who_lost_the_job_tells_nothing_more(execution, clock):
    passed = words.Words(execution, "write.1", ["text"])
    Job.objects.filter(pk=execution.job.pk).update(fence=99)
    passed.add('{"text": "' + "x" * 2_000)
    passed.add("y" * 2_000)
    passed.end()
    assert pieces(execution) == []


def test_a_delta_is_one_statement(execution, clock, django_assert_num_queries):
    passed = words.Words(execution, "write.1", ["text"])
    with django_assert_num_queries(1):
        passed.add('{"text": "' + "x" * 2_000)
    assert told(execution.job) == "x" * 2_000
