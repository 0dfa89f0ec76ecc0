"""The engine's door: job tables of all projects, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from storyforge.core.acting import Door, acting, acting_as


@contextmanager
def engine() -> Iterator[None]:
    """The engine's own work on job rows: dispatch, claim, beat, journal, reaping, limits.

    The acting user stays, so content is what it was: theirs, or nobody's.
    """
    with acting_as(acting().user, door=Door.JOBS):
        yield
