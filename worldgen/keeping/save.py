"""From a writer's answer to rows: every valid row is saved, and nothing a person wrote is overwritten.

Two passes: names and codes first become rows' ids, forward and self references among them; then one statement
for each table writes them all. Invalid rows and what a run would write into protected ones become drafts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from worldgen import phases
from worldgen.answers import table_rules
from worldgen.answers.references import Match, Rung
from worldgen.answers.resolving import Settled, doubts, resolve
from worldgen.answers.validator import Checked
from worldgen.directory import FACTS, Directory
from worldgen.ids import Ids
from worldgen.issues import Issue
from worldgen.keeping import history, inputs, stale
from worldgen.keeping.roster_history import keep_lines
from worldgen.keeping.storing import CHUNK, built, free_names, set_links, upsert
from worldgen.models import (
    Campaign,
    FactCitation,
    ReferenceIssue,
    RosterLine,
    RowChange,
    RowDraft,
    TableRun,
    WorldRow,
)
from worldgen.rows import Row, Standing, content_hash, key_of
from worldgen.rows import standing as standing_rows
from worldgen.schemas import back_link


@dataclass(kw_only=True, slots=True)
class Saved:
    """What became of the rows of one answer, by key; `drafts` keeps the refused rows of the table itself."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    candidates: list[str] = field(default_factory=list)
    invalid: dict[str, list[Issue]] = field(default_factory=dict)
    settled: list[Settled] = field(default_factory=list)
    drafts: dict[str, UUID] = field(default_factory=dict)

    @property
    def valid(self) -> list[str]:
        """The keys of all rows that were fit for the world."""
        return [*self.created, *self.changed, *self.unchanged, *self.candidates]


@dataclass(frozen=True, kw_only=True, slots=True)
class Writer:
    """Who writes: a table run of a run, or a person (`table_run` is None), and what the rows are marked as."""

    source: str
    table_run: TableRun | None = None
    actor_id: Any = None
    #: Code completes a row: who wrote it stays its source.
    amends: bool = False

    @property
    def is_person(self) -> bool:
        """A person may change protected rows."""
        return self.table_run is None


@transaction.atomic(savepoint=False)
def save_rows(campaign: Campaign, table: str, checked: Checked, *, writer: Writer) -> Saved:
    """Save the rows of an answer in one transaction, those of inline tables with them."""
    if not (checked.rows or checked.invalid):
        return Saved()
    directory = Directory(campaign, minds_dead=not writer.is_person)
    return Saving(directory, table, writer).save(checked)


