"""Any order of whatever may happen to jobs leaves them in a state that can be explained.

Hypothesis plays workers, people, the dispatcher and time against real PostgreSQL. Each worker keeps its own
copy of the job, as a process would, so late and stale writers come about by themselves.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import hypothesis.strategies as st
import pytest
from django.db import transaction
from django.db.models import Count, F, Max, Q
from django.db.models.functions import Now
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from storyforge.core.errors import StoryforgeError
from storyforge.jobs import dispatch, due, trees
from storyforge.jobs.create import create_job
from storyforge.jobs.errors import CancelRequested, CannotPause, FenceLost
from storyforge.jobs.execution import Execution
from storyforge.jobs.models import MAX_LOST, Job, JobEvent, JobStep

pytestmark = pytest.mark.django_db
TIMES = ("run_after", "lease_until", "deadline_at", "started_at", "created_at", "dispatched_at")
ENDS = ("job.completed", "job.failed", "job.canceled")


class Overloaded(StoryforgeError):
    """Try again."""

    code = "overloaded"
    retryable = True


class Jobs(RuleBasedStateMachine):
    project: ClassVar[Any] = None
    claims = Bundle("claims")

    def __init__(self):
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.ended = {}

    def teardown(self):
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    def pick(self, number):
        rows = list(Job.objects.order_by("created_at", "pk"))
        return rows[number % len(rows)] if rows else None

    @rule()
    def create(self):
        create_job("test.scripted", project=self.project, actor=self.project.owner)

    @rule(target=claims)
    def claim(self):
        job = due.next_due()
        assert job is None or job.claim()
        return job

    @rule(job=claims, name=st.sampled_from("abc"))
    def finish_a_step(self, job, name):
        if job and not JobStep.objects.filter(job=job, name=name).exists():
            try:
                with transaction.atomic():
                    Execution(job).record_step(name, output={}, cost_micros=5)
            except FenceLost:
                assert not self.owns(job)

    @rule(job=claims)
    def report(self, job):
        if job:
            owned = self.owns(job)
            assert job.report(done=1, total=2, label="half") == owned

    @rule(job=claims)
    def complete(self, job):
        if job:
            owned, asked = self.owns(job), self.fresh(job).cancel_requested_at
            try:
                with Execution(job).completing():
                    pass
                assert owned
                assert not asked
            except FenceLost:
                assert not owned
            except CancelRequested:
                assert asked

    @rule(job=claims, error=st.sampled_from([Overloaded, StoryforgeError, CancelRequested]))
    def end_with(self, job, error):
        if job:
            owned, before = self.owns(job), self.fresh(job).status
            Execution(job).end(error())
            assert owned or self.fresh(job).status == before

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

    @rule()
    def reap(self):
        dispatch.reap()
        assert not Job.objects.filter(lease_until__lt=Now()).exists()

    @rule()
    def ring(self):
        due.pick()

    def fresh(self, job):
        return Job.objects.get(pk=job.pk)

    def owns(self, job):
        return Job.objects.filter(pk=job.pk, fence=job.fence, status="running").exists()

    @invariant()
    def events_tell_every_change_once(self):
        counted = Count("events", filter=Q(events__type__in=ENDS))
        rows = Job.objects.annotate(n=Count("events"), top=Max("events__seq"), ends=counted)
        for job in rows:
            assert job.n == job.top == job.event_seq
            assert job.ends == int(job.is_terminal)

    @invariant()
    def what_has_ended_stays(self):
        for job in Job.objects.filter(status__in=Job.TERMINAL):
            was = self.ended.setdefault(job.pk, (job.status, job.completed_at is None, job.result))
            assert was == (job.status, job.completed_at is None, job.result)

    @invariant()
    def counts_add_up(self):
        for job in Job.objects.all():
            steps = JobStep.objects.filter(job=job)
            assert job.spent_micros == 5 * steps.count()
            assert job.attempt <= job.max_attempts + MAX_LOST
            assert not steps.filter(fence__gt=job.fence).exists()
            assert JobEvent.objects.filter(job=job, attempt__gt=job.fence).count() == 0


def test_any_order_of_events_can_be_explained(project, kind):
    quick = settings(
        max_examples=20,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=False,
    )
    Jobs.project = project
    run_state_machine_as_test(Jobs, settings=quick)
