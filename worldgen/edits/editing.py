"""What a person does to a row: add, change, delete. The campaign is locked meanwhile, so one after the other.

Rows pass the validator, the references and the rules of their table like those of every writer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from storyforge.jobs.targets import lock_target
from worldgen import phases
from worldgen.answers.derive import fill_deferred
from worldgen.answers.validator import Checked, check_row
from worldgen.containment import above
from worldgen.directory import Directory
from worldgen.edits.own_fields import EXTRA, own_fields
from worldgen.edits.usage import Named, User, users_of
from worldgen.errors import InvalidRow, RowInUse, RowProtected, StaleRevision
from worldgen.issues import Issue
from worldgen.keeping.mirrors import agree, complete, mirror_of, neighbors_of
from worldgen.keeping.save import Saving, Writer
from worldgen.keeping.storing import SYSTEM
from worldgen.models import (
    Campaign,
    FactCitation,
    ReferenceIssue,
    RosterLine,
    RowChange,
    RowDraft,
    WorldRow,
)
from worldgen.phases import table_of, tables
from worldgen.rows import STATE, Row, Standing, content_hash, key_of, load_rows

#: Rows that deferred references are a view of: relations, and people who may be dead.
SEEN_ELSEWHERE = ("entities", "entity_factions", "entity_locations", "faction_locations")


@dataclass(frozen=True, kw_only=True, slots=True)
class Editor:
    """Who changes a world, and what the rows are marked as."""

    actor_id: Any
    source: str = "edited"


def locked(campaign: Campaign) -> Campaign:
    """The campaign, held until the transaction ends: edits and the parts of a run take turns."""
    found: Campaign = lock_target(campaign)
    return found


def next_code(campaign: Campaign, table: str) -> str:
    """The code after all that were ever given in a table. Call it with the campaign locked."""
    prefix = tables()[table].code_prefix
    given = [
        *RosterLine.objects.filter(campaign=campaign, table_name=table).values_list("code"),
        *tables()[table].objects.filter(campaign=campaign).values_list("code"),
    ]
    numbers = [code.removeprefix(prefix) for (code,) in given]
    highest = max((int(number) for number in numbers if number.isdecimal()), default=0)
    return f"{prefix}{highest + 1:02d}"


@transaction.atomic
def add_row(
    campaign: Campaign, table: str, values: Mapping[str, Any], *, editor: Editor, code: str = ""
) -> WorldRow:
    """A new row, with the next code of its table where none is given. Raises `InvalidRow`."""
    locked(campaign)
    row = dict(values)
    own = own_fields(table, row.pop(EXTRA, {}))
    if tables()[table].code_prefix:
        _refuse_code(table, row, code)
        row["code"] = code or next_code(campaign, table)
    made = _write(campaign, table, row, editor=editor, row_id=None)
    if own:
        made.extra = own
        made.save(update_fields=[EXTRA])
    return made


@transaction.atomic
def edit_row(
    campaign: Campaign,
    row: WorldRow,
    changes: Mapping[str, Any],
    *,
    editor: Editor,
    revision: int | None = None,
    even_locked: bool = False,
) -> WorldRow:
    """Change some fields of a row, with `even_locked` also of a locked one; it is the editor's from then on.

    `extra` are fields of the editor's own, in place of those that were there. Raises `StaleRevision` where it is not at `revision` any more, `RowProtected`, `InvalidRow`.
    """
    locked(campaign)
    row = current(row, revision, even_locked=even_locked)
    table, values = table_of(type(row)), load_rows([row])[row.pk]
    if type(row).code_prefix:
        _refuse_code(table, dict(changes), values["code"])
    content = {name: value for name, value in changes.items() if name != EXTRA}
    if EXTRA in changes:
        _set_own(row, values, changes[EXTRA], editor=editor)
        if not content:
            return row
    return _write(campaign, table, {**values, **content}, editor=editor, row_id=row.pk)


@transaction.atomic
def delete_row(
    campaign: Campaign,
    row: WorldRow,
    *,
    editor: Editor,
    revision: int | None = None,
    with_relations: bool = False,
) -> None:
    """Delete a row; optional references to it become empty, its code is never given again.

    Raises `StaleRevision`, `RowProtected`, and `RowInUse` with the rows that need it; `with_relations`
    deletes those that only link it with others.
    """
    locked(campaign)
    row = current(row, revision)
    table, key = table_of(type(row)), key_of(type(row), load_rows([row])[row.pk])
    named = Named(table=table, id=row.pk, code=key, name=getattr(row, "name", ""))
    users = list(users_of(campaign, named)) if type(row).code_prefix else []
    mirror = mirror_of(row)
    forget(campaign, users, editor=editor, with_relations=with_relations)
    _delete(campaign, [row, *([mirror] if mirror else [])], editor=editor)
    RosterLine.objects.filter(campaign=campaign, code=key).update(is_dropped=True, is_edited=True)
    fill_deferred(campaign)


def _set_own(row: WorldRow, values: Row, own: Any, *, editor: Editor) -> None:
    """The row is the editor's from then on: a roll-back of its run does not take their fields away with it."""
    key = key_of(type(row), values)
    row.extra = own_fields(table_of(type(row)), own, key=key)
    _keep(row.campaign, [(row, values)], editor, hashes={row.pk: row.content_hash})
    row.source, row.revision = editor.source, row.revision + 1
    row.save(update_fields=[EXTRA, "source", "revision", "updated_at"])


