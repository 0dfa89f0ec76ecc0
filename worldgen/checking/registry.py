"""The checks of a world by code: what each reads, what it finds, whether that blocks, and what mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from worldgen.rows import World

if TYPE_CHECKING:
    from worldgen.answers.defaults import Defaults

Found = Iterator[tuple[str, str, str]]  # table, row key (empty: the world as a whole), words
Find = Callable[[World], Found]
Mend = Callable[["Defaults", "Finding"], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A row that breaks a check. W15 only flags, every other keeps the row from being accepted."""

    code: str
    table: str
    row: str
    message: str

    @property
    def blocks(self) -> bool:
        """Whether the row cannot be accepted as it is."""
        return self.code not in CHECKS or CHECKS[self.code].blocks


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One check. `reads` are the tables it looks at (none named: any); `mend` is what code can do by itself."""

    code: str
    says: str
    find: Find
    reads: tuple[str, ...] = ()
    mend: Mend | None = None
    blocks: bool = True

    def __call__(self, world: World) -> Found:
        """What it finds."""
        return self.find(world)


CHECKS: dict[str, Check] = {}


def check(
    code: str, *, reads: tuple[str, ...] = (), mend: Mend | None = None, blocks: bool = True
) -> Callable[[Find], Find]:
    """Register a check, told by the first line of its docstring; two of one code are a mistake."""

    def add(function: Find) -> Find:
        if code in CHECKS:
            raise ValueError(f"Two checks claim {code}.")
        says = (function.__doc__ or "").strip().splitlines()[0]
        CHECKS[code] = Check(
            code=code, says=says, find=function, reads=reads, mend=mend, blocks=blocks
        )
        return function

    return add


def take_away(found: Defaults, finding: Finding) -> None:
    """The mend of what should not be there: the row goes."""
    found.remove(finding.table, finding.row)


def run_checks(world: World, codes: Iterable[str] | None = None) -> list[Finding]:
    """Every finding of the checks: those of whole worlds (W) first, then the rules across rows (X)."""
    wanted = sorted(CHECKS) if codes is None else sorted(codes)
    return [
        Finding(code=code, table=table, row=row, message=message)
        for code in wanted
        for table, row, message in CHECKS[code](world)
    ]
