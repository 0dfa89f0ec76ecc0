"""Figures for Prometheus: from rows, for staff, under the promised names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from rest_framework.test import APIClient

from conftest import client_of
from storyforge.accounts.jwt import access_token
from storyforge.accounts.models import APIToken, TokenFamily, User
from storyforge.accounts.second_factor import SESSION_MARK
from storyforge.jobs import upkeep
from storyforge.jobs.models import Breaker, Job
from storyforge.money.models import Account, LedgerEntry
from tests.make import make

pytestmark = pytest.mark.django_db
PROMISED = {
    "plot_generation_total",
    "plot_generation_duration_seconds_bucket",
    "character_image_generation_total",
    "active_plot_overviews_total",
}


@pytest.fixture
def scrape(sarah):
    def read():
        answer = sarah.get("/metrics")
        assert answer.status_code == 200
        families = text_string_to_metric_families(answer.content.decode())
        return {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in families
            for sample in family.samples
        }

    return read


def test_only_staff_see_them(alice, client):
    assert alice.get("/metrics").status_code == 404
    assert client.get("/metrics").status_code == 401


def with_token(token):
    return APIClient(headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def staff(db):
    """Of the staff, with a second factor that was not shown."""
    user = User.objects.create_superuser("tess@example.org", "a long password 1")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return user


def statuses(client):
    return {client.get(path).status_code for path in ("/metrics", "/health/detailed")}


def test_staff_without_their_second_factor_see_no_figures_of_the_installation(staff):
    assert statuses(client_of(staff)) == {404}
    for shown in (False, True):
        _, secret = APIToken.issue(staff, name="scraper", scope="read", factor_shown=shown)
        assert with_token(secret).get("/metrics").status_code == (200 if shown else 404)
        family = TokenFamily.start(staff, factor_shown=shown)
        signed_in = with_token(access_token(family))
        assert signed_in.get("/metrics").status_code == (200 if shown else 404)


def test_a_token_is_as_good_as_the_session_that_made_it(staff):
    client = client_of(staff)
    plain = client.post("/api/v1/tokens", {"name": "early"}).json()["secret"]
    session = client.session
    session[SESSION_MARK] = True
    session.save()
    assert statuses(client) == {200}
    proved = client.post("/api/v1/tokens", {"name": "scraper"}).json()["secret"]
    assert with_token(plain).get("/metrics").status_code == 404
    assert with_token(proved).get("/metrics").status_code == 200
    Authenticator.objects.all().delete()
    assert with_token(proved).get("/metrics").status_code == 404


def test_a_token_of_somebody_who_is_not_staff_shows_nothing(alice):
    _, secret = APIToken.issue(alice.user, name="x", scope="read", factor_shown=True)
    Authenticator.objects.create(user=alice.user, type=Authenticator.Type.TOTP, data={})
    assert with_token(secret).get("/metrics").status_code == 404


def test_the_promised_names_are_there_with_figures_from_rows(scrape, project):
    Account.of(project.owner_id)
    then = timezone.now() - timedelta(seconds=42)
    done = {"status": "completed", "started_at": then, "completed_at": timezone.now(), "result": {}}
    make(Job, project, kind="plot.overview", **done)
    make(Job, project, kind="plot.overview", status="failed", completed_at=then)
    found = scrape()
    assert {name for name, *_ in found} >= PROMISED
    tier = ("user_tier", "standard")
    assert found["plot_generation_total", ("success", "true"), tier] == 1
    assert found["plot_generation_total", ("success", "false"), tier] == 1
    assert found["plot_generation_duration_seconds_bucket", ("le", "30.0")] == 0
    assert found["plot_generation_duration_seconds_bucket", ("le", "60.0")] == 1
    assert found["plot_generation_duration_seconds_count",] == 1
    assert found["active_plot_overviews_total",] == 0


def test_waits_calls_cost_breakers_and_invariants_are_counted(scrape, project):
    job = make(Job, project, attempt=9, run_after=timezone.now() - timedelta(seconds=90))
    for fence in (1, 2):
        job.calls.create(
            step="one", fence=fence, model="m", price_version="1", worst_micros=7,
            ended_at=timezone.now(), outcome="unknown",
        )  # fmt: skip
    LedgerEntry.objects.create(
        job_id=job.pk, step="one", fence=1, outcome="unknown", model="m", house_micros=7
    )
    Breaker.objects.create(name="p m", failures=5, open_until=timezone.now() + timedelta(minutes=1))
    upkeep.upkeep_when_due()
    found = scrape()
    assert found["storyforge_oldest_due_job_seconds", ("queue", job.queue)] > 80
    assert found["storyforge_job_attempts_total", ("kind", job.kind)] == 9
    assert found["storyforge_provider_calls_total", ("model", "m"), ("outcome", "unknown")] == 2
    assert found["storyforge_repeated_calls_total",] == 1
    assert found["storyforge_cost_micros_total", ("model", "m"), ("payer", "house")] == 7
    assert found["storyforge_breaker_open", ("provider", "p m")] == 1
    assert found["storyforge_fsck_broken", ("invariant", "I6")] == 1
    assert found["storyforge_jobs", ("kind", job.kind), ("status", "pending")] == 1
