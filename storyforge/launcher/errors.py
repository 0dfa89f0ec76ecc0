"""Why the launcher stops."""

from __future__ import annotations


class CannotStart(Exception):
    """Something outside the program is in the way; the message says what, and what to do."""


class StopRequested(Exception):
    """Ctrl-C, TERM or HUP arrived while the launcher was waiting."""
