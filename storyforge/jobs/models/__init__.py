"""The job table is the queue, the journal and the truth; Celery only rings the bell."""

from storyforge.jobs.models.breaker import Breaker, BreakerOpen
from storyforge.jobs.models.calls import ProviderCall
from storyforge.jobs.models.checkup import Checkup
from storyforge.jobs.models.job import Job
from storyforge.jobs.models.journal import EVENT_CHANNEL, JobEvent, JobStep
from storyforge.jobs.models.keys import IdempotencyKey
from storyforge.jobs.models.row import MAX_ATTEMPTS, MAX_LOST
from storyforge.jobs.models.worker import WORKER_GONE_SECONDS, Worker

__all__ = [
    "EVENT_CHANNEL",
    "MAX_ATTEMPTS",
    "MAX_LOST",
    "WORKER_GONE_SECONDS",
    "Breaker",
    "BreakerOpen",
    "Checkup",
    "IdempotencyKey",
    "Job",
    "JobEvent",
    "JobStep",
    "ProviderCall",
    "Worker",
]