def current(row: WorldRow, revision: int | None, *, even_locked: bool = False) -> WorldRow:
    """The row as it stands now. Raises `StaleRevision` and `RowProtected`."""
    now: WorldRow = type(row).objects.get(pk=row.pk)
    if revision not in (None, now.revision):
        raise StaleRevision(current_etag=f'"{now.revision}"')
    if now.is_locked and not even_locked:
        raise RowProtected
    return now


def forget(
    campaign: Campaign, users: Sequence[User], *, editor: Editor, with_relations: bool = False
) -> None:
    """Take what is deleted out of the rows that name it. Raises `RowInUse` where one needs it."""
    relations = [user for user in users if with_relations and user.is_relation and user.needs_it]
    others = [user for user in users if user not in relations]
    if needing := [user.as_json() for user in others if user.needs_it]:
        words = (
            f"{len(needing)} other rows need it." if len(needing) > 1 else "Another row needs it."
        )
        raise RowInUse(words, users=needing)
    for model in dict.fromkeys(type(user.row) for user in relations):
        _delete(campaign, [u.row for u in relations if type(u.row) is model], editor=editor)
    for model in dict.fromkeys(type(user.row) for user in others):
        _rewrite(campaign, model, [u for u in others if type(u.row) is model], editor=editor)


def _rewrite(
    campaign: Campaign, model: type[WorldRow], users: Sequence[User], *, editor: Editor
) -> None:
    """Rows without what is deleted; they keep their source, nobody wrote in them."""
    hashes = {user.row.pk: content_hash(user.without) for user in users}
    _keep(campaign, [(user.row, user.values) for user in users], editor, hashes=hashes)
    changed = {n for u in users for n, value in u.without.items() if value != u.values[n]}
    plain = [f for f in phases.writable(model) if f.name in changed and not f.many_to_many]
    for user in users:
        for column in plain:
            value = user.without[column.name]
            if not (column.is_relation and value):  # another reference of the row stays as it is
                setattr(user.row, column.attname, value)
        user.row.content_hash = content_hash(user.without)
        user.row.revision += 1
    model.objects.bulk_update(
        [user.row for user in users], [*(f.name for f in plain), "content_hash", "revision"]
    )


def _delete(campaign: Campaign, rows: Sequence[WorldRow], *, editor: Editor) -> None:
    """Rows of one table that nothing needs, with what is kept about them."""
    model, table = type(rows[0]), table_of(type(rows[0]))
    values = load_rows(rows)
    _keep(campaign, [(row, values[row.pk]) for row in rows], editor)
    ids, keys = [row.pk for row in rows], [key_of(model, values[row.pk]) for row in rows]
    about = {"campaign": campaign, "table_name": table}
    FactCitation.objects.filter(**about, row_id__in=ids).delete()
    RowDraft.objects.filter(**about, row_key__in=keys).delete()
    left = ReferenceIssue.objects.filter(**about, row_key__in=keys, resolution="open")
    left.update(resolution="row_dropped")
    model.objects.filter(pk__in=ids).delete()


