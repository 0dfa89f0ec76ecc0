"""What a writer is shown for a part: the world so far in sections, and a hash of what it was made from.

What all calls of a phase share comes first and is byte-equal: the wishes of the campaign, the party and
its facts, the rosters up to the phase. Then the rows that the new ones cannot be without, and the rows to
write. A phase sees only phases before it and its own roster.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from storyforge.generation.context import Layer, Section
from worldgen import phases
from worldgen.answers.resolving import phases_table
from worldgen.planning.part import Part, must_stand, source_of, tokens_of
from worldgen.prompting.fact_plan import allotted
from worldgen.prompting.naming import vocabulary_for
from worldgen.rows import Listed, Standing, World
from worldgen.schemas import table_schema

PROMPT_VERSION = 1
#: A table of parents is shown whole up to so many expected tokens; beyond, only the rows that are named.
SHOWN_TOKENS = 3_000
CAMPAIGN = ("name", "premise", "genre", "tone", "technology_level", "magic_level", "rules_system",
            "party_level", "size", "locks")  # fmt: skip
#: Fields of rows that people settled, as facts for everybody.
SETTLED_ROWS = 60


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The sections of a part, and the hash of what it depends on.

    The hash holds the table's schema, the version of the prompt, premise and locks, the roster lines
    read, the content of the parent rows shown and the facts to use: what makes rows stale when it changes.
    """

    sections: tuple[Section, ...]
    input_hash: str


def shown(world: World, part: Part) -> Shown:
    """What the writer of a part is shown, from a world that holds the tables of `tables_read`."""
    stable = [
        Section(title="Campaign", text=_campaign(world), layer=Layer.PLAN, mandatory=True),
        Section(title="Player characters", text=_party(world), layer=Layer.PLAN, mandatory=True),
        Section(title="Rosters", text=_rosters(world, part), layer=Layer.STORY, mandatory=True),
        Section(title=VOCABULARY, text=vocabulary_for(world, part.phase), layer=Layer.STORY),
    ]
    parents = parents_of(world, part)
    own = [*_parents(parents), *_settled(world, part, parents), *_before(world, part)]
    own.append(Section(title=TO_WRITE, text=_to_write(world, part), mandatory=True))
    if part.notes and part.step != "mend":
        own.append(Section(title="Refused", text=_json(part.notes), mandatory=True))
    return Shown(
        sections=tuple(section for section in [*stable, *own] if section.text.strip()),
        input_hash=_hash(
            part.table and _schema_text(part.table),
            PROMPT_VERSION,
            _campaign(world),
            _rosters(world, part),
            vocabulary_for(world, part.phase),
            {key: s.content_hash for rows in parents.values() for key, s in rows.items()},
            _facts_to_use(world, part),
            part.codes,
        ),
    )


TO_WRITE = "To write"
VOCABULARY = "Names of the rules: where one fits, use it"


def tables_read(part: Part) -> set[str]:
    """The tables whose rows a part is shown."""
    if not part.table:
        return set()
    return {part.table, *must_stand(part.table)}


def phases_before(phase: str) -> list[str]:
    """The codes of the phases before this one."""
    codes = [p.code for p in phases.PHASES]
    return codes[: codes.index(phase)]


def lines_to_write(world: World, part: Part) -> list[Listed]:
    """The roster lines of the rows to write."""
    lines = world.rosters.get(part.table, {})
    codes = sorted(lines) if part.codes is None else part.codes
    return [lines[code] for code in codes if code in lines and not lines[code].is_dropped]


def parents_of(world: World, part: Part) -> dict[str, dict[str, Standing]]:
    """The rows shown in full: small tables whole, of large ones the rows that are named."""
    if not part.table:
        return {}
    named = {line.parent_code for line in lines_to_write(world, part)}
    if not phases.tables()[part.table].code_prefix:
        named |= set(part.codes or ())
    found = {}
    for table in sorted(must_stand(part.table)):
        rows = world.tables.get(table, {})
        whole = len(rows) * tokens_of(table) <= SHOWN_TOKENS
        found[table] = {key: s for key, s in rows.items() if whole or key in named}
    return found


def fact_codes(world: World, part: Part) -> list[str]:
    """The facts that the rows to write use."""
    return sorted({str(code) for line in lines_to_write(world, part) for code in line.fact_codes})


def _parents(parents: dict[str, dict[str, Standing]]) -> Iterator[Section]:
    for table, rows in parents.items():
        for key, row in rows.items():
            yield Section(title=f"Row of {table}", text=_json(row.values), code=key, weight=2.0)


def _before(world: World, part: Part) -> Iterator[Section]:
    """Rows that a targeted call writes again, as they stand."""
    if part.step == "mend":
        rows = world.tables.get(part.table, {})
        for code in part.codes or ():
            if code in rows:
                text = _json(rows[code].values)
                yield Section(title="As it stands", text=text, code=code, weight=3.0)


