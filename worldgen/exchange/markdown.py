"""A world as one Markdown document that a game master can print: phases, tables, rows, links by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from worldgen import phases
from worldgen.models import Source
from worldgen.rows import Row, World

FIRST = ("name", "title", "detail", "fact", "skill")  # what a line of a list begins with
OWN_PLACE = ("code", "name", "summary", "description", "tags")
SPECIAL = str.maketrans({mark: "\\" + mark for mark in "\\`*_{}[]<>#|"})


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
        facts = [fact.text for fact in world.facts if fact.pc_id == pc.pk]
        yield from (f"### {plain(pc.name)}", "", plain(pc.backstory), "")
        yield from (f"- {plain(fact)}" for fact in facts)
        yield ""
    for phase in phases.PHASES:
        yield from (f"## {phase.title}", "")
        for table in phase.tables:
            yield from _table(world, table, names)


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
    for row in rows.values():
        if model.code_prefix:
            yield from _row(row, names, model)
        else:
            yield f"- {_link_row(row, names, model)}"
    yield ""


def _row(row: Row, names: dict[str, str], model: phases.Model) -> Iterator[str]:
    yield from (f"#### {plain(row['name'])}", "")
    if row["summary"]:
        yield from (f"*{plain(row['summary'])}*", "")
    if row["description"]:
        yield from (plain(row["description"]), "")
    for field in phases.writable(model):
        value = row[field.name]
        if field.name in OWN_PLACE or not (text := _shown(value, names)):
            continue
        if _is_table(value):
            yield f"- **{words(field.name)}:**"
            yield from (f"  - {_shown(item, names)}" for item in value)
        else:
            yield f"- **{words(field.name)}:** {text}"
    yield ""


def _link_row(row: Row, names: dict[str, str], model: phases.Model) -> str:
    """A relation in one line: what it links, then what is said about it."""
    ends = [f.name for f in phases.links(model) if row[f.name]]
    said = [
        f"{words(f.name).lower()}: {text}"
        for f in phases.writable(model)
        if f.name not in ends and f.name not in OWN_PLACE and (text := _shown(row[f.name], names))
    ]
    linked = " – ".join(names.get(row[end], plain(row[end])) for end in ends)
    return f"{linked} ({'; '.join(said)})" if said else linked


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _shown(value: Any, names: dict[str, str]) -> str:
    """A value in words; codes become names; empty for what says nothing."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, dict):
        rest = {key: _shown(item, names) for key, item in value.items()}
        first = [rest.pop(key) for key in FIRST if rest.get(key)]
        mark = " " if first else ": "
        said = "; ".join(f"{words(key).lower()}{mark}{text}" for key, text in rest.items() if text)
        return ": ".join(part for part in (", ".join(first), said) if part)
    if isinstance(value, list):
        shown = [text for item in value if (text := _shown(item, names))]
        return ("; " if any(isinstance(item, dict) for item in value) else ", ").join(shown)
    if value is None or value == "":
        return ""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return names.get(text) or plain(text.replace("_", " ") if text.islower() else text)


def _names(world: World) -> dict[str, str]:
    """Code to name, of rows and player characters."""
    found = {code: plain(pc.name) for code, pc in world.party.items()}
    found |= {fact.code: f"“{plain(fact.text)}”" for fact in world.facts}
    for table in phases.tables():
        for code, row in world.rows(table).items():
            if row.get("name"):
                found[code] = plain(row["name"])
    return found


def words(name: str) -> str:
    """A table or field name as a heading."""
    return name.removesuffix("_ids").replace("_", " ").capitalize()


def plain(text: str) -> str:
    """Text that means nothing in Markdown, on one line."""
    return " ".join(str(text).split()).translate(SPECIAL)
