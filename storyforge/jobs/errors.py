"""Why a job stops before its work is done."""

from __future__ import annotations

from storyforge.core.errors import StoryforgeError


class UnknownKind(StoryforgeError):
    """There is no such kind of work."""

    code = "unknown_kind"
    status = 404


class JobNotFinished(StoryforgeError):
    """The job has not ended yet."""

    code = "job_not_finished"
    status = 409


class JobActive(StoryforgeError):
    """The job is still active; cancel it first."""

    code = "job_active"
    status = 409


class CannotPause(StoryforgeError):
    """Only runs, and jobs that wait for their turn, can be paused and resumed."""

    code = "cannot_pause"
    status = 409


class QueueTimeout(StoryforgeError):
    """Nobody could start the job within a day."""

    code = "queue_timeout"
    status = 503


class QueueFull(StoryforgeError):
    """Too many jobs of this account are waiting already."""

    code = "queue_full"
    status = 429
    retryable = True
    retry_after = 5.0


class TooManyStreams(StoryforgeError):
    """You follow as many jobs at once as one person may; close a stream, or poll instead."""

    code = "concurrency"
    status = 429
    retryable = True
    retry_after = 5.0

    def __init__(self) -> None:
        super().__init__()
        self.members["violated-policies"] = ["streams"]


class IdempotencyMismatch(StoryforgeError):
    """This `Idempotency-Key` was used before, with another request."""

    code = "idempotency_mismatch"
    status = 422


class JobTerminal(StoryforgeError):
    """The job has ended; nothing can be changed about it."""

    code = "job_terminal"
    status = 409


class ResultExpired(StoryforgeError):
    """The result of this job is no longer kept."""

    code = "result_expired"
    status = 410


class PermissionRevoked(StoryforgeError):
    """Whoever asked for this may not do it any more."""

    code = "permission_revoked"
    status = 403


class TargetGone(StoryforgeError):
    """What this job was to work on has been deleted."""

    code = "target_gone"
    status = 404


class WorkerLost(StoryforgeError):
    """The work was interrupted three times by a crash of its worker."""

    code = "worker_lost"
    status = 503


class NewerRelease(StoryforgeError):
    """This was asked for from a newer release; the job waits for a worker of that release."""

    code = "newer_release"
    status = 503
    retryable = True
    retry_after = 10.0


class DeadlineExceeded(StoryforgeError):
    """The job took longer than allowed."""

    code = "deadline_exceeded"
    status = 503


class UnexpectedError(StoryforgeError):
    """Something went wrong on our side; it has been logged."""

    code = "INTERNAL_ERROR"
    status = 500


class Interrupted(StoryforgeError):
    """The work must stop here; says why, and is never shown."""

    code = "interrupted"
    shown = False


class CancelRequested(Interrupted):
    """Somebody canceled the job."""


class FenceLost(Interrupted):
    """Another worker has taken the job over, or it ended elsewhere."""


class ShuttingDown(Interrupted):
    """The worker is being stopped."""
