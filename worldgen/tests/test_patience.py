"""How long a call is waited for: by what it is expected to say, and by how fast calls have been so far."""

from __future__ import annotations

import pytest

from tests.make import make
from worldgen.generations.world_run import BETWEEN_TRIES, TRIES
from worldgen.models import TableRun
from worldgen.planning.part import CHUNK_TOKENS
from worldgen.runs.sight import SAID, USUAL_RATE, observed_rate, patience
from worldgen.tests.model_worlds import start, use_model
from worldgen.tests.whole import new_campaign, new_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(project):
    return new_campaign(project)


def calls(campaign, *, tokens, seconds, count=1, writer="model"):
    """Calls that have said so much in so long."""
    phase = new_run(campaign).phase_run
    for number in range(count):
        make(TableRun, campaign.project, campaign=campaign, phase_run=phase, writer=writer,
             unit_key=f"{phase.pk} {number}", tokens_out=tokens, duration_ms=seconds * 1_000)  # fmt: skip


@pytest.mark.parametrize(
    ("tokens", "rate", "seconds"),
    [(600, 50.0, 63.0), (CHUNK_TOKENS, 50.0, 95.0), (CHUNK_TOKENS, 5.0, 815.0), (0, 5.0, 15.0)],
)
def test_a_call_gets_a_quarter_of_a_minute_and_four_times_what_it_should_take(
    tokens, rate, seconds
):
    assert patience(tokens, rate) == seconds


def test_the_rate_is_that_of_the_last_calls_of_models(campaign):
    assert observed_rate(campaign) == USUAL_RATE
    calls(campaign, tokens=9_000, seconds=1, writer="rules")
    assert observed_rate(campaign) == USUAL_RATE
    calls(campaign, tokens=500, seconds=100)
    assert observed_rate(campaign) == pytest.approx(5.0)
    calls(campaign, tokens=500, seconds=5, count=SAID)
    assert observed_rate(campaign) == pytest.approx(100.0)  # the slow one is forgotten


def test_a_rate_is_never_so_low_that_a_call_would_be_waited_for_without_end(campaign):
    calls(campaign, tokens=1, seconds=1_000)
    assert observed_rate(campaign) == 1.0


def test_a_slow_endpoint_gets_the_time_that_it_needs(campaign, settings, work):
    use_model(settings, seed=3, faults={"overloaded": 1.0})  # it never answers, so that calls wait
    calls(campaign, tokens=500, seconds=100)
    job = start(campaign, mode="phase", phases=["1A"], writers={"facts": "rules"})
    work()
    [roster] = job.units.filter(input__step="roster")
    expected = patience(30 * len(roster.input["codes"]), 5.0)
    assert (
        roster.input["seconds"] == expected > patience(30 * len(roster.input["codes"]), USUAL_RATE)
    )
    assert roster.deadline_seconds == int(TRIES * (expected + BETWEEN_TRIES))
