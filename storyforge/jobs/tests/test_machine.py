"""Any order of whatever may happen to jobs leaves them in a state that can be explained.

Hypothesis plays workers, people, dispatchers and time against real PostgreSQL. Each worker keeps its own
copy of the job, as a process would, so late and stale writers come about by themselves. The invariants of
`jobs_fsck` hold after each step; the two that ask for a reaper and a dispatcher, once these have come by, and
I12, which takes half a second and about which nothing here says anything, in the end.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any, ClassVar

import hypothesis.strategies as st
import pytest
from django.db import transaction
from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from storyforge.core.errors import StoryforgeError
from storyforge.jobs import dispatch, due, fsck, registry, trees
from storyforge.jobs.beat import Beat
from storyforge.jobs.create import create_job
from storyforge.jobs.errors import CancelRequested, CannotPause, DeadlineExceeded, FenceLost
from storyforge.jobs.execution import Execution
from storyforge.jobs.models import Job, JobEvent, JobStep, Worker
from storyforge.jobs.runs import NewUnit, Plan, RunHandler

pytestmark = pytest.mark.django_db
MACHINES = int(os.environ.get("JOB_MACHINES", "12"))  # `make fuzz` plays more
TIMES = (
    "run_after", "lease_until", "deadline_at", "started_at", "created_at", "dispatched_at", "updated_at",
    "completed_at", "cancel_requested_at", "paused_at",
)  # fmt: skip
LATE = Q(status="pending", deadline_at__lt=Now(), paused_at=None, cancel_requested_at=None)


class Overloaded(StoryforgeError):
    """Try again."""

    code = "overloaded"
    retryable = True


class Pair(RunHandler):
    """Two units; it ends when both have."""

    kind = "test.pair"
    label = "Pair"
    deadline_seconds = 600

    def plan(self, run, units):
        new = [NewUnit(key=key, kind="test.scripted") for key in "ab"]
        done = sum(1 for unit in units if unit.status in Job.TERMINAL)
        return Plan(units=new, done=done, total=2, finished=done == 2)


class Jobs(RuleBasedStateMachine):
    project: ClassVar[Any] = None
    claims = Bundle("claims")

    def __init__(self):
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.ended = {}
        self.excused = set()  # until a reaper (I8) or dispatcher (I9) has come by

    def teardown(self):
        self.nothing_is_broken(without=())
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    def pick(self, number):
        rows = list(Job.objects.order_by("created_at", "pk"))
        return rows[number % len(rows)] if rows else None

    @rule(kind=st.sampled_from(["test.scripted", "test.scripted", "test.pair"]))
    def create(self, kind):
        create_job(kind, project=self.project, actor=self.project.owner)

    @rule(target=claims)
    def claim(self):
        job = due.next_due()
        assert job is None or job.claim()
        late = Job.objects.filter(pk=job and job.pk, deadline_at__lt=Now())
        assert not late.filter(cancel_requested_at=None).exists()
        return job

    @rule(job=claims, name=st.sampled_from("abc"))
    def finish_a_step(self, job, name):
        if job and not JobStep.objects.filter(job=job, name=name).exists():
            try:
                with transaction.atomic():
                    Execution(job).record_step(name, output={}, cost_micros=5)
            except FenceLost:
                assert not self.owns(job)

    @rule(job=claims, done=st.integers(0, 3), total=st.integers(1, 3))
    def report(self, job, done, total):
        if job:
            owned, was = self.owns(job), self.fresh(job)
            assert job.report(done=done, total=total, label="on the way") == owned
            now = self.fresh(job)
            assert now.progress_done * was.progress_total >= was.progress_done * now.progress_total

    @rule(job=claims)
    def complete(self, job):
        if job:
            owned, asked = self.owns(job), self.fresh(job).cancel_requested_at
            try:
                self.finish(job)
                assert owned
                assert job.is_run or not asked
            except FenceLost:
                assert not owned
            except CancelRequested:
                assert asked

    def finish(self, job):
        """A run's worker makes a planning pass."""
        if job.is_run:
            registry.get(job.kind).run(Execution(job))
            return
        with Execution(job).completing():
            pass

    @rule(job=claims, error=st.sampled_from([Overloaded, StoryforgeError, CancelRequested]))
    def end_with(self, job, error):
        if job:
            owned, before = self.owns(job), self.tree(job)
            Execution(job).end(error())
            assert owned or self.tree(job) == before

    @rule(job=claims)
    def beat(self, job):
        """A worker that lives keeps what is its own, and hears what has become of it."""
        if job:
            now = self.fresh(job)
            owned, beat, execution = self.owns(job), Beat(threaded=False), Execution(job)
            late = Job.objects.filter(pk=job.pk, deadline_at__lt=Now()).exists()
            beat._extended = -1e9
            with beat.watching(execution):
                beat.look()
            then = self.fresh(job).lease_until
            assert (then > now.lease_until) if owned else then == now.lease_until
            asked = (
                CancelRequested if now.cancel_requested_at else DeadlineExceeded if late else None
            )
            assert type(execution.interruption) is (asked or type(None) if owned else FenceLost)

    @rule(number=st.integers(0, 9))
    def cancel(self, number):
        if job := self.pick(number):
            asked = trees.cancel(job)
            assert not (asked and job.status == "completed")

    @rule(number=st.integers(0, 9), verb=st.sampled_from(["pause", "resume"]))
    def pause_or_resume(self, number, verb):
        if job := self.pick(number):
            try:
                getattr(job, verb)()
            except CannotPause:
                assert job.status != "pending"

    @rule(seconds=st.sampled_from([1, 10, 40, 3_000]))
    def let_time_pass(self, seconds):
        back = timedelta(seconds=seconds)
        Job.objects.update(**{name: F(name) - back for name in TIMES})
        Worker.objects.update(beat_at=F("beat_at") - back, started_at=F("started_at") - back)
        self.excused |= {"I8", "I9"}

    @rule()
    def reap(self):
        dispatch.reap()
        dispatch.expire()
        self.excused.discard("I8")
        assert not Job.objects.filter(lease_until__lt=Now()).exists()
        living = Job.objects.filter(status__in=Job.UNFINISHED, parent__isnull=False)
        late = Job.objects.filter(LATE).exclude(pk__in=living.values("parent"))
        assert not late.filter(Q(parent=None) | Q(parent__paused_at=None)).exists()

    @rule()
    def dispatch(self):
        """A dispatcher's round, with its worker's sign of life."""
        beat = {"queues": ["cpu", "stream"], "slots": 2, "beat_at": Now()}
        Worker.objects.update_or_create(name="w", defaults=beat)
        due.pick()
        self.excused.discard("I9")

    def fresh(self, job):
        return Job.objects.get(pk=job.pk)

    def owns(self, job):
        return Job.objects.filter(pk=job.pk, fence=job.fence, status="running").exists()

    def tree(self, job):
        """What is asked of a job and of its units, and how far they are."""
        rows = Job.objects.filter(Q(pk=job.pk) | Q(parent=job.pk)).order_by("pk")
        return list(rows.values_list("pk", "status", "fence", "cancel_requested_at"))

    @invariant()
    def nothing_is_broken(self, without=("I12",)):
        broken = {found.code: found.rows for found in fsck.check(without=without)}
        assert not {code: rows for code, rows in broken.items() if code not in self.excused}

    @invariant()
    def what_has_ended_stays(self):
        rows = Job.objects.filter(status__in=Job.TERMINAL)
        for pk, *end in rows.values_list("pk", "status", "result", "error", "event_seq"):
            assert self.ended.setdefault(pk, end) == end

    @invariant()
    def counts_add_up(self):
        steps = JobStep.objects.filter(job=OuterRef("pk")).values("job").annotate(n=Count("pk"))
        events = (
            JobEvent.objects.filter(job=OuterRef("pk")).values("job").annotate(n=Max("attempt"))
        )
        rows = Job.objects.annotate(
            journaled=Coalesce(Subquery(steps.values("n")), 0), told=Subquery(events.values("n"))
        )
        assert not rows.exclude(spent_micros=5 * F("journaled")).exists()
        assert not rows.filter(told__gt=F("fence")).exists()


@pytest.fixture
def pair(kind):
    handler = Pair()
    registry.register(handler)
    yield handler
    del registry._handlers[handler.kind]


def test_any_order_of_events_can_be_explained(project, kind, pair):
    quick = settings(
        max_examples=MACHINES,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=False,
    )
    Jobs.project = project
    run_state_machine_as_test(Jobs, settings=quick)
