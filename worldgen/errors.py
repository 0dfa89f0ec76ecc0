"""What can go wrong with worlds, as people meet it."""

from __future__ import annotations

from storyforge.core.errors import StoryforgeError


class RunInProgress(StoryforgeError):
    """Another run of this campaign has not ended yet."""

    code = "run_in_progress"
    status = 409


class AlreadyRolledBack(StoryforgeError):
    """This run has been rolled back already."""

    code = "already_rolled_back"
    status = 409
