"""A provider that fails again and again is left alone, and asked again by one caller only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from storyforge.ai.errors import ProviderMisconfigured, ProviderRateLimited, ProviderUnavailable
from storyforge.generation.breaker import behind_breaker
from storyforge.jobs.models import Breaker, BreakerOpen, Job
from storyforge.jobs.models.breaker import FAILURES
from storyforge.jobs.runner import run

NAME = "default claude-x"


def call(error=None):
    with behind_breaker(NAME):
        if error:
            raise error


def fail(times, error=ProviderUnavailable):
    for _ in range(times):
        with pytest.raises(error):
            call(error())


def let_time_pass():
    Breaker.objects.update(open_until=Now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_five_failures_in_a_row_open_it_and_one_probe_closes_it():
    fail(FAILURES)
    fail(3, BreakerOpen)
    let_time_pass()
    call()
    assert not Breaker.objects.exists()
    call()


@pytest.mark.django_db
def test_a_probe_that_fails_opens_it_again_for_everybody():
    fail(FAILURES)
    let_time_pass()
    fail(1)
    fail(1, BreakerOpen)


@pytest.mark.django_db
def test_a_success_in_between_starts_the_count_anew():
    fail(FAILURES - 1)
    call()
    fail(FAILURES - 1)
    call()


@pytest.mark.django_db
def test_a_refused_key_opens_it_at_once_and_a_refused_request_does_not():
    with pytest.raises(ProviderMisconfigured):
        call(ProviderMisconfigured(vendor_status=400))
    call()
    with pytest.raises(ProviderMisconfigured):
        call(ProviderMisconfigured(vendor_status=401))
    with pytest.raises(BreakerOpen):
        call()


def test_a_job_that_meets_an_open_breaker_waits_and_burns_no_attempt(bob, job, kind):
    def blocked(execution):
        raise BreakerOpen

    kind.work = blocked
    run(job)
    again = Job.objects.get(pk=job.pk)
    assert (again.status, again.attempt) == ("pending", 0)
    assert again.run_after > again.updated_at
    seen = bob.get(f"/api/v1/jobs/{job.pk}").json()
    assert (seen["state"], seen["waits_for"]) == ("waiting", "provider")
    assert seen["error"]["error_code"] == "provider_resting"
    assert seen["next_attempt_at"]
    assert seen["error_message"] in bob.get(f"/projects/{job.project_id}/jobs/{job.pk}").text
    told = bob.get(f"/api/v1/jobs/{job.pk}/events").json()[-1]
    assert (told["type"], told["data"]["error_code"]) == ("job.waiting", "provider_resting")


@pytest.mark.parametrize(
    ("error", "state", "waits_for"),
    [
        (ProviderRateLimited(retry_after=60), "waiting", "provider"),
        (ProviderUnavailable(retry_after=60), "retrying", None),
    ],
)
def test_people_see_what_a_job_waits_for(bob, job, kind, error, state, waits_for):
    def asked_to_wait(execution):
        raise error

    kind.work = asked_to_wait
    Job.objects.update(deadline_seconds=600)
    run(job)
    seen = bob.get(f"/api/v1/jobs/{job.pk}").json()
    assert (seen["state"], seen["waits_for"], seen["attempt"]) == (state, waits_for, 1)
    Job.objects.update(run_after=Now())
    kind.work = None
    run(job)
    seen = bob.get(f"/api/v1/jobs/{job.pk}").json()
    assert (seen["state"], seen["waits_for"], seen["error"]) == ("completed", None, None)
