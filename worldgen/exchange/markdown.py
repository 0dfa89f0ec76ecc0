"""A world as one Markdown document that a game master can print: phases, tables, rows, links by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from worldgen import phases
from worldgen.calendars import LEAP_DAYS, leap_days_said
from worldgen.exchange.licenses import sentences
from worldgen.exchange.wording import label, plain, shown, small_fact, words
from worldgen.models import PlayerCharacter, Source
from worldgen.rows import Row, World

KINDS = ("relationship_type", "relation", "role", "status", "control", "connection_type", "fluency", "devotion")  # fmt: skip
"""What a relation is; the words say it themselves."""
OWN_PLACE = ("code", "name", "summary", "description", "tags")


def document(world: World) -> str:
    """The whole campaign, secrets included: it is the game master's copy."""
    return "\n".join(_lines(world)).rstrip() + "\n"


def _lines(world: World) -> Iterator[str]:
    campaign = world.campaign
    names = _names(world)
    yield from (
        f"# {plain(campaign.name)}",
        "",
        f"*{made_by(world)}*",
        "",
        plain(campaign.premise),
        "",
    )
    yield from ("## The party", "")
    for pc in world.party.values():
        yield from _character(world, pc)
    for phase in phases.PHASES:
        yield from (f"## {phase.title}", "")
        for table in phase.tables:
            yield from _table(world, table, names)
    yield from ("## Sources", "")
    yield from (f"- {plain(each)}" for each in sentences(e.attribution for e in world.vocabulary))


def _character(world: World, pc: PlayerCharacter) -> Iterator[str]:
    """Who it is, the backstory, and the facts that the backstory does not tell in the same words."""
    who = [pc.race_text, pc.class_text, f"level {pc.level}"]
    yield from (f"### {plain(pc.name)}", "", f"*{plain(', '.join(filter(None, who)))}*", "")
    if pc.backstory:
        yield from (plain(pc.backstory), "")
    told = [f.text for f in world.facts if f.pc_id == pc.pk and f.text not in pc.backstory]
    wishes = [("Goal", wish) for wish in pc.goals] + [("Bond", wish) for wish in pc.bonds]
    yield from (f"- **{kind}:** {plain(wish)}" for kind, wish in wishes)
    yield from (f"- {plain(fact)}" for fact in told)
    yield ""


def made_by(world: World) -> str:
    """Who wrote the rows, most first: a world by rules is never passed off as anything else."""
    rows = [row for table in world.tables.values() for row in table.values()]
    counts = Counter(Source(row.state["source"]) for row in rows)
    said = [f"{count} {source.label}" for source, count in counts.most_common()]
    return f"{len(rows)} rows: {', '.join(said)}." if rows else "No rows yet."


def _table(world: World, table: str, names: dict[str, str]) -> Iterator[str]:
    rows = world.rows(table)
    if not rows:
        return
    model = phases.tables()[table]
    yield from (f"### {words(table)}", "")
    seen: set[tuple[frozenset[str], str]] = set()
    for row in rows.values():
        if model.code_prefix:
            yield from _row(row, names, model)
        elif (told := _relation(row, names, model)) not in seen:
            seen.add(told)
            yield f"- {_link_row(row, names, model)}"
    yield ""


def _relation(row: Row, names: dict[str, str], model: phases.Model) -> tuple[frozenset[str], str]:
    """What a relation says of whom, whichever way round: a friendship is printed once."""
    ends = [names.get(row[end], str(row[end])) for end in _ends(model)]
    both = (
        len({link.related_model for link in phases.links(model) if link.name in _ends(model)}) == 1
    )
    said = "; ".join(str(row[kind]) for kind in KINDS if kind in row)
    return (frozenset(ends) if both else frozenset((" – ".join(ends),)), said)


def _ends(model: phases.Model) -> list[str]:
    """The fields that a relation cannot be without."""
    return [link.name for link in phases.links(model) if not link.null]


def _row(row: Row, names: dict[str, str], model: phases.Model) -> Iterator[str]:
    yield from (f"#### {plain(row['name'])}", "")
    if row["summary"]:
        yield from (f"*{plain(row['summary'])}*", "")
    if row["description"]:
        yield from (plain(row["description"]), "")
    for field in phases.writable(model):
        value = row[field.name]
        if field.name == LEAP_DAYS:
            value = [leap_days_said(rule) for rule in value]
        if field.name in OWN_PLACE or not (text := shown(value, names)):
            continue
        if _is_table(value):
            yield f"- **{words(field.name)}:**"
            yield from (f"  - {shown(item, names)}" for item in value)
        else:
            yield f"- **{words(field.name)}:** {text}"
    yield ""


def _link_row(row: Row, names: dict[str, str], model: phases.Model) -> str:
    """A relation in one line: what it links, what kind it is, then what is said about it."""
    linked = " – ".join(names.get(row[end], plain(row[end])) for end in _ends(model))
    said = _said(row, names, model)
    about = f" {plain(row['description'])}" if row.get("description") else ""
    return f"{linked} ({'; '.join(said)}).{about}" if said else f"{linked}.{about}"


def _said(row: Row, names: dict[str, str], model: phases.Model) -> list[str]:
    """The kind of a relation goes without a label; numbers and further links have one."""
    found = []
    for field in phases.writable(model):
        text = shown(row[field.name], names)
        if not text or field.name in _ends(model) or field.name in OWN_PLACE:
            continue
        if row[field.name] is True:
            found.append(label(field.name.removeprefix("is_")))
        else:
            found.append(text if field.name in KINDS else small_fact(field.name, text))
    return found


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _names(world: World) -> dict[str, str]:
    """Code to name, of rows and player characters."""
    found = {code: plain(pc.name) for code, pc in world.party.items()}
    found |= {fact.code: f"“{plain(fact.text)}”" for fact in world.facts}
    for table in phases.tables():
        for code, row in world.rows(table).items():
            if row.get("name"):
                found[code] = plain(row["name"])
    return found
