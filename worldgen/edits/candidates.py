"""Drafts and doubtful references, settled by a person: adopt what a run would have written, or say who was meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from storyforge.core.errors import NotFound, StateConflict
from worldgen import phases
from worldgen.edits.editing import Editor, add_row, edit_row
from worldgen.errors import UnknownTable
from worldgen.models import Campaign, ReferenceIssue, RowDraft, WorldRow
from worldgen.rows import Row, identity, load_rows


def row_of(campaign: Campaign, table: str, key: str) -> WorldRow | None:
    """The row that stands under this key: a code, or the codes that a relation links."""
    model = phases.tables().get(table)
    if model is None:  # a draft of a table that a release has removed
        return None
    rows = model.objects.filter(campaign=campaign)
    parts = key.split("|")
    names = identity(model)
    if len(parts) != len(names):
        return None
    lookup = {}
    for name, part in zip(names, parts, strict=True):
        is_link = name != "code" and model._meta.get_field(name).is_relation
        lookup[f"{name}__code" if is_link else name] = part
    found: WorldRow | None = rows.filter(**lookup).first()
    return found


def differing(payload: Mapping[str, Any], values: Row) -> list[str]:
    """The fields in which a draft says something else than the row that stands."""
    return sorted(n for n, value in payload.items() if n in values and value != values[n])


@transaction.atomic
def adopt(
    draft: RowDraft,
    *,
    editor: Editor,
    fields: Sequence[str] = (),
    changes: Mapping[str, Any] | None = None,
) -> WorldRow:
    """Take fields of a draft into its row, all where none are named, with `changes` on top.

    A draft without a row becomes one. The draft goes when nothing of it is left. Raises `InvalidRow`.
    """
    model = phases.tables().get(draft.table_name)
    if model is None:
        raise UnknownTable
    known = {f.name for f in phases.writable(model)} | set(model.inline)
    payload = {name: value for name, value in draft.payload.items() if name in known}
    if unknown := [name for name in fields if name not in payload]:
        raise NotFound(f"The draft has no field {unknown[0]!r}.")
    row = row_of(draft.campaign, draft.table_name, draft.row_key)
    if row is None:
        code = draft.row_key if model.code_prefix and draft.payload.get("code") else ""
        values = {**payload, **(changes or {})}
        made = add_row(draft.campaign, draft.table_name, values, editor=editor, code=code)
        draft.delete()
        return made
    wanted = {n: v for n, v in payload.items() if (not fields or n in fields)}
    row = edit_row(
        draft.campaign, row, {**wanted, **(changes or {})}, editor=editor, even_locked=True
    )
    left = set(differing(payload, load_rows([row])[row.pk])) - set(wanted)
    if not left:
        draft.delete()
    return row


@transaction.atomic
def settle(issue: ReferenceIssue, *, editor: Editor, code: str | None) -> None:
    """Put the row that was meant into the field; without a code the issue is settled as it stands.

    Raises `StateConflict` where there is no row, or no empty place in it, and `InvalidRow`.
    """
    if code:
        row = row_of(issue.campaign, issue.table_name, issue.row_key)
        if row is None:
            raise StateConflict("This row is not in the world.")
        changes = _meant(type(row), load_rows([row])[row.pk], issue, code)
        edit_row(issue.campaign, row, changes, editor=editor)
    ReferenceIssue.objects.filter(pk=issue.pk).update(resolution="user")


def _meant(model: type[WorldRow], values: Row, issue: ReferenceIssue, code: str) -> Row:
    name, _, key = issue.field.partition("[].")
    name = name.removesuffix("[]")
    if any(many.name == name for many in phases.link_sets(model)):
        return {name: sorted({*values[name], code})}
    if not isinstance(values.get(name), list):
        return {name: code}
    if not key:
        return {name: [*values[name], code]}
    empty = [n for n, element in enumerate(values[name]) if not element[key]]
    if len(empty) != 1:
        raise StateConflict("Several places of the row may be meant; change the row itself.")
    return {name: [{**e, key: code} if n == empty[0] else e for n, e in enumerate(values[name])]}
