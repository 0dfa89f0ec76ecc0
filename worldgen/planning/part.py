"""One unit of a run: a call of a writer, or a step of code."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Literal, get_args
from uuid import UUID

from pydantic import Field

from storyforge.generation.spec import Request
from worldgen import phases

Step = Literal[
    "facts", "roster", "rows", "repair", "settle", "derive", "checks", "mend", "fill"
]  # fmt: skip
STEPS: tuple[str, ...] = get_args(Step)
#: Where a run mends what the checks find: nowhere, wherever a world may lack something, or only in what is
#: begun, so that a repair begins no phase.
Mends = Literal["", "everywhere", "begun"]
#: Steps that a writer does; the others are code.
WRITTEN = ("roster", "rows", "repair", "mend")

CHUNK_TOKENS = 1_000  # expected tokens of a call; longer ones make phases long (WORLD 8)
LINE_TOKENS = 30  # a roster line
FACT_TOKENS = 300  # the facts of one backstory
ROUNDS = 2  # repairs of a row, then it is given up by rule


class Part(Request):
    """One unit of a run: the input of its job, and with `key` its name in the run.

    `codes` are the rows to write; for relation tables the rows they start from. None: the whole table.
    `chunk` tells parts of one table apart; halves add a digit. `ahead`: the codes of the chunks of relations after
    it, as they were cut. `round` counts repairs, `again` how often
    the same was asked before, `attempt` how often the phase was written; `anew`: without the roster lines that
    stand. After `seconds` a call is given up and tried again. `mends` is for checks and what comes after them.
    """

    step: Step
    phase: str = ""
    table: str = ""
    chunk: str = ""
    codes: list[str] | None = None
    ahead: list[str] = Field(default_factory=list)
    pc: UUID | None = None
    round: int = 0
    again: int = 0
    attempt: int = 1
    anew: bool = False
    mends: Mends = ""
    rows: int = 0
    seconds: float = 0.0
    drafts: list[UUID] = Field(default_factory=list)
    notes: dict[str, Any] = Field(default_factory=dict)

    @property
    def key(self) -> str:
        """Its name in the run."""
        words = [self.phase, self.step, self.table, self.chunk, str(self.pc or "")]
        words += [f"round {self.round}"] if self.round else []
        words += [f"again {self.again}"] if self.again else []
        return " ".join(word for word in words if word)

    @property
    def is_written(self) -> bool:
        """Whether a writer does it: rules or a model."""
        return self.step in WRITTEN

    @property
    def expected_tokens(self) -> int:
        """Output tokens that a model needs for it, from the measured size of rows."""
        match self.step:
            case "facts":
                return FACT_TOKENS
            case "roster":
                return LINE_TOKENS * max(1, len(self.codes or ()))
            case "rows" | "mend":
                return tokens_of(self.table) * max(1, self.rows)
            case "repair":
                return max(200, tokens_of(self.table) * len(self.drafts) // 2)
        return 0

    @property
    def max_tokens(self) -> int:
        """Where an answer is cut off."""
        return math.ceil(1.6 * self.expected_tokens) + 200


@cache
def tokens_of(table: str) -> int:
    """Output tokens of one row, with the rows inside it."""
    return phases.tables()[table].row_tokens if table else LINE_TOKENS


@cache
def rows_a_chunk(table: str) -> int:
    """How many rows fit into one call."""
    return max(1, CHUNK_TOKENS // tokens_of(table))


@cache
def source_of(table: str) -> str:
    """The table whose rows the relations of this table start from."""
    model = phases.tables()[table]
    return phases.table_of(phases.links(model)[0].related_model)


def source_of_rows(table: str) -> str:
    """The table whose codes choose rows of this one: itself, or where its relations start."""
    return table if phases.tables()[table].code_prefix else source_of(table)


@cache
def must_stand(table: str) -> frozenset[str]:
    """The tables whose rows a row of this one, or a row inside it, cannot be without."""
    model = phases.tables()[table]
    found = set(phases.needed_tables(model, required_only=True))
    for inline in model.inline:
        found |= phases.needed_tables(phases.tables()[inline], required_only=True)
    return frozenset(found - {table, *model.inline})


@cache
def may_name(table: str) -> frozenset[str]:
    """All tables that its rows may refer to."""
    model = phases.tables()[table]
    return frozenset((phases.needed_tables(model) | must_stand(table)) - {table, *model.inline})


def rows_planned(
    table: str, *, wanted: int, sources: int, only: Sequence[str] = (), skip: Sequence[str] = ()
) -> int:
    """How many of the rows a world wants of a table are to be written: of relations, the share of `sources`.

    `sources` is how many rows there are that relations may start from; `only` and `skip` name some of them.
    """
    if phases.tables()[table].code_prefix:
        return len(only) or max(0, wanted - len(skip))
    if not sources:
        return wanted
    chosen = len(only) or max(0, sources - len(skip))
    return -(-wanted * min(chosen, sources) // sources)


def chunks(
    table: str, phase: str, codes: Sequence[str], *, after: int, rows: int
) -> Iterator[Part]:
    """Parts of at most `CHUNK_TOKENS`: rows with codes, or relations by the rows they start from."""
    if not codes:
        return
    named = bool(phases.tables()[table].code_prefix)
    wanted = len(codes) if named else max(rows, 1)
    number = -(-wanted // rows_a_chunk(table))
    size = -(-len(codes) // number)
    for index, start in enumerate(range(0, len(codes), size)):
        some = list(codes[start : start + size])
        yield Part(
            step="rows",
            phase=phase,
            table=table,
            chunk=str(after + index + 1),
            codes=some,
            ahead=[] if named else list(codes[start + size :]),
            rows=len(some) if named else -(-wanted * len(some) // len(codes)),
            writer="model",
        )


def chunks_ahead(begun: Sequence[Part]) -> Iterator[Part]:
    """The chunks of relations that were cut with those that are begun, and had no place beside them."""
    cut = [part for part in begun if part.step == "rows" and part.chunk.isdigit()]
    if not cut:
        return
    last = max(cut, key=lambda part: int(part.chunk))
    size = len(last.codes or ())
    for index, start in enumerate(range(0, len(last.ahead), size), 1):
        some = last.ahead[start : start + size]
        told = {
            "chunk": str(int(last.chunk) + index),
            "codes": some,
            "ahead": last.ahead[start + size :],
            "rows": -(-last.rows * len(some) // size),
        }
        yield last.model_copy(update=told | {"again": 0})
