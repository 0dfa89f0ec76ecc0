"""Runs and units: what is ready is decided from rows, and a tree ends as one."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from storyforge.core.errors import StoryforgeError
from storyforge.jobs import dispatch, due, registry, runs, trees
from storyforge.jobs.create import create_job
from storyforge.jobs.due import next_due
from storyforge.jobs.errors import CannotPause
from storyforge.jobs.models import Job, JobEvent, Worker
from storyforge.jobs.runner import run, run_due
from storyforge.jobs.runs import NewUnit, Plan, RunHandler


class Refused(StoryforgeError):
    """The plan gives up."""

    code = "refused"


class Tale(RunHandler):
    """Two chapters, and an epilogue once both are there."""

    kind = "test.tale"
    label = "Tale"

    def __init__(self):
        self.passes = 0
        self.pause_before_epilogue = self.give_up = self.stall = self.grows = False

    def plan(self, job, units):
        self.passes += 1
        chapters = [
            NewUnit(key=f"chapter {n}", kind="test.scripted", input={"n": n}) for n in (1, 2)
        ]
        status = {unit.key: unit.status for unit in units}
        done = sum(1 for unit in units if unit.status == "completed")
        if self.stall:
            return Plan(done=0, total=1)
        if self.give_up and done:
            return Plan(done=done, total=3, failed=Refused())
        if any(status.get(unit.key) not in Job.TERMINAL for unit in chapters):
            return Plan(units=chapters, done=done, total=2, label="Chapters")
        if self.pause_before_epilogue and job.paused_at is None and "epilogue" not in status:
            self.pause_before_epilogue = False
            return Plan(done=done, total=3, label="Look at the chapters", pause=True)
        if self.grows:
            self.grows = False
            return Plan(done=2, total=2, label="Chapters", pause=True)
        if status.get("epilogue") not in Job.TERMINAL:
            epilogue = NewUnit(key="epilogue", kind="test.scripted")
            return Plan(units=[epilogue], done=done, total=3, label="Epilogue")
        holes = [unit.key for unit in units if unit.status != "completed"]
        return Plan(
            done=done, total=3, finished=True, partial=bool(holes), result={"missing": holes}
        )


_tale = Tale()


@pytest.fixture
def tale(kind):
    _tale.__init__()
    if _tale.kind not in {h.kind for h in registry.handlers()}:
        registry.register(_tale)
    return _tale


@pytest.fixture
def start(tale, project):
    def start(**fields):
        return create_job(tale.kind, project=project, actor=project.owner, **fields)

    return start


def reload(job):
    return Job.objects.get(pk=job.pk)


def keys(job, status):
    rows = Job.objects.filter(parent=job, status=status).order_by("unit_key")
    return list(rows.values_list("unit_key", flat=True))


def all_but_chapter_two(execution):
    if execution.job.unit_key == "chapter 2":
        raise Refused
    with execution.completing() as result:
        result["n"] = execution.job.unit_key


def a_second_later(job):
    Job.objects.filter(pk=job.pk).update(run_after=Now() - timedelta(seconds=1))


def types(job):
    return list(job.events.values_list("type", flat=True))


def test_a_run_plans_its_units_and_ends_after_them(start, tale):
    job = start()
    run_due()
    job = reload(job)
    assert (job.status, job.partial, job.state) == ("completed", False, "completed")
    assert keys(job, "completed") == ["chapter 1", "chapter 2", "epilogue"]
    assert (job.progress_done, job.progress_total) == (3, 3)
    assert job.attempt == 1
    assert list(job.events.values_list("seq", flat=True)) == list(range(1, job.event_seq + 1))
    assert types(job)[:2] == ["job.created", "job.started"]
    assert types(job).count("job.started") == 1
    assert set(types(job)[2:-1]) == {"job.progress"}


def test_progress_of_a_tree_never_goes_backwards(start, tale):
    """All was done of what was known, then there was more to do."""
    tale.grows = True
    job = start()
    run_due()
    assert reload(job).resume()
    run_due()
    assert reload(job).status == "completed"
    shares = [(e.data["done"], e.data["total"]) for e in job.events.filter(type="job.progress")]
    assert (2, 2) in shares
    assert all(a * y <= b * x for (a, x), (b, y) in pairwise(shares) if x and y)


def test_a_failed_unit_leaves_a_hole_and_a_retry_does_only_the_rest(start, kind):
    kind.work = all_but_chapter_two
    job = start()
    run_due()
    job = reload(job)
    assert (job.state, job.result) == ("partial", {"missing": ["chapter 2"]})
    kind.work = None
    before = kind.runs
    again = start(retry_of=job)
    run_due()
    assert (reload(again).state, kind.runs - before) == ("completed", 1)
    assert keys(again, "completed") == ["chapter 2"]


def test_a_retry_of_one_unit_is_a_new_run_that_does_what_is_missing(start, kind, bob):
    kind.work = all_but_chapter_two
    job = start()
    run(reload(job))
    unit = Job.objects.get(parent=job, unit_key="chapter 2")
    run(reload(unit))
    door = f"/api/v1/jobs/{unit.pk}/retry"
    early = bob.post(door)
    assert (early.status_code, early.json()["error_code"]) == (409, "job_active")
    run_due()
    assert reload(job).state == "partial"
    kind.work = None
    answer = bob.post(door)
    assert answer.status_code == 202, answer.content
    again = Job.objects.get(pk=answer.json()["id"])
    assert (again.kind, again.retry_of_id, again.is_run) == (job.kind, job.pk, True)
    run_due()
    assert reload(again).state == "completed"
    assert keys(again, "completed") == ["chapter 2"]


def test_a_canceled_run_ends_after_its_units(start, kind):
    job = start()
    assert run(reload(job))
    units = list(Job.objects.filter(parent=job).order_by("unit_key"))
    assert units[0].claim()
    assert trees.cancel(reload(job))
    assert reload(job).state == "canceling"
    assert [reload(unit).status for unit in units] == ["running", "canceled"]
    assert reload(units[0]).cancel_requested_at
    run_due()
    assert reload(job).status == "pending"  # a unit still lives
    units[0].refresh_from_db()
    assert units[0].end_canceled()
    run_due()
    assert reload(job).status == "canceled"
    assert kind.runs == 0
    assert not trees.cancel(reload(job))


def test_a_run_that_gives_up_stops_its_units_first(start, tale):
    tale.give_up = True
    job = start()
    run_due(limit=2)  # a pass, and one chapter
    a_second_later(job)
    run_due()
    assert reload(job).error["error_code"] == "refused"
    assert keys(job, "canceled") == ["chapter 2"]
    assert not Job.objects.filter(parent=job, status__in=Job.UNFINISHED).exists()


def test_a_run_whose_units_wait_for_workers_looks_once_a_second(start, tale, kind):
    job = start()
    run_due(limit=2)  # a pass, and one chapter: the other waits
    assert next_due().parent_id == job.pk
    a_second_later(job)
    assert next_due() == job
    run_due(limit=1)
    assert (tale.passes, keys(job, "pending")) == (2, ["chapter 2"])
    run_due(limit=1)
    assert next_due() == job  # nothing waits: it looks at once


def test_a_unit_that_waits_for_its_next_attempt_does_not_hold_up_the_plan(start, tale, kind):
    job = start()
    run_due(limit=2)
    assert next_due().parent_id == job.pk
    waiting = Job.objects.filter(parent=job, status="pending")
    waiting.update(run_after=Now() + timedelta(minutes=1))
    assert next_due() == job


def test_a_run_with_nothing_to_wait_for_fails_instead_of_spinning(start, tale):
    tale.stall = True
    job = start()
    run_due()
    assert reload(job).error["error_code"] == "run_stalled"
    assert tale.passes == 1


def test_a_paused_tree_starts_nothing_and_goes_on_where_it_was(start, kind):
    job = start()
    run(reload(job))
    assert reload(job).pause()
    assert not reload(job).pause()
    assert reload(job).state == "paused"
    assert run_due() == 0
    assert reload(job).resume()
    assert not reload(job).resume()
    run_due()
    assert reload(job).status == "completed"
    assert [t for t in types(job) if t in {"job.paused", "job.resumed"}] == [
        "job.paused",
        "job.resumed",
    ]


def test_a_plan_may_pause_until_a_person_has_looked(start, tale):
    tale.pause_before_epilogue = True
    job = start()
    run_due()
    assert reload(job).state == "paused"
    assert reload(job).progress_label == "Look at the chapters"
    reload(job).resume()
    run_due()
    assert reload(job).status == "completed"


def test_a_waiting_job_can_be_paused_a_running_or_ended_one_not(job):
    assert job.pause()
    assert run_due() == 0
    assert job.resume()
    job.claim()
    with pytest.raises(CannotPause):
        job.pause()
    job.complete({})
    with pytest.raises(CannotPause):
        job.resume()


def test_a_paused_run_can_be_canceled(start):
    job = start()
    run(reload(job))
    reload(job).pause()
    trees.cancel(reload(job))
    run_due()
    assert reload(job).status == "canceled"


def test_a_unit_key_is_used_once_and_units_have_no_units(start, kind):
    job = start()
    run(reload(job))
    unit = Job.objects.filter(parent=job).first()
    copy = Job.objects.get(pk=unit.pk)
    copy.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=unit.pk).update(is_run=True)


def test_a_run_adds_only_so_many_units_at_a_time(start, tale, settings):
    settings.JOBS_PER_ACCOUNT = 1

    def many(job, units):
        done = sum(1 for u in units if u.status == "completed")
        new = [NewUnit(key=str(n), kind="test.scripted") for n in range(7)]
        return Plan(units=new, done=done, total=7, finished=done == 7)

    tale.plan = many
    try:
        job = start()
        run(reload(job))
        assert Job.objects.filter(parent=job).count() == runs.AHEAD
        run_due()
    finally:
        del tale.plan
    assert reload(job).status == "completed"
    assert Job.objects.filter(parent=job).count() == 7


def test_a_pass_is_few_queries_whatever_the_number_of_units(
    start, tale, django_assert_max_num_queries
):
    def wide(job, units):
        new = [NewUnit(key=str(n), kind="test.scripted") for n in range(30)]
        return Plan(units=new, done=0, total=30)

    tale.plan = wide
    try:
        job = start()
        with django_assert_max_num_queries(14):
            run(reload(job))
    finally:
        del tale.plan
    assert Job.objects.filter(parent=job).count() == 30


@pytest.mark.parametrize("seed", range(10))
def test_dead_workers_cost_no_unit_and_double_none(start, kind, seed):
    """Workers die in the middle of passes and units, at random."""
    dice = random.Random(seed)  # noqa: S311 - which worker dies
    job = start()
    for _ in range(200):
        if reload(job).is_terminal:
            break
        Job.objects.filter(status="pending").update(run_after=Now())
        found = due.next_due()
        if found is None:
            continue
        if dice.random() < 0.4 and found.lost < 2:
            assert found.claim()
            Job.objects.filter(pk=found.pk).update(lease_until=Now())
            dispatch.reap()
        else:
            run(found)
    assert reload(job).status == "completed"
    assert keys(job, "completed") == ["chapter 1", "chapter 2", "epilogue"]
    assert JobEvent.objects.filter(job__parent=job, type="job.completed").count() == 3


def test_the_dispatcher_rings_a_waiting_run_only_when_there_is_news(start, kind):
    Worker.objects.create(name="w", queues=["stream", "cpu", "out"], slots=8)
    job = start()
    run(reload(job))
    units = list(Job.objects.filter(parent=job).values_list("pk", flat=True))
    assert {ring.job_id for ring in due.pick()} == set(units)
    run(Job(pk=units[0]))
    assert [ring.job_id for ring in due.pick()] == [job.pk]


def test_a_run_whose_plan_breaks_ends_only_after_its_units(start, tale, kind):
    job = start()
    run(reload(job))
    unit = Job.objects.filter(parent=job).order_by("unit_key").first()
    assert unit.claim()

    def broken(job, units):
        raise KeyError("a bug")

    tale.plan = broken
    try:
        for _ in range(2):
            Job.objects.filter(pk=job.pk).update(run_after=Now(), planned=False)
            with pytest.raises(KeyError):
                run(reload(job))
            if reload(job).is_terminal:
                break
            assert reload(unit).cancel_requested_at
            reload(unit).end_canceled()
    finally:
        del tale.plan
    assert reload(job).error["error_code"] == "INTERNAL_ERROR"
    assert not Job.objects.filter(parent=job, status__in=Job.UNFINISHED).exists()


def test_a_worker_that_lost_a_run_does_not_stop_its_units(start, kind):
    job = start()
    run(reload(job))
    unit = Job.objects.filter(parent=job).order_by("unit_key").first()
    assert unit.claim()
    Job.objects.filter(pk=job.pk).update(planned=False)
    late = reload(job)
    assert late.claim()
    assert late.put_back(seconds=0)
    assert not trees.fail(late, Refused())
    assert reload(unit).cancel_requested_at is None
    assert keys(job, "canceled") == []


def test_a_run_that_gives_up_is_looked_at_no_more_often_than_allowed(start, tale, kind):
    job = start()
    run(reload(job))
    unit = Job.objects.filter(parent=job).order_by("unit_key").first()
    assert unit.claim()
    Job.objects.filter(pk=job.pk).update(planned=False, attempt=job.max_attempts - 1)
    for _ in range(2):
        Job.objects.filter(pk=job.pk).update(run_after=Now())
        assert reload(job).claim()
        assert trees.fail(reload(job), Refused())
    assert (reload(job).status, reload(job).attempt) == ("pending", job.max_attempts - 1)
    assert reload(unit).end_canceled()
    run_due()
    assert reload(job).attempt <= job.max_attempts


def test_a_run_of_a_kind_that_is_gone_ends_after_its_units(start, kind):
    job = start()
    run(reload(job))
    unit = Job.objects.filter(parent=job).order_by("unit_key").first()
    assert unit.claim()
    long_ago = Now() - timedelta(days=1)
    Job.objects.filter(pk=job.pk).update(kind="kind.of.long.ago", created_at=long_ago)
    a_second_later(job)
    run(reload(job))
    assert reload(job).status == "pending"
    assert reload(unit).cancel_requested_at
    assert reload(unit).end_canceled()
    a_second_later(job)
    run(reload(job))
    assert reload(job).error["error_code"] == "unknown_kind"
    assert keys(job, "canceled") == ["chapter 1", "chapter 2"]


def test_a_run_that_was_lost_too_often_stops_its_units(start, kind):
    job = start()
    run(reload(job))
    unit = Job.objects.filter(parent=job).order_by("unit_key").first()
    assert unit.claim()
    Job.objects.filter(pk=job.pk).update(run_after=Now(), lost=5)
    assert reload(job).claim()
    Job.objects.filter(pk=job.pk).update(lease_until=Now())
    dispatch.reap()
    assert reload(job).status == "pending"
    assert reload(unit).cancel_requested_at
    assert reload(unit).end_canceled()
    Job.objects.filter(pk=job.pk).update(run_after=Now())
    assert reload(job).claim()
    Job.objects.filter(pk=job.pk).update(lease_until=Now())
    dispatch.reap()
    assert reload(job).error["error_code"] == "worker_lost"


def test_a_unit_whose_run_was_paused_after_its_message_was_sent_does_not_start(start, kind):
    job = start()
    run(job)
    Worker.objects.create(name="w", queues=["cpu"], slots=9)
    rung = due.pick()
    assert len(rung) == 2
    assert reload(job).pause()
    assert not any(run(Job(pk=ring.job_id)) for ring in rung)
    assert kind.runs == 0
    assert reload(job).resume()
    assert {ring.job_id for ring in due.pick()} == {ring.job_id for ring in rung}


@pytest.mark.django_db(transaction=True)
def test_a_run_and_its_units_are_asked_to_stop_together_or_not_at_all(
    transactional_db, start, monkeypatch
):
    """The web server dies in between: a run that alone knows of it would wait for all its units."""
    job = start()
    run(job)

    def dies(*_, **__):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(trees, "stop_units", dies)
        with pytest.raises(SystemExit):
            trees.cancel(reload(job))
    assert reload(job).cancel_requested_at is None
    assert trees.cancel(reload(job))
    assert {unit.status for unit in Job.objects.filter(parent=job)} == {"canceled"}
