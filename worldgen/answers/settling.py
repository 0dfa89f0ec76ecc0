"""Giving up by rule, after the last repair: null where a field may be empty, a stub, or the row is dropped.

Nothing is guessed: an unknown name never becomes a link to something else. All of it is listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from worldgen import phases, rules
from worldgen.answers.taking import drafts_of, told
from worldgen.answers.validator import check
from worldgen.directory import target_name
from worldgen.keeping.roster_history import drop
from worldgen.keeping.save import Saved, Writer, save_rows
from worldgen.models import Campaign, ReferenceIssue, RosterLine, RowDraft, TableRun
from worldgen.planning.part import Part
from worldgen.prompting.briefs import brief_of
from worldgen.rosters import save_roster
from worldgen.rows import Row, World, load
from worldgen.rules import number_of

TIMES = 3  # a field that is emptied may bring up another rule
MOST_NAME = 80


def settle(world: World, part: Part, run: TableRun) -> dict[str, Any]:
    """Empty what may be empty in refused rows, make stubs where tables allow them, drop the rest."""
    drafts = drafts_of(part.drafts)
    writer = Writer(source="model", table_run=run)
    result: dict[str, Any] = {"nulled": [], "stubs": [], "dropped": [], "valid": 0, "new": 0}
    for draft in drafts:
        row = dict(draft.payload)
        row = _with_stubs(world, draft, row, run, result)
        if _saved(world, part.table, row, draft.issues, writer, result):
            draft.delete()
        else:
            _drop(world, draft, run, result)
    return result


def _saved(
    world: World,
    table: str,
    row: Row,
    issues: Sequence[dict[str, Any]],
    writer: Writer,
    result: dict[str, Any],
) -> bool:
    saved = save_emptied(world.campaign, table, row, issues, writer=writer)
    if saved is None:
        return False
    found = told(saved)
    result["valid"] += found["valid"]
    result["new"] += found["new"]
    result["nulled"] += saved.valid
    return True


def save_emptied(
    campaign: Campaign,
    table: str,
    row: Row,
    issues: Sequence[dict[str, Any]],
    *,
    writer: Writer,
) -> Saved | None:
    """Try a refused row with ever more of its faulty fields emptied; None where it does not fit at all."""
    for _ in range(TIMES):
        emptied = _emptied(table, row, issues)
        if emptied is None:
            return None
        row = emptied
        saved = save_rows(campaign, table, check(table, {"rows": [row]}), writer=writer)
        RowDraft.objects.filter(pk__in=list(saved.drafts.values())).delete()
        if saved.valid:
            return saved
        issues = [
            issue.as_json() for found_issues in saved.invalid.values() for issue in found_issues
        ]
    return None


def _emptied(table: str, row: Row, issues: Sequence[dict[str, Any]]) -> Row | None:
    """The row without what is at fault; None where that may not be empty, or nothing is named."""
    fields = {field.name: field for field in phases.writable(phases.tables()[table])}
    names = {str(issue["field"]).partition(".")[0] for issue in issues}
    found = dict(row)
    for name in names:
        column = fields.get(name)
        if column is None or not (column.null or column.blank):
            return None
        found[name] = _nothing(column)
    return found if names else None


def _nothing(column: Any) -> Any:
    if column.many_to_many:
        return []
    return None if column.null else column.get_default()


def _with_stubs(
    world: World, draft: RowDraft, row: Row, run: TableRun, result: dict[str, Any]
) -> Row:
    """The row with a stub behind each required reference that leads nowhere, where the table has stubs."""
    links = {link.name: link for link in phases.links(phases.tables()[draft.table_name])}
    for issue in draft.issues:
        link = links.get(str(issue["field"]))
        name = str(row.get(str(issue["field"])) or "").strip()
        if link is None or link.null or not name or issue["code"] != "reference":
            continue
        target = target_name(link)
        if target in phases.tables() and phases.tables()[target].allows_stub:
            code = _stub(world, target, name, run)
            if code:
                row = {**row, link.name: code}
                result["stubs"].append(code)
                ReferenceIssue.objects.create(
                    project_id=world.campaign.project_id,
                    campaign=world.campaign,
                    run_id=run.phase_run.run_id,
                    table_name=draft.table_name,
                    row_key=draft.row_key,
                    field=link.name,
                    raw_value=name[:200],
                    reason="unknown",
                    step=7,
                    resolution="stub_created",
                    candidates=[code],
                )
    return row


def _stub(world: World, table: str, name: str, run: TableRun) -> str:
    """A row of this name as the rules write one, marked as in need of repair; empty where it does not fit."""
    campaign = world.campaign
    known = RosterLine.objects.filter(campaign=campaign, table_name=table)
    codes = list(known.values_list("code", flat=True))
    prefix = phases.tables()[table].code_prefix
    code = f"{prefix}{max(map(number_of, codes), default=0) + 1:02d}"
    line = {"code": code, "name": name[:MOST_NAME], "line": "Named elsewhere; not written yet."}
    save_roster(campaign, {table: [{**line, "parent": None, "facts": []}]}, table_run=run)
    brief = brief_of(load(campaign))
    payload = {"rows": rules.write_rows(table, [code], brief)}
    writer = Writer(source="rules", table_run=run)
    saved = save_rows(campaign, table, check(table, payload), writer=writer)
    if not saved.valid:
        known.filter(code=code).update(is_dropped=True)
        return ""
    _rows_called(world, table, code).update(row_state="needs_repair")
    return code


def _drop(world: World, draft: RowDraft, run: TableRun, result: dict[str, Any]) -> None:
    """The row does not come: its code is not offered to others any more, and the draft tells why."""
    code = str(draft.payload.get("code") or "")
    lines = RosterLine.objects.filter(campaign=world.campaign, code=code, is_edited=False)
    if code and not _rows_called(world, draft.table_name, code).exists():
        drop(world.campaign, lines, table_run=run)
    result["dropped"].append(code or draft.row_key)


def _rows_called(world: World, table: str, code: str) -> Any:
    model: Any = phases.tables()[table]
    return model.objects.filter(campaign=world.campaign, code=code)