def _settled(
    world: World, part: Part, parents: dict[str, dict[str, Standing]]
) -> Iterator[Section]:
    """Rows that a person wrote or locked are facts for every writer."""
    seen = {*phases_before(part.phase), part.phase} if part.phase else set()
    for table, rows in world.tables.items():
        if phases.phase_of(table).code in seen:
            for key, row in list(rows.items())[:SETTLED_ROWS]:
                if row.is_protected and key not in parents.get(table, {}):
                    text = _json({k: row.values.get(k) for k in ("name", "summary", "description")})
                    yield Section(title=f"Settled row of {table}", text=text, code=key, weight=1.5)


def _campaign(world: World) -> str:
    return _json({name: getattr(world.campaign, name) for name in CAMPAIGN})


def _party(world: World) -> str:
    """Names and facts of the party; the backstories themselves are read once, for the facts."""
    told = []
    for pc in world.party.values():
        facts = {f.code: f"{f.kind}: {f.text}" for f in world.facts if f.pc_id == pc.pk}
        told.append(
            {
                "code": pc.code,
                "name": pc.name,
                "race": pc.race_text,
                "class": pc.class_text,
                "level": pc.level,
                "goals": pc.goals,
                "bonds": pc.bonds,
                "facts": facts,
            }
        )
    return "\n".join(_json(pc) for pc in told)


def _rosters(world: World, part: Part) -> str:
    """The lines of the phases it needs and reads and of its own, one a row."""
    phase = phases.by_code(part.phase)
    seen = {*phases.needs(phase.code), *phase.reads, phase.code}
    if part.step == "roster":  # a roster is listed knowing all before it
        seen |= set(phases_before(phase.code))
    rows = []
    for table in phases.tables():
        lines = world.rosters.get(table, {})
        if phases.phase_of(table).code in seen and lines:
            rows += [f"[{table}]", *(_line(line) for line in lines.values() if not line.is_dropped)]
    return "\n".join(rows)


def _line(line: Listed) -> str:
    words = [line.code, line.name, line.line]
    words += [f"under {line.parent_code}"] if line.parent_code else []
    words += [f"facts {', '.join(line.fact_codes)}"] if line.fact_codes else []
    return " | ".join(words)


def _to_write(world: World, part: Part) -> str:
    """The codes to list with their facts, the lines to write in full, or what relations start from."""
    if part.step == "roster":
        facts = allotted(world, part)
        return "\n".join(_to_list(world, code, facts.get(code, [])) for code in part.codes or ())
    if not part.table or part.step == "repair":
        return ""
    if not phases.tables()[part.table].code_prefix:
        start = source_of(part.table)
        told = {"table": part.table, "rows": part.rows, f"from {start}": part.codes}
        return _json({**told, **({"wanted": part.notes} if part.step == "mend" else {})})
    lines = {line.code: line for line in lines_to_write(world, part)}
    codes = list(lines) if part.codes is None else part.codes
    return "\n".join(_row_to_write(world, part, code, lines.get(code)) for code in codes)


def _to_list(world: World, code: str, facts: list[str]) -> str:
    told: dict[str, Any] = {"code": code, "table": phases_table(code)}
    if facts:
        told |= {"facts": _texts(world, facts), "pc": pc_of(facts[:1])}
    return _json(told)


def _row_to_write(world: World, part: Part, code: str, line: Listed | None) -> str:
    told: dict[str, Any] = {"code": code}
    if line is not None:
        told |= {"name": line.name, "line": line.line, "parent": line.parent_code or None}
        if line.fact_codes:
            told |= {"facts": _texts(world, line.fact_codes), "pc": pc_of(line.fact_codes[:1])}
    if part.step == "mend":
        told["wanted"] = part.notes.get(code)
    return _json(told)


def _texts(world: World, codes: Iterable[str]) -> dict[str, str]:
    """The facts themselves, in the order in which they are named."""
    known = {fact.code: fact.text for fact in world.facts}
    return {code: known[code] for code in codes if code in known}


def pc_of(codes: Iterable[str]) -> str | None:
    """The player character whose facts these are; None where they are of none or of several."""
    found = {str(code).partition("f")[0] for code in codes}
    return found.pop() if len(found) == 1 else None


def _facts_to_use(world: World, part: Part) -> dict[str, str]:
    wanted = set(fact_codes(world, part))
    return {fact.code: fact.text for fact in world.facts if fact.code in wanted}


@cache
def _schema_text(table: str) -> str:
    return _json(table_schema(table))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _hash(*ingredients: Any) -> str:
    return hashlib.sha256(_json(ingredients).encode()).hexdigest()