class Saving:
    """One table and one answer."""

    def __init__(self, directory: Directory, table: str, writer: Writer) -> None:
        self.campaign, self.directory = directory.campaign, directory
        self.table, self.writer = table, writer
        self.model: type[WorldRow] = phases.tables()[table]
        self.saved = Saved()
        self.drafts: list[RowDraft] = []
        self.given: dict[str, Row] = {}  # rows as they came, with the rows inside them

    def save(self, checked: Checked) -> Saved:
        for raw, issues in checked.invalid:
            self.refuse(str(raw.get("code", "")) or (issues[0].row if issues else ""), raw, issues)
        inline = {name: [] for name in self.model.inline}  # type: ignore[var-annotated]
        self.given = {row["code"]: row for row in checked.rows if "code" in row}
        rows = [self._without_inline(row, inline) for row in checked.rows]
        named = {row["code"]: row for row in rows if "code" in row}
        ladder = self.directory.ladder(self.model, named)
        fit: dict[str, Row] = {}
        for row in rows:
            self._fit(row, ladder, fit)
        self._write(fit)
        RowDraft.objects.bulk_create(self.drafts, batch_size=CHUNK)
        self._keep_issues()
        for name, children in inline.items():
            self._save_inline(name, children)
        return self.saved

    def _without_inline(self, row: Row, inline: dict[str, list[Row]]) -> Row:
        kept = {k: v for k, v in row.items() if k not in inline}
        for name, children in inline.items():
            back = back_link(self.table, name)
            children += [{**child, back: row["code"]} for child in row.get(name, ())]
        return kept

    def _save_inline(self, name: str, children: list[Row]) -> None:
        parents = set(self.saved.valid)
        back = back_link(self.table, name)
        saving = Saving(self.directory, name, self.writer)
        saving.save(Checked(rows=[c for c in children if c[back] in parents]))
        self.saved.invalid.update(saving.saved.invalid)
        self.saved.settled += saving.saved.settled

    def _fit(self, row: Row, ladder: Any, fit: dict[str, Row]) -> None:
        key = str(row.get("code", ""))
        resolved = resolve(self.table, row, ladder, key=key)
        issues = list(resolved.issues)
        if self.writer.is_person:  # what a person names is found or refused, never guessed
            issues += doubts(resolved)
        if not issues:
            key = key_of(self.model, resolved.row)
            issues = table_rules.problems(self.table, resolved.row, key=key)
        if not issues and key in fit:
            message = "This row is given twice."
            issues = [Issue(table=self.table, row=key, code="twice", message=message)]
        if issues:
            self.refuse(key or issues[0].row, row, issues)
        else:
            self.saved.settled += resolved.settled
            fit[key] = resolved.row

    def refuse(self, key: str, row: Row, issues: Sequence[Issue]) -> None:
        key = key or f"#{len(self.saved.invalid) + 1}"
        self.saved.invalid[key] = list(issues)
        self._draft(key, self.given.get(key, row), "invalid", issues)
        if self.drafts:
            self.saved.drafts[key] = self.drafts[-1].pk

    def _draft(self, key: str, row: Row, kind: str, issues: Iterable[Issue] = ()) -> None:
        if self.writer.table_run is None:
            return
        self.drafts.append(
            RowDraft(
                **self._place(),
                table_run=self.writer.table_run,
                table_name=self.table,
                row_key=key[:120],
                kind=kind,
                payload=row,
                issues=[issue.as_json() for issue in issues],
            )
        )

    def _place(self) -> dict[str, Any]:
        return {"project_id": self.campaign.project_id, "campaign": self.campaign}

    def _write(self, fit: dict[str, Row]) -> None:
        codes = self.directory.codes(self.model)
        standing = self.standing(codes, fit)
        self._refuse_taken_names(fit, standing)
        ids = Ids(self.directory, self.model, standing, fit)
        self._refuse_too_early(fit, ids)
        write: dict[str, WorldRow] = {}
        for key, row in fit.items():
            self._postpone(key, row, ids)
            before = standing.get(key)
            if before and before.values == row:
                self.saved.unchanged.append(key)
            elif before and before.is_protected and not self.writer.is_person:
                self.saved.candidates.append(key)
                self._draft(key, row, "candidate")
            else:
                (self.saved.changed if before else self.saved.created).append(key)
                write[key] = self._built(row, ids, before)
        self._free_names({key: fit[key] for key in write}, standing)
        self.store(list(write.values()))
        self.directory.add(self.table, write)
        linked = {row.pk: fit[key] for key, row in write.items()}
        set_links(self.model, linked, ids, new={write[key].pk for key in self.saved.created})
        self._keep_history(write, fit, standing)
        self._keep_inputs(write, fit, standing)
        self._keep_lines(fit)
        self._cite(fit, ids)

    def standing(self, codes: dict[UUID, str], fit: dict[str, Row]) -> dict[str, Standing]:
        """The rows that stand in the table, by the keys under which they are written."""
        return standing_rows(self.campaign, self.model, codes)

    def store(self, rows: list[WorldRow]) -> None:
        """Write new and changed rows."""
        upsert(self.model, rows)

    def _refuse_taken_names(self, fit: dict[str, Row], standing: dict[str, Standing]) -> None:
        if not self.model.code_prefix:
            return
        taken = {s.values["name"].casefold(): key for key, s in standing.items() if key not in fit}
        for key, row in list(fit.items()):
            other = taken.setdefault(row["name"].casefold(), key)
            if other != key:
                message = f"{other} has this name."
                issue = Issue(table=self.table, row=key, field="name", code="name", message=message)
                self.refuse(key, fit.pop(key), [issue])

    def _refuse_too_early(self, fit: dict[str, Row], ids: Ids) -> None:
        for key, row in list(fit.items()):
            if missing := ids.missing(row, optional=self.writer.is_person):
                message = "The row it refers to is not written yet."
                issue = Issue(
                    table=self.table, row=key, field=missing, code="reference", message=message
                )
                self.refuse(key, fit.pop(key), [issue])
                ids.forget(key)

    def _postpone(self, key: str, row: Row, ids: Ids) -> None:
        """Optional references to rows that are listed but not written yet are set by `derive`."""
        for column in [*phases.links(self.model), *phases.link_sets(self.model)]:
            value = row[column.name]
            codes = value if column.many_to_many else [value] if value else []
            late = [code for code in codes if ids.of(column, code) is None]
            for code in late:
                match = Match(rung=Rung.REPAIR, reason="later_phase", candidates=(code,))
                self.saved.settled.append(
                    Settled(table=self.table, row=key, field=column.name, value=code, match=match,
                            resolution="open")
                )  # fmt: skip
            if late:
                row[column.name] = (
                    [code for code in codes if code not in late] if column.many_to_many else None
                )

    def _built(self, row: Row, ids: Ids, before: Standing | None) -> WorldRow:
        return built(
            self.campaign,
            self.model,
            row,
            ids,
            pk=before.id if before else ids.new(row),
            source=self._source(before),
            row_state="valid",
            is_stale=False,
            revision=before.state["revision"] + 1 if before else 1,
            content_hash=content_hash(row),
            table_run=self.writer.table_run,
        )

    def _source(self, before: Standing | None) -> str:
        keep = before is not None and self.writer.amends
        return str(before.state["source"]) if before and keep else self.writer.source

    def _free_names(self, fit: dict[str, Row], standing: dict[str, Standing]) -> None:
        """Rows of one answer may take each other's names."""
        if not self.model.code_prefix:
            return
        old = {s.values["name"].casefold(): key for key, s in standing.items() if key in fit}
        swapped = {key for key, row in fit.items() if old.get(row["name"].casefold(), key) != key}
        if swapped:
            free_names(self.model, [standing[key].id for key in fit if key in standing])

    def _keep_history(
        self, write: dict[str, WorldRow], fit: dict[str, Row], standing: dict[str, Standing]
    ) -> None:
        RowChange.objects.bulk_create(
            [
                RowChange(
                    **self._place(),
                    table_run=self.writer.table_run,
                    actor_id=self.writer.actor_id,
                    table_name=self.table,
                    row_id=row.pk,
                    row_key=key,
                    before=standing[key].as_json() if key in standing else None,
                    after_hash=row.content_hash,
                )
                for key, row in write.items()
            ],
            batch_size=CHUNK,
        )

    def _keep_inputs(
        self, write: dict[str, WorldRow], fit: dict[str, Row], standing: dict[str, Standing]
    ) -> None:
        """What the rows were made from; rows that used one which changed are stale, or follow it."""
        new = {key: row.content_hash for key, row in write.items()}
        old = {key: standing[key].content_hash for key in self.saved.changed}
        coded = {key: new[key] for key in old} if self.model.code_prefix else {}
        run = self.writer.table_run
        if run is None:
            if coded:
                stale.after_edit(self.campaign, coded)
            return
        if self.writer.amends:
            inputs.follow(self.campaign, old, coded)
        confirmed = self._confirm(run, standing)
        made = {row.pk: fit[key] for key, row in write.items()}
        made |= {standing[key].id: fit[key] for key in confirmed}
        inputs.note(run, self.table, made, self.directory)

    def _confirm(self, run: TableRun, standing: dict[str, Standing]) -> list[str]:
        """Rows that a new run would write just so are its own from now on, and not stale."""
        rows = {
            key: standing[key]
            for key in self.saved.unchanged
            if standing[key].table_run != run.pk and not standing[key].is_protected
        }
        if rows and not self.writer.amends:
            history.keep(
                self.campaign,
                [(self.table, row, row.content_hash) for row in rows.values()],
                table_run=run,
            )
            ids = [row.id for row in rows.values()]
            self.model.objects.filter(pk__in=ids).update(table_run=run, is_stale=False)
        return list(rows)

    def _keep_lines(self, fit: dict[str, Row]) -> None:
        """A code that was given once is never given again, so each has its line."""
        listed = {line.code for line in self.directory.lines}
        lines = [
            RosterLine(
                **self._place(),
                table_name=self.table,
                code=row["code"],
                position=number,
                name=row["name"],
                line=row["summary"],
            )
            for number, row in enumerate(fit.values())
            if row.get("code", "") not in {"", *listed}
        ]
        if lines:
            keep_lines(self.campaign, lines, {}, table_run=self.writer.table_run)
            RosterLine.objects.bulk_create(lines, batch_size=CHUNK, ignore_conflicts=True)

    def _cite(self, fit: dict[str, Row], ids: Ids) -> None:
        """Citations of the field of facts, where the table has one, and of the roster lines."""
        cited = {
            (key, code, "field")
            for key, row in fit.items()
            for code in row.get("backstory_fact_ids") or ()
        }
        for line in self.directory.lines:
            if line.table == self.table and line.code in fit:
                cited |= {(line.code, code, "roster") for code in line.fact_codes}
        if not cited:
            return
        facts = self.directory.entries(FACTS)
        FactCitation.objects.bulk_create(
            [
                FactCitation(
                    **self._place(),
                    fact_id=facts[code].id,
                    table_name=self.table,
                    row_id=row_id,
                    via=via,
                    table_run=self.writer.table_run,
                )
                for key, code, via in sorted(cited)
                if code in facts and (row_id := ids.row(key))
            ],
            batch_size=CHUNK,
            ignore_conflicts=True,
        )

    def _keep_issues(self) -> None:
        run = self.writer.table_run
        if run is None:
            return
        ReferenceIssue.objects.bulk_create(
            [
                ReferenceIssue(
                    **self._place(),
                    run_id=run.phase_run.run_id,
                    table_name=settled.table,
                    row_key=settled.row[:120],
                    field=settled.field[:60],
                    raw_value=settled.value[:200],
                    reason=settled.match.reason or "ambiguous",
                    step=int(settled.match.rung),
                    resolution=settled.resolution,
                    candidates=list(settled.match.candidates),
                )
                for settled in self.saved.settled
            ],
            batch_size=CHUNK,
        )
