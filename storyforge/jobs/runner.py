"""From a claimed job to its end, whatever happens in between."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager

from django.db import InterfaceError, OperationalError, connection

from storyforge.core.acting import acting_as
from storyforge.core.context import job_id
from storyforge.core.errors import DatabaseUnavailable, StoryforgeError
from storyforge.core.logs import summary
from storyforge.jobs import registry
from storyforge.jobs.beat import beat
from storyforge.jobs.due import next_due
from storyforge.jobs.engine import engine
from storyforge.jobs.errors import UnexpectedError
from storyforge.jobs.execution import Execution
from storyforge.jobs.models import Job

logger = logging.getLogger(__name__)


def run(job: Job) -> bool:
    """Claim the job and do it. False when it was not ours to do: an old or doubled message.

    The handler sees what the job's actor may see. Expected failures end or postpone the job; an unexpected one fails it and is raised again.
    """
    if not job.claim():
        return False
    token = job_id.set(str(job.pk))
    execution = Execution(job)
    try:
        with beat.watching(execution), _eyes(job):
            job.input = registry.input_of(job)
            registry.get(job.kind).run(execution)
    except StoryforgeError as error:
        logger.info("kind=%s attempt=%s stopped: %s", job.kind, job.attempt, error.code)
        execution.end(error)
    except (OperationalError, InterfaceError) as error:
        # A deadlock, a restart, a full disk: not the job's fault, and it passes.
        away = DatabaseUnavailable()
        text = "kind=%s attempt=%s database: %s detail=%s"
        logger.warning(text, job.kind, job.attempt, summary(error), away.detail_id)
        connection.close_if_unusable_or_obsolete()
        execution.end(away)
    except MemoryError:
        # There may be no room to say anything. The lease ends, as when the worker dies of it.
        raise
    except Exception:
        ours = UnexpectedError()
        logger.exception(
            "kind=%s attempt=%s crashed detail=%s", job.kind, job.attempt, ours.detail_id
        )
        execution.end(ours)
        raise
    finally:
        job_id.reset(token)
    return True


def _eyes(job: Job) -> AbstractContextManager[None]:
    """Whose content the handler sees: the actor's. Work of the system sees the engine's tables."""
    return engine() if job.project_id is None else acting_as(job.actor_id)


def run_due(limit: int = 1_000) -> int:
    """Do due jobs straight from the table, one after the other, without Celery; how many were done."""
    done = 0
    for _ in range(limit):
        job = next_due()
        if job is None:
            break
        done += run(job)
    return done