def _keep(
    campaign: Campaign,
    rows: Sequence[tuple[WorldRow, Row]],
    editor: Editor,
    hashes: Mapping[UUID, str] | None = None,
) -> None:
    """Write down rows before they change, with the hashes they are about to have; without one a row goes."""
    RowChange.objects.bulk_create(
        RowChange(
            project_id=campaign.project_id,
            campaign=campaign,
            actor_id=editor.actor_id,
            table_name=table_of(type(row)),
            row_id=row.pk,
            row_key=key_of(type(row), values)[:120],
            before={"values": values, "state": _state(row)},
            after_hash=(hashes or {}).get(row.pk, ""),
        )
        for row, values in rows
    )


def _state(row: WorldRow) -> Row:
    run = str(row.table_run_id) if row.table_run_id else None
    return {**{name: getattr(row, name) for name in STATE}, "table_run": run}


def _refuse_code(table: str, row: Row, code: str) -> None:
    if row.pop("code", code) != code:
        message = "A code is given once, by us, and stays."
        raise InvalidRow([Issue(table=table, row=code, field="code", code="code", message=message)])


def _write(
    campaign: Campaign, table: str, values: Row, *, editor: Editor, row_id: UUID | None
) -> WorldRow:
    checked, issues = check_row(table, values)
    if issues:
        raise InvalidRow(issues)
    old = tables()[table].objects.get(pk=str(row_id)) if row_id else None
    before, beside = (mirror_of(old), neighbors_of(old)) if old else (None, set())
    saving = _Edit(campaign, table, editor, row_id)
    saved = saving.save(Checked(rows=[checked]))
    if saved.invalid:
        raise InvalidRow([issue for found in saved.invalid.values() for issue in found])
    row: WorldRow = tables()[table].objects.get(pk=str(saving.written))
    _refuse_circle(row)
    _forget_citations(row)
    if before is not None and mirror_of(row) != before:
        _delete(campaign, [before], editor=editor)
    said = key_of(type(row), load_rows([row])[row.pk])
    complete(campaign, table, said=said, actor_id=editor.actor_id)
    agree(campaign, row, before=beside, actor_id=editor.actor_id)
    if table in SEEN_ELSEWHERE:
        fill_deferred(campaign)
    return row


def _refuse_circle(row: WorldRow) -> None:
    """No chain of parents comes back to where it began."""
    model = type(row)
    for link in phases.links(model):
        own = link.related_model is model and getattr(row, link.attname)
        if own and row.pk in above(row, link.name):
            key, message = str(getattr(row, "code", "")), "It leads back to this row."
            issue = Issue(
                table=table_of(model), row=key, field=link.name, code="circle", message=message
            )
            raise InvalidRow([issue])


def _forget_citations(row: WorldRow) -> None:
    """Facts that the field of facts does not name any more are not cited by it."""
    cited = getattr(row, "backstory_fact_ids", None)
    if cited is not None:
        by_field = FactCitation.objects.filter(campaign=row.campaign_id, row_id=row.pk, via="field")
        by_field.exclude(fact__code__in=cited).delete()


class _Edit(Saving):
    """One row that a person writes: a new one, or one known by its id, whatever it links now."""

    def __init__(self, campaign: Campaign, table: str, editor: Editor, row_id: UUID | None) -> None:
        writer = Writer(source=editor.source, actor_id=editor.actor_id)
        super().__init__(Directory(campaign, minds_dead=False), table, writer)
        self.written = row_id
        self.is_new = row_id is None

    def standing(self, codes: dict[UUID, str], fit: dict[str, Row]) -> dict[str, Standing]:
        found = super().standing(codes, fit)
        before = next((s for s in found.values() if s.id == self.written), None)
        for key in list(fit):
            if key in found and found[key] is not before:
                message = "There is such a row already."
                issue = Issue(table=self.table, row=key, code="exists", message=message)
                self.refuse(key, fit.pop(key), [issue])
            elif before is not None:
                del found[before.key]
                found[key] = before
        return found

    def store(self, rows: list[WorldRow]) -> None:
        for row in rows:  # at most this one
            if self.is_new:
                row.save(force_insert=True)
            else:
                written = [f.name for f in phases.writable(self.model) if not f.many_to_many]
                row.save(force_update=True, update_fields=[*written, *SYSTEM])
            self.written = row.pk
