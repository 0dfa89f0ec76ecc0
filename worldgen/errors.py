"""What can go wrong with worlds, as people meet it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from storyforge.core.errors import StoryforgeError
from worldgen.issues import Issue


class RunInProgress(StoryforgeError):
    """Another run of this campaign has not ended yet."""

    code = "run_in_progress"
    status = 409


class AlreadyRolledBack(StoryforgeError):
    """This run has been rolled back already."""

    code = "already_rolled_back"
    status = 409


class UnknownTable(StoryforgeError):
    """No world has a table of this name."""

    code = "unknown_table"
    status = 404


class UnknownRows(StoryforgeError):
    """The world has no rows of these codes or keys."""

    code = "unknown_rows"
    status = 404

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        super().__init__(rows=[{"table": table, "row": key} for table, key in rows])


class InvalidRow(StoryforgeError):
    """The row breaks the rules of its table."""

    code = "invalid_row"
    status = 400

    def __init__(self, issues: Sequence[Issue], message: str = "") -> None:
        self.issues = list(issues)
        said = " ".join(f"{i.field}: {i.message}" if i.field else i.message for i in issues[:3])
        super().__init__(message or said, issues=[issue.as_json() for issue in issues])


class StaleRevision(StoryforgeError):
    """Somebody changed this row after you read it."""

    code = "stale_revision"
    status = 412


class RowProtected(StoryforgeError):
    """The row is locked; unlock it first."""

    code = "row_protected"
    status = 409


class RowInUse(StoryforgeError):
    """Other rows need this one."""

    code = "row_in_use"
    status = 409


class ChecksNotPassed(StoryforgeError):
    """The checks of the world found something in this row; it is not accepted as it is."""

    code = "checks_not_passed"
    status = 409


class PhaseNeedsMissing(StoryforgeError):
    """Rows of other tables must be there first."""

    code = "phase_needs_missing"
    status = 409

    def __init__(self, missing: Iterable[str]) -> None:
        tables = sorted(missing)
        super().__init__(f"There are no rows yet of: {', '.join(tables)}.", missing=tables)


class NotDropped(StoryforgeError):
    """Only stale rows that the roster no longer lists, and that nothing needs, are removed like this."""

    code = "not_dropped"
    status = 409

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        super().__init__(rows=[{"table": table, "row": key} for table, key in rows])


class NothingToDo(StoryforgeError):
    """No row that may be written is meant by this."""

    code = "nothing_to_do"
    status = 409


class UploadGone(StoryforgeError):
    """The file went when its import ended; bring it again."""

    code = "upload_gone"
    status = 409
