"""What becomes of an answer: rows saved, what is missing or refused told, so that the plan can repair it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from worldgen import phases
from worldgen.answers.repairing import merged
from worldgen.answers.validator import check, rows_in
from worldgen.issues import Issue
from worldgen.keeping.save import Saved, Writer, save_rows
from worldgen.models import RowDraft, TableRun
from worldgen.planning.part import Part
from worldgen.prompting.contexts import lines_to_write, pc_of
from worldgen.rosters import save_roster, taken_from
from worldgen.rows import Listed, Row, World

MOST_LISTED = 50  # findings and refused rows in a result


def take_roster(world: World, part: Part, payload: Any, run: TableRun) -> dict[str, Any]:
    """Save the lines that are fit; codes that are still missing, and why."""
    lines, missing = taken_from(world, part, payload)
    saved = save_roster(world.campaign, lines, table_run=run)
    return {
        "lines": saved,
        "missing": list(missing),
        "notes": {k: v for k, v in missing.items() if v},
    }


def take_rows(world: World, part: Part, payload: Any, run: TableRun) -> dict[str, Any]:
    """Save the rows of a table that are fit; `missing` codes and `drafts` are what a repair is for."""
    rows = rows_in(payload) or []
    asked = _asked(part)
    if asked:
        rows = _of_the_list(rows, asked)
    lines = {line.code: line for line in lines_to_write(world, part)}
    for row in rows if asked else ():
        if row["code"] in lines:  # names are settled by the roster, and by people who edited it
            row["name"] = lines[row["code"]].name
    checked = check(part.table, {"rows": rows})
    for row in [*checked.rows, *(raw for raw, _ in checked.invalid)]:
        tie(part.table, row, lines.get(str(row.get("code", ""))))
    writer = Writer(source=part.writer, table_run=run)
    saved = save_rows(world.campaign, part.table, checked, writer=writer)
    found = told(saved)
    done = {*saved.valid, *saved.drafts}
    found["missing"] = [code for code in asked if code not in done]
    return found


def take_repairs(world: World, part: Part, payload: Any, run: TableRun) -> dict[str, Any]:
    """Save the refused rows with the fields that were answered; what is still refused stays a draft."""
    drafts = drafts_of(part.drafts)
    answered = merged(drafts, rows_in(payload) or [])
    checked = check(part.table, {"rows": list(answered.values())})
    for row in checked.rows:
        line = world.rosters.get(part.table, {}).get(str(row.get("code", "")))
        tie(part.table, row, line)
    writer = Writer(source=part.writer, table_run=run)
    saved = save_rows(world.campaign, part.table, checked, writer=writer)
    RowDraft.objects.filter(pk__in=list(answered)).delete()
    found = told(saved)
    found["drafts"] += [str(draft.pk) for draft in drafts if draft.pk not in answered]
    return found


def told(saved: Saved) -> dict[str, Any]:
    """What the job's result says of saved rows."""
    refused = {key: [issue.message for issue in issues] for key, issues in saved.invalid.items()}
    return {
        "valid": len(saved.valid),
        "new": len(saved.created),
        "refused": dict(list(refused.items())[:MOST_LISTED]),
        "drafts": [str(pk) for pk in saved.drafts.values()],
        "missing": [],
    }


def drafts_of(ids: Sequence[UUID]) -> list[RowDraft]:
    """The drafts in the order in which they are named."""
    found = RowDraft.objects.in_bulk(list(ids))
    return [found[pk] for pk in ids if pk in found]


def tie(table: str, row: Row, line: Listed | None) -> None:
    """Set what the roster has decided: whose row it is, and which facts it uses."""
    if line is None or not line.fact_codes:
        return
    names = {field.name for field in phases.writable(phases.tables()[table])}
    if "pc" in names and not row.get("pc"):
        row["pc"] = pc_of(line.fact_codes[:1])
    if "backstory_fact_ids" in names and row.get("pc") and not row.get("backstory_fact_ids"):
        row["backstory_fact_ids"] = list(line.fact_codes)[:4]


def _asked(part: Part) -> list[str]:
    """The codes that an answer must hold; relations have none."""
    return list(part.codes or ()) if phases.tables()[part.table].code_prefix else []


def _of_the_list(rows: Sequence[Any], asked: Sequence[str]) -> list[Row]:
    """The rows that were asked for, once each; a single one without its code is that which is missing."""
    found: dict[str, Row] = {}
    nameless: list[Row] = []
    for row in rows:
        if not isinstance(row, dict):
            continue
        code = str(row.get("code") or "").strip().casefold()
        if code in asked:
            found.setdefault(code, {**row, "code": code})
        elif not code:
            nameless.append(row)
    missing = [code for code in asked if code not in found]
    if len(missing) == len(nameless) == 1:
        found[missing[0]] = {**nameless[0], "code": missing[0]}
    return list(found.values())


def issues_of(draft: RowDraft) -> list[Issue]:
    """What was wrong with a refused row."""
    return [Issue(**{**told, "candidates": tuple(told["candidates"])}) for told in draft.issues]
