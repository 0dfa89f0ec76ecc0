"""The database itself refuses every change of status that the contract does not list."""

from __future__ import annotations

from itertools import permutations

import pytest
from django.db import ProgrammingError, connection, transaction

from storyforge.jobs.models import Job

LEGAL = {
    ("pending", "running"),
    ("running", "pending"),
    ("running", "completed"),
    ("running", "failed"),
    ("running", "canceled"),
    ("pending", "canceled"),
    ("pending", "failed"),
}
PAIRS = list(permutations(Job.Status.values, 2))


def set_status(job: Job, status: str) -> None:
    """By plain SQL, with whatever else the row's own checks ask for."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_job SET status = %(status)s,"
            " lease_until = CASE WHEN %(status)s = 'running' THEN now() END,"
            " completed_at = CASE WHEN %(status)s IN ('completed', 'failed', 'canceled') THEN now() END"
            " WHERE id = %(id)s",
            {"status": status, "id": job.pk},
        )


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=["-".join(pair) for pair in PAIRS])
def test_of_twenty_pairs_seven_are_legal(job, before, after):
    if before != "pending":
        set_status(job, "running")
    if before not in {"pending", "running"}:
        set_status(job, before)
    if (before, after) in LEGAL:
        set_status(job, after)
    else:
        with pytest.raises(ProgrammingError, match="Invalid transition"):
            set_status(job, after)
    job.refresh_from_db()
    assert job.status == (after if (before, after) in LEGAL else before)


def test_the_pairs_are_all_there():
    assert len(PAIRS) == 20
    assert len(LEGAL) == 7
