"""Figures for Prometheus, counted from rows at scrape time, so that they cannot drift from the truth.

Rows are kept for a time (see `upkeep`): totals are of what is kept, and shrink when it is purged. Apps
above add their own with `collect`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry
from rest_framework.request import Request
from rest_framework.views import APIView

from storyforge.accounts import second_factor
from storyforge.core.errors import NotFound
from storyforge.jobs.models import Checkup
from storyforge.jobs.upkeep import everything

Collect = Callable[[], Iterator[Metric]]
# Seconds; a model's answer takes 5 to 90, a rule's a fraction of one.
BUCKETS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 180, 600, 1_800)
WAITS = (0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 3_600)

_collectors: list[Collect] = []


def collect(collector: Collect) -> Collect:
    """Add a function that yields metrics; a decorator."""
    _collectors.append(collector)
    return collector


def page() -> bytes:
    """All metrics in Prometheus' text format. The caller sees the rows of all projects."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Everything())
    text: bytes = generate_latest(registry)
    return text


class MetricsView(APIView):
    """The page for Prometheus: for staff, with a token that they made after showing a second factor.

    For others there is nothing here.
    """

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        if not second_factor.of_staff(request):
            raise NotFound
        with everything():
            return HttpResponse(page(), content_type=CONTENT_TYPE_LATEST)


class _Everything(Collector):
    def collect(self) -> Iterator[Metric]:
        for collector in _collectors:
            yield from collector()

    def describe(self) -> list[Metric]:
        return []


def rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """What a query finds; its first columns are labels, the last the figure."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [tuple(row) for row in cursor.fetchall()]


def counter(
    name: str, text: str, labels: Sequence[str], found: Sequence[tuple[Any, ...]]
) -> Metric:
    """A counter with a sample for each row. `_total` is added to its name."""
    metric = CounterMetricFamily(name, text, labels=labels)
    for *values, number in found:
        metric.add_metric([str(v) for v in values], float(number))
    return metric


def gauge(name: str, text: str, labels: Sequence[str], found: Sequence[tuple[Any, ...]]) -> Metric:
    """A gauge with a sample for each row."""
    metric = GaugeMetricFamily(name, text, labels=labels)
    for *values, number in found:
        metric.add_metric([str(v) for v in values], float(number))
    return metric


def histogram(name: str, text: str, edges: Sequence[float], seconds: Sequence[float]) -> Metric:
    """A histogram over these seconds."""
    buckets = [(str(float(edge)), float(sum(s <= edge for s in seconds))) for edge in edges]
    metric = HistogramMetricFamily(name, text)
    metric.add_metric([], [*buckets, ("+Inf", float(len(seconds)))], sum(seconds))
    return metric


@collect
def _jobs() -> Iterator[Metric]:
    yield gauge(
        "storyforge_jobs",
        "Jobs by kind and status.",
        ["kind", "status"],
        rows("SELECT kind, status, count(*) FROM jobs_job GROUP BY 1, 2 ORDER BY 1, 2"),
    )
    yield gauge(
        "storyforge_oldest_due_job_seconds",
        "How long the job that has been due longest waits.",
        ["queue"],
        rows(
            "SELECT queue, extract(epoch FROM max(now() - run_after)) FROM jobs_job"
            " WHERE status = 'pending' AND run_after <= now() AND paused_at IS NULL AND NOT planned"
            " GROUP BY 1 ORDER BY 1"
        ),
    )
    waited = rows(
        "SELECT extract(epoch FROM started_at - created_at)::float FROM jobs_job"
        " WHERE started_at > now() - interval '1 day'"
    )
    yield histogram(
        "storyforge_job_wait_seconds",
        "From accept to start, of jobs started within a day.",
        WAITS,
        [seconds for (seconds,) in waited],
    )
    yield counter(
        "storyforge_job_attempts",
        "Attempts by kind.",
        ["kind"],
        rows("SELECT kind, coalesce(sum(attempt), 0) FROM jobs_job GROUP BY 1 ORDER BY 1"),
    )
    yield gauge(
        "storyforge_workers",
        "Workers that beat, by queue.",
        ["queue"],
        rows(
            "SELECT queue, count(*) FROM jobs_worker, jsonb_array_elements_text(queues) queue"
            " WHERE beat_at > now() - interval '30 seconds' GROUP BY 1 ORDER BY 1"
        ),
    )


@collect
def _money() -> Iterator[Metric]:
    yield counter(
        "storyforge_provider_calls",
        "Calls to models by outcome; open ones are under way.",
        ["model", "outcome"],
        rows(
            "SELECT model, coalesce(nullif(outcome, ''), 'open'), count(*)"
            " FROM jobs_providercall GROUP BY 1, 2 ORDER BY 1, 2"
        ),
    )
    yield counter(
        "storyforge_repeated_calls",
        "Calls made again for a step that had been begun before.",
        [],
        rows(
            "SELECT coalesce(sum(n - 1), 0) FROM"
            " (SELECT count(*) AS n FROM jobs_providercall GROUP BY job_id, step) steps"
        ),
    )
    yield counter(
        "storyforge_cost_micros",
        "What calls have cost, in US dollars / 1,000,000, by model and who paid.",
        ["model", "payer"],
        rows(
            "SELECT model, 'account', sum(charged_micros) FROM money_ledgerentry GROUP BY 1"
            " UNION ALL"
            " SELECT model, 'house', sum(house_micros) FROM money_ledgerentry GROUP BY 1 ORDER BY 1, 2"
        ),
    )


@collect
def _health() -> Iterator[Metric]:
    yield gauge(
        "storyforge_breaker_open",
        "1 where calls to a provider and model are held back.",
        ["provider"],
        rows("SELECT name, (open_until > now())::int FROM jobs_breaker ORDER BY 1"),
    )
    last = Checkup.objects.exclude(ended_at=None).first()
    if last is not None:
        broken = [(each["code"], len(each["rows"])) for each in last.broken]
        text = "Rows that broke an invariant when fsck ran last."
        yield gauge("storyforge_fsck_broken", text, ["invariant"], broken)
        text = "When fsck ran last, in seconds since 1970."
        yield gauge("storyforge_fsck_at_seconds", text, [], [(last.at.timestamp(),)])
