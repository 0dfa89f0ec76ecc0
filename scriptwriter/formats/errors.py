"""What can go wrong when a script is written or read."""

from __future__ import annotations

from storyforge.core.errors import StoryforgeError


class TooManyPages(StoryforgeError):
    """This script has more pages than a PDF may have."""

    code = "too_many_pages"
    status = 413


class TypesettingFailed(StoryforgeError):
    """The PDF could not be made."""

    code = "typesetting_failed"
    status = 500


class TypesettingTimedOut(TypesettingFailed):
    """Making the PDF took longer than allowed."""

    code = "typesetting_timed_out"
    status = 503
    retryable = True
