"""A row as pages show it: its fields in groups, values with links in place of codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from worldgen import phases
from worldgen.calendars import LEAP_DAYS, leap_days_said
from worldgen.models import WorldRow
from worldgen.models.fields import Prose
from worldgen.phases import Model
from worldgen.rows import Row
from worldgen.views.reader import Named

Kind = Literal["blank", "text", "prose", "link", "list", "table", "object"]
LONG = 10_000  # numbers from here on are read in groups of three; years are shorter
HEAD = ("name", "summary", "description", "tags")  # shown on top of a page
SPELLED = {"pc": "player character", "gm": "game master's"}
ORDER = ("In words", "Links", "Particulars", "Lists", "Game master only")


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """What stands in a field: words, a link, a list of values, or rows of them under `heads`."""

    kind: Kind = "blank"
    text: str = ""
    link: Named | None = None
    items: tuple[Value, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[Value, ...], ...] = ()

    @property
    def pairs(self) -> list[tuple[str, Value]]:
        """The members of an object with their names."""
        return list(zip(self.heads, self.items, strict=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownField:
    """A field of a row; `is_secret` says that players do not see it."""

    name: str
    label: str
    value: Value
    help: str = ""
    is_secret: bool = False
    is_revealed: bool = False

    @property
    def is_wide(self) -> bool:
        """Whether it needs the whole width."""
        return self.value.kind in ("prose", "list", "table", "object")


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Fields of one sort."""

    title: str
    fields: list[ShownField] = field(default_factory=list)


def words(name: str) -> str:
    """A table or field name as a heading."""
    plural = "s" if name.endswith("_ids") else ""
    parts = [SPELLED.get(part, part) for part in name.removesuffix("_ids").split("_")]
    return " ".join(parts).capitalize() + plural


def codes_in(model: Model, values: Iterable[Row]) -> set[str]:
    """Every code that these rows of a table name, in references and in texts."""
    columns = [*phases.links(model), *phases.link_sets(model)]
    found: set[str] = set()
    for row in values:
        for column in columns:
            value = row.get(column.name)
            found.update(value if isinstance(value, list) else [value] if value else [])
        for soft in model.soft_links:
            found.update(_soft_codes(row.get(soft.field), soft.key))
    return {code for code in found if code}


def _soft_codes(value: Any, key: str) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        code = item.get(key) if key and isinstance(item, dict) else item
        if isinstance(code, str):
            yield code


def value_of(model: Model, name: str, value: Any, names: Mapping[str, Named]) -> Value:
    """A field's value; codes of rows become links, unknown ones stay as they are."""
    linked = name in {c.name for c in [*phases.links(model), *phases.link_sets(model)]}
    keys = {soft.key for soft in model.soft_links if soft.field == name}
    column = model._meta.get_field(name)
    if name == LEAP_DAYS and value:  # six numbers in a row say little
        items = tuple(Value(kind="text", text=leap_days_said(rule)) for rule in value)
        return Value(kind="list", items=items)
    value = _in_order(column, value)
    choices = dict(getattr(column, "flatchoices", ()) or ())
    if linked or "" in keys:
        return _plain(value, names, linked=True)
    if isinstance(value, str) and value in choices:
        return Value(kind="text", text=str(choices[value]))
    if isinstance(value, str) and isinstance(column, Prose) and value:
        return Value(kind="prose", text=value)
    return _plain(value, names, keys=keys)


def _in_order(column: Any, value: Any) -> Any:
    """Objects with their members as their shape declares them; the database keeps its own order."""
    shape = getattr(column, "item", None) or getattr(column, "of", None)
    order = list(getattr(shape, "model_fields", {}))
    if not order:
        return value
    rows = value if isinstance(value, list) else [value]
    sorted_rows = [{k: row[k] for k in order if k in row} if row else row for row in rows]
    return sorted_rows if isinstance(value, list) else sorted_rows[0]


def plain(value: Any) -> Value:
    """A value that names no row."""
    return _plain(value, {})


def _plain(
    value: Any, names: Mapping[str, Named], *, linked: bool = False, keys: Iterable[str] = ()
) -> Value:
    match value:
        case None | "":
            return Value()
        case list() | dict() if not value:
            return Value()
        case bool():
            return Value(kind="text", text="yes" if value else "no")
        case float():
            return Value(kind="text", text=f"{value:,g}")
        case int():
            return Value(kind="text", text=f"{value:,}" if abs(value) >= LONG else str(value))
        case list() if all(isinstance(item, dict) for item in value):
            return _table(value, names, set(keys))
        case list():
            items = tuple(_plain(item, names, linked=linked) for item in value)
            return Value(kind="list", items=items)
        case dict():
            return Value(
                kind="object",
                heads=tuple(words(key) for key in value),
                items=tuple(_plain(v, names, linked=key in keys) for key, v in value.items()),
            )
    if linked and value in names:
        return Value(kind="link", link=names[value])
    return Value(kind="text", text=_spoken(str(value)))


def _spoken(text: str) -> str:
    """A word of a list reads better with spaces; a sentence has some."""
    return text.replace("_", " ") if " " not in text and text.islower() else text


def _table(rows: list[Row], names: Mapping[str, Named], keys: set[str]) -> Value:
    heads = list(rows[0])
    return Value(
        kind="table",
        heads=tuple(words(head) for head in heads),
        rows=tuple(
            tuple(_plain(row.get(head), names, linked=head in keys) for head in heads)
            for row in rows
        ),
    )


def groups_of(row: WorldRow, values: Row, names: Mapping[str, Named]) -> list[Group]:
    """The fields of a row in groups; fields that are hidden from the reader are missing."""
    model = type(row)
    found = {title: Group(title=title) for title in ORDER}
    for column in phases.writable(model):
        if column.name in HEAD or column.name not in values:
            continue
        shown = ShownField(
            name=column.name,
            label=words(column.name),
            value=value_of(model, column.name, values[column.name], names),
            help=_help(column, model),
            is_secret=column.name in model.gm_fields,
            is_revealed=column.name in row.revealed_fields,
        )
        found[_group(column, shown)].fields.append(shown)
    return [group for group in found.values() if group.fields]


def _help(column: Any, model: Model) -> str:
    """What writers are told of the field, and which part of it players do not see."""
    start = f"{column.name}[]."
    hidden = [words(name.removeprefix(start)) for name in model.gm_fields if name.startswith(start)]
    said = f"Players do not see: {', '.join(hidden).lower()}." if hidden else ""
    return " ".join(part for part in (str(column.help_text), said) if part)


def _group(column: Any, shown: ShownField) -> str:
    if shown.is_secret:
        return "Game master only"
    if column.is_relation:
        return "Links"
    if column.get_internal_type() == "JSONField":
        return "Lists"
    return "In words" if isinstance(column, Prose) else "Particulars"
