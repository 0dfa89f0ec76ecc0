"""The references of a chunk of rows, up the ladder: all names become codes, or are given up by rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from worldgen import phases
from worldgen.answers.references import Ladder, Match, Rung
from worldgen.directory import target_name
from worldgen.issues import Issue
from worldgen.models import SoftLink
from worldgen.phases import tables
from worldgen.rows import Row

#: References that somebody dead or missing cannot fill.
ALIVE = {
    ("locations", "ruler"), ("quest_hooks", "giver"), ("shops", "owner"), ("taverns", "owner"),
    ("temples", "high_priest"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """A reference that did not resolve by code or plain name, and what became of it."""

    table: str
    row: str
    field: str
    value: str
    match: Match
    resolution: str


@dataclass(kw_only=True, slots=True)
class Resolved:
    """A row whose references are codes; `issues` say which required ones lead nowhere."""

    row: Row
    issues: list[Issue] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)


def phases_table(code: str) -> str:
    """The table whose codes look like this one; empty where none does."""
    prefix = code.rstrip("0123456789")
    return next((t for t, model in tables().items() if model.code_prefix == prefix), "")


def resolve(table: str, row: Row, ladder: Ladder, *, key: str) -> Resolved:
    """The row with codes in all its references, soft ones included; the given row stays as it is."""
    done = Resolved(row=dict(row))
    model = tables()[table]
    own = str(row.get("code", ""))
    for link in phases.links(model):
        if value := row.get(link.name):
            _one(done, table, key, link, str(value), ladder, own=own)
    for many in phases.link_sets(model):
        values = [str(value) for value in row.get(many.name) or ()]
        targets = [target_name(many)]
        codes = [
            code
            for value in values
            if (code := _settle(done, table, key, many.name, value, targets, ladder, own=own))
        ]
        done.row[many.name] = sorted(set(codes))
        if values and len(codes) < many.low:
            done.issues.append(_dangling(table, key, many.name, ", ".join(values), ()))
    for soft in model.soft_links:
        done.row[soft.field] = list(_soft(done, table, key, soft, row.get(soft.field), ladder))
        if not isinstance(row.get(soft.field), list):
            done.row[soft.field] = done.row[soft.field][0]
    return done


def _one(
    done: Resolved, table: str, key: str, link: Any, value: str, ladder: Ladder, *, own: str
) -> None:
    before = len(done.settled)
    targets = [target_name(link)]
    code = _settle(done, table, key, link.name, value, targets, ladder, own=own)
    done.row[link.name] = code or None
    if not code and not link.null:
        near = done.settled[-1].match.candidates if len(done.settled) > before else ()
        done.issues.append(_dangling(table, key, link.name, value, near))


def _settle(
    done: Resolved,
    table: str,
    key: str,
    name: str,
    value: str,
    targets: Sequence[str],
    ladder: Ladder,
    *,
    own: str,
) -> str:
    match = ladder.resolve(value, targets, own=own, alive=(table, name) in ALIVE)
    if match.doubtful:
        resolution = "resolved" if match.code else "nulled"
        done.settled.append(
            Settled(
                table=table, row=key, field=name, value=value, match=match, resolution=resolution
            )
        )
    return match.code


def _soft(
    done: Resolved, table: str, key: str, soft: SoftLink, value: Any, ladder: Ladder
) -> Iterator[Any]:
    """The elements of a field with the names in them as codes; unknown ones empty, or free text."""
    for element in value if isinstance(value, list) else [value]:
        text = str(element[soft.key] if soft.key else element or "")
        code = ""
        if text:
            match = ladder.resolve(text, soft.to)
            code = match.code if match.rung < Rung.WORDS or not soft.free_text else ""
            if match.doubtful and not soft.free_text:
                code = _settle(done, table, key, soft.path, text, soft.to, ladder, own="")
        kept = code or (text if soft.free_text else "")
        if soft.key:
            yield {**element, soft.key: kept}
        elif kept or not isinstance(value, list):
            yield kept


def _dangling(table: str, key: str, name: str, value: str, near: Sequence[str]) -> Issue:
    return Issue(
        table=table,
        row=key,
        field=name,
        code="reference",
        message=f"No row is called {value!r}.",
        candidates=tuple(near),
    )


def doubts(resolved: Resolved) -> list[Issue]:
    """An issue for each reference that no code or plain name settles: people's are never guessed."""
    words = {"self": "A row is not linked to itself.", "ambiguous": "Several rows may be meant."}
    told = {issue.field for issue in resolved.issues}
    return [
        Issue(
            table=settled.table,
            row=settled.row,
            field=settled.field,
            code="reference",
            message=words.get(settled.match.reason) or f"No row is called {settled.value!r}.",
            candidates=settled.match.candidates,
        )
        for settled in resolved.settled
        if settled.field not in told
    ]
