"""The nine phases as kinds: rosters, rows, relations and repairs, by a model or by rules, on one path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from django.db import models
from pydantic import model_validator

from storyforge.ai.config import get_text_provider
from storyforge.generation.context import Section
from storyforge.generation.models import Made
from storyforge.generation.pipeline import AROUND_CONTEXT, Writing
from storyforge.generation.prompt import Terms
from storyforge.generation.records import Record
from storyforge.generation.spec import Generation
from storyforge.jobs import registry
from storyforge.jobs.models import Job
from storyforge.jobs.queues import Priority
from storyforge.money.estimates import worst_case
from worldgen import phases, rosters, rules
from worldgen.answers import repairing
from worldgen.answers.resolving import phases_table
from worldgen.answers.taking import drafts_of, take_repairs, take_roster, take_rows
from worldgen.keeping.roster_history import brief_anew, drop_lines
from worldgen.models import Campaign
from worldgen.planning.part import Part, may_name
from worldgen.prompting.briefs import brief_of
from worldgen.prompting.contexts import Shown, shown, tables_read
from worldgen.rows import World, load
from worldgen.rules.brief import Line
from worldgen.runs.table_runs import keep_table_run
from worldgen.schemas import bundle_text, table_schema

PROMPTS = Path(__file__).parent.parent / "prompts"
#: Tokens of context that a call is reckoned to have when money is set aside, by size of the world.
USUAL_CONTEXT = {"small": 6_000, "standard": 12_000, "large": 30_000}


class Answer(Record):
    """Whatever a model gives: the validator of the tables mends and judges it row by row."""

    payload: Any = None

    @model_validator(mode="before")
    @classmethod
    def whole(cls, data: Any) -> Any:
        """All of it."""
        return {"payload": data}


class Written(Record):
    """An answer, and the hash of what it was made from."""

    payload: Any = None
    input_hash: str = ""


class PhaseWriter(Generation, abstract=True):
    """One phase. Its parts are units of a run; nothing else asks for them."""

    phase: ClassVar[str]
    target = Campaign
    request = Part
    output = Written
    offered = False
    shares_prefix = True
    priority = Priority.BACKGROUND
    help = "A part of a world."
    instructions = ""

    @property
    def system(self) -> str:  # type: ignore[override]
        """Made at the first call: the schemas of all tables take a second of each process's start."""
        return _system(self.phase)

    def sections(self, target: Campaign, request: Part) -> Iterable[Section]:
        return view(target, request)[1].sections

    def most_micros(self, target: Campaign, request: Part, *, writer: str) -> int:
        if writer != Job.Writer.MODEL:
            return 0
        return worst_case(
            get_text_provider(self.provider).model,
            calls=1,
            max_input=USUAL_CONTEXT[target.size] + AROUND_CONTEXT,
            max_output=request.max_tokens,
        )

    def write_by_model(self, writing: Writing) -> Written:
        part = _part(writing)
        _, seen = view(writing.target, part)
        answer = writing.ask(
            Answer, seen.sections, instructions=task_of(part), terms=terms_of(part)
        )
        return Written(payload=answer.payload, input_hash=seen.input_hash)

    def write_by_rules(self, writing: Writing) -> Written:
        part = _part(writing)
        world, seen = view(writing.target, part, also=may_read(part))
        writing.read = seen.sections
        return Written(payload=by_rules(world, part), input_hash=seen.input_hash)

    def save(
        self, target: Campaign, output: Written, *, made: Made, request: Part
    ) -> Sequence[models.Model]:
        run = keep_table_run(target, request, made.job, input_hash=output.input_hash, made=made)
        world = load(target, ())
        made.result.update(_taken(world, request, output.payload, run))
        run.end(made.result)
        return [run]


def _part(writing: Writing) -> Part:
    return Part.model_validate(writing.job.input)


def _taken(world: World, part: Part, payload: Any, run: Any) -> dict[str, Any]:
    match part.step:
        case "roster" if part.writer == "rules":
            saved = rosters.save_roster(world.campaign, payload, table_run=run)
            return {"lines": saved, "dropped_lines": drop_lines(world, part, payload, run)}
        case "roster":
            return take_roster(world, part, payload, run)
        case "repair":
            return take_repairs(world, part, payload, run)
        case _:
            return take_rows(world, part, payload, run)


def view(campaign: Campaign, part: Part, *, also: Iterable[str] = ()) -> tuple[World, Shown]:
    """The world as a part may read it, and what its writer is shown."""
    world = load(campaign, {*tables_read(part), *also})
    seen = shown(world, part)
    if part.step == "repair":
        text = repairing.text_of(world, drafts_of(part.drafts))
        extra = Section(title="Refused rows", text=text, mandatory=True)
        seen = Shown(sections=(*seen.sections, extra), input_hash=seen.input_hash)
    return world, seen


