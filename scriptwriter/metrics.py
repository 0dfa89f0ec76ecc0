"""The figures of plots and pictures, under the names that the plot document gives them."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import Metric

from storyforge.jobs.metrics import BUCKETS, collect, counter, gauge, histogram, rows


@collect
def plots() -> Iterator[Metric]:
    """Counted from jobs and plot overviews."""
    yield counter(
        "plot_generation",
        "Plot overviews asked for, by the payer's plan and whether one was written.",
        ["user_tier", "success"],
        rows(
            "SELECT coalesce(account.plan_id, 'none'), (job.status = 'completed')::text, count(*)"
            " FROM jobs_job job LEFT JOIN money_account account ON account.user_id = job.account_id"
            " WHERE job.kind = 'plot.overview' AND job.status IN ('completed', 'failed')"
            " GROUP BY 1, 2 ORDER BY 1, 2"
        ),
    )
    took = rows(
        "SELECT extract(epoch FROM completed_at - started_at)::float FROM jobs_job"
        " WHERE kind = 'plot.overview' AND status = 'completed'"
    )
    yield histogram(
        "plot_generation_duration_seconds",
        "From start to end of a plot overview.",
        BUCKETS,
        [seconds for (seconds,) in took],
    )
    yield gauge(
        "active_plot_overviews_total",
        "Plot overviews that are the active version of their book.",
        [],
        rows("SELECT count(*) FROM scriptwriter_plotoverview WHERE status = 'active'"),
    )
    yield counter(
        "character_image_generation",
        "Pictures of characters that were made.",
        [],
        rows(
            "SELECT count(*) FROM jobs_job"
            " WHERE kind LIKE 'picture.%%' AND target_type = 'character' AND status = 'completed'"
        ),
    )
