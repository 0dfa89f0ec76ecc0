"""Back to before a run: its rows go, what it changed comes back, and what people did since stays.

First it is worked out in memory (`work_out`), which is also the report of a dry run; then it is done in one
transaction, with a few statements for each table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from worldgen import phases
from worldgen.answers.derive import fill_deferred
from worldgen.errors import AlreadyRolledBack
from worldgen.keeping import history, references_of
from worldgen.keeping.removing import Place, remove
from worldgen.keeping.restoring import bring_back, restore
from worldgen.keeping.roster_history import restore_roster
from worldgen.models import FactCitation, GenerationRun, ReferenceIssue, RowDraft
from worldgen.rows import Row, Standing, World, key_of, load
from worldgen.runs.table_runs import refuse_second_run

MOST_LISTED = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """Why a row of the run stays, and the row that needs it."""

    reason: str
    by: str = ""


@dataclass(kw_only=True)
class Undoing:
    """What a rollback does: rows that go, get these states back, come back, or stay."""

    world: World
    removed: dict[Place, Standing] = field(default_factory=dict)
    restored: dict[Place, Row] = field(default_factory=dict)
    returned: dict[Place, Standing] = field(default_factory=dict)
    kept: dict[Place, Kept] = field(default_factory=dict)

    def report(self) -> dict[str, Any]:
        """In plain data, for people: rows by table, and each row that stays with its reason."""
        listed = list(self.kept.items())[:MOST_LISTED]
        return {
            "removed": dict(Counter(table for table, _ in self.removed)),
            "restored": dict(Counter(table for table, _ in (*self.restored, *self.returned))),
            "kept": dict(Counter(table for table, _ in self.kept)),
            "kept_rows": [
                {"table": table, "row": key, "reason": kept.reason, "by": kept.by}
                for (table, key), kept in listed
            ],
        }


def work_out(run: GenerationRun) -> Undoing:
    """What rolling this run back would do now. Nothing is changed."""
    undoing = Undoing(world=load(run.campaign))
    done = history.of_run(run)
    codes = _codes((table, key) for table, rows in undoing.world.tables.items() for key in rows)
    for table, rows in undoing.world.tables.items():
        for row in rows.values():
            if (table, row.id) in done:
                _sort(undoing, table, row, done[table, row.id], codes)
    _keep_what_is_named(undoing)
    _return_what_went(undoing, done, codes)
    return undoing


@transaction.atomic
def roll_back(run: GenerationRun, *, actor_id: Any) -> Undoing:
    """Do it, with the campaign locked by the caller. Raises `RunInProgress` and `AlreadyRolledBack`."""
    refuse_unfit(run)
    undoing = work_out(run)
    world = undoing.world
    restore(world, {**_emptied(undoing), **undoing.restored}, actor_id=actor_id)
    remove(world, undoing.removed, actor_id=actor_id)
    bring_back(world, undoing.returned, actor_id=actor_id)
    FactCitation.objects.filter(table_run__phase_run__run=run).exclude(
        row_id__in=[world.tables[table][key].id for table, key in undoing.kept]
    ).delete()
    RowDraft.objects.filter(table_run__phase_run__run=run).delete()
    ReferenceIssue.objects.filter(run=run).delete()
    restore_roster(run, keep={key for _, key in undoing.kept})
    fill_deferred(world.campaign)
    GenerationRun.objects.filter(pk=run.pk).update(state="rolled_back")
    return undoing


def refuse_unfit(run: GenerationRun) -> None:
    """Raise `RunInProgress` while a run of the campaign works, `AlreadyRolledBack` where it is done."""
    refuse_second_run(run.campaign)
    runs = GenerationRun.objects.filter(campaign=run.campaign_id)
    if runs.filter(pk=run.pk, state="rolled_back").exists():
        raise AlreadyRolledBack


def _sort(undoing: Undoing, table: str, row: Standing, done: history.Done, codes: set[str]) -> None:
    """A row of the run: it stays as somebody changed it since, or goes, or gets its old state back."""
    place, model = (table, row.key), phases.tables()[table]
    if row.is_protected or row.content_hash != done.after_hash:
        reason = "locked" if row.state["is_locked"] else "changed since"
        undoing.kept[place] = Kept(reason=reason)
    elif done.before is None:
        undoing.removed[place] = row
    elif references_of.needed(model, done.before["values"]) <= codes:
        gone = references_of.named(model, done.before["values"]) - codes
        values = references_of.without(model, done.before["values"], gone)
        undoing.restored[place] = {**done.before, "values": values}
    else:
        undoing.kept[place] = Kept(reason="needs a row that is gone")


def _keep_what_is_named(undoing: Undoing) -> None:
    """Rows that stay keep all they refer to; those in turn keep what they cannot do without."""
    going = {
        key: (table, key) for table, key in undoing.removed if phases.tables()[table].code_prefix
    }
    left = [
        (place, code)
        for place, row in _staying(undoing)
        for code in references_of.named(phases.tables()[place[0]], row.values)
    ]
    while left:
        (_, by), code = left.pop()
        place = going.pop(code, None)
        if place is None:
            continue
        row = undoing.removed.pop(place)
        undoing.kept[place] = Kept(reason="needed", by=by)
        model = phases.tables()[place[0]]
        wanted = references_of.needed(model, row.values)
        left += [(place, c) for c in wanted | references_of.mentioned(model, row.values)]


def _return_what_went(
    undoing: Undoing, done: Mapping[tuple[str, UUID], history.Done], codes: set[str]
) -> None:
    """Rows that the run removed come back, unless what they need is gone or another has their place."""
    for (table, pk), change in done.items():
        if change.after_hash or change.before is None:
            continue
        values, model = change.before["values"], phases.tables()[table]
        place = table, key_of(model, values)
        taken = place[1] in undoing.world.tables[table] and place not in undoing.removed
        if not taken and references_of.needed(model, values) <= codes:
            gone = references_of.named(model, values) - codes
            state = dict(change.before["state"])
            run = state.pop("table_run", None)
            undoing.returned[place] = Standing(
                id=pk, key=place[1], values=references_of.without(model, values, gone),
                state=state, table_run=UUID(run) if run else None,
            )  # fmt: skip


def _emptied(undoing: Undoing) -> dict[Place, Row]:
    """Rows that stay because others need them, without their references to rows that go."""
    gone = _codes(undoing.removed)
    found = {}
    for place, row in _staying(undoing):
        left = references_of.without(phases.tables()[place[0]], row.values, gone)
        if left != row.values:
            found[place] = {**row.as_json(), "values": left}
    return found


def _codes(places: Iterable[Place]) -> set[str]:
    """What others may refer to. The key of a relation may be the code of a row of another table."""
    return {key for table, key in places if phases.tables()[table].code_prefix}


def _staying(undoing: Undoing) -> Iterator[tuple[Place, Standing]]:
    for table, rows in undoing.world.tables.items():
        for key, row in rows.items():
            if (table, key) not in undoing.removed and (table, key) not in undoing.restored:
                yield (table, key), row