def may_read(part: Part) -> frozenset[str]:
    """The tables that the rules lean on; what does not stand they draw again, alike."""
    return may_name(part.table) | {part.table} if part.table else frozenset()


def by_rules(world: World, part: Part) -> Any:
    """The payload of the rules for a part; lines are checked here, as rules ask nobody twice."""
    brief = brief_of(world, attempt=part.attempt - 1, upto=part.phase)
    if part.step == "roster":
        return _roster_by_rules(world, part)
    if not phases.tables()[part.table].code_prefix:
        rows = rules.write_relations(part.table, brief)
        start = phases.links(phases.tables()[part.table])[0].name
        return {"rows": [r for r in rows if part.codes is None or r[start] in part.codes]}
    codes = part.codes if part.codes is not None else list(brief.rosters.get(part.table, ()))
    return {"rows": rules.write_rows(part.table, codes, brief)}


def _roster_by_rules(world: World, part: Part) -> dict[str, list[Line]]:
    """The lines of the phase, or of every phase whose codes a model could not list."""
    named = {phases.phase_of(phases_table(code)).code for code in part.codes or ()}
    found: dict[str, list[Line]] = {}
    for phase in sorted(named or {part.phase}):
        brief = brief_of(world, attempt=part.attempt - 1, upto=phase)
        brief = brief_anew(brief, world, part) if part.anew else brief
        told = {table: {line["code"]: line for line in lines} for table, lines in found.items()}
        lines = rules.write_roster(phase, replace(brief, rosters={**brief.rosters, **told}))
        if wrong := rosters.problems(world, phase, lines):
            raise rosters.RosterRefused(f"{wrong[0].row}: {wrong[0].message}")
        found |= lines
    return found


def terms_of(part: Part) -> Terms:
    """How a part is asked: the schema of its answer, its length, its time, and one answer only.

    What is wrong with rows is repaired by parts of their own.
    """
    return Terms(
        schema=_schema(part),
        max_tokens=part.max_tokens,
        seconds=part.seconds or None,
        turns=1,
    )


def _schema(part: Part) -> dict[str, Any]:
    if part.step == "roster":
        return rosters.SCHEMA
    if part.step == "repair":
        return repairing.schema_of(part.table, drafts_of(part.drafts))
    return table_schema(part.table)


def task_of(part: Part) -> str:
    """What a writer is to do; words of ours only."""
    again = " What was wrong with your first answer stands under Refused." if part.notes else ""
    match part.step:
        case "roster":
            task = (
                "List the rows of this phase: for each code under To write one line with code, name, at"
                " most 12 words, and the code of the row it belongs to. Where facts are given, the row is"
                " about them: use the proper names in them."
            )
        case "repair":
            task = (
                f"Some rows of {part.table} were refused. For each numbered row under Refused rows give"
                " its number and the listed fields anew, so that every problem is gone; candidates are"
                " codes that may be meant."
            )
        case "mend":
            task = (
                f"Write these rows of {part.table} so that what is wanted for each under To write is"
                " there; what stands of a row already stays where nothing asks for another."
            )
        case _ if not phases.tables()[part.table].code_prefix:
            task = (
                f"Write about {part.rows} rows of {part.table} that start from the rows whose codes"
                " stand under To write."
            )
        case _:
            task = f"Write one row of {part.table} for each line under To write, with its code and name."
    return task + again


def _read(name: str) -> str:
    return (PROMPTS / name).read_text(encoding="utf-8").strip()


@cache
def _system(phase: str) -> str:
    """What all calls of a phase share: the rules, its focus, and its tables in words."""
    focus = _read(f"world.phase{phase.lower()}.md")
    return "\n\n".join(
        [_read("rules.md"), focus, f"The tables of this phase:\n{bundle_text(phase)}"]
    )


def _declare(phase: phases.Phase) -> type[PhaseWriter]:
    name = f"world.phase{phase.code.lower()}"
    members = {
        "__doc__": f"Phase {phase.code}: {phase.title}.",
        "__module__": __name__,
        "kind": name,
        "label": f"Phase {phase.code}: {phase.title}",
        "phase": phase.code,
    }
    return type(f"Phase{phase.code}", (PhaseWriter,), members)


KINDS: dict[str, type[PhaseWriter]] = {phase.code: _declare(phase) for phase in phases.PHASES}


def writer_of(phase: str) -> PhaseWriter:
    """The kind that writes a phase."""
    found: Any = registry.get(KINDS[phase].kind)
    kind: PhaseWriter = found
    return kind
