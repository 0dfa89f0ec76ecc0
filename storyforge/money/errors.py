"""Why money stops a job."""

from __future__ import annotations

from storyforge.core.errors import StoryforgeError


class LimitExceeded(StoryforgeError):
    """This would cost more than what is left of the plan or budget."""

    code = "SUBSCRIPTION_LIMIT_EXCEEDED"
    status = 402


class BudgetExceeded(StoryforgeError):
    """The work costs more than was set aside for it, and nothing is left. What is done is kept."""

    code = "budget_exceeded"
    status = 402


class StorageFull(StoryforgeError):
    """The files of the project's owner fill what their plan holds. Delete some, or choose another plan."""

    code = "storage_full"
    status = 402


class BudgetTooSmall(StoryforgeError):
    """More than this is spent or set aside already. Choose a larger budget, or cancel some jobs."""

    code = "budget_too_small"
    status = 409


class UnclearAmount(StoryforgeError):
    """That is no amount of US dollars. Write one such as 2.50, or nothing for no limit."""

    code = "unclear_amount"
    status = 422
