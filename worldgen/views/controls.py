"""A row as a form: controls made from the fields of its table, and back from what was typed to a row.

The name of a control is its path in the row, such as `months.0.days`; issues name fields the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.db import models
from django.http import QueryDict
from pydantic import TypeAdapter

from worldgen import phases
from worldgen.directory import target_name
from worldgen.issues import Issue
from worldgen.models.fields import Line, Link, Links, Prose, Word
from worldgen.phases import Model
from worldgen.rows import Row
from worldgen.views.reader import Named
from worldgen.views.shown import words

Kind = Literal["text", "area", "number", "check", "choice", "rows", "lines", "object", "list"]
Option = tuple[str, str]
LONG_TEXT = 160  # characters from which a text gets several lines
MOST_ITEMS = 60
SPARE = 1  # empty items at the end of a list, to be filled


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """One input, or several under one name."""

    name: str
    label: str
    kind: Kind
    value: Any = ""
    help: str = ""
    options: tuple[Option, ...] = ()
    children: tuple[Control, ...] = ()
    limit: int | None = None
    required: bool = False
    is_secret: bool = False
    errors: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of its element."""
        return "f-" + self.name.replace(".", "-")

    @property
    def is_wide(self) -> bool:
        """Whether it needs the whole width."""
        return self.kind in ("area", "lines", "object", "list", "rows")


Names = Mapping[str, Sequence[Named]]  # table to its rows


def targets(model: Model) -> set[str]:
    """The tables whose rows the form of a row offers."""
    columns = [*phases.links(model), *phases.link_sets(model)]
    soft = {table for link in model.soft_links for table in link.to}
    return {target_name(column) for column in columns} | soft


def controls_of(
    model: Model, values: Row, names: Names, *, spare: Mapping[str, int]
) -> list[Control]:
    """The controls of a row with these values; `spare` says how many empty items a list ends with."""
    return [
        _column(model, column, values.get(column.name), names, spare.get(column.name, SPARE))
        for column in phases.writable(model)
    ]


def _column(model: Model, column: Any, value: Any, names: Names, spare: int) -> Control:
    base = Control(
        name=column.name,
        label=words(column.name),
        kind="text",
        value="" if value is None else value,
        help=str(column.help_text),
        required=not (column.blank or column.null),
        is_secret=column.name in model.gm_fields,
    )
    match column:
        case Link():
            return replace(base, kind="choice", options=_rows(names, target_name(column)))
        case Links():
            return replace(
                base, kind="rows", options=_rows(names, target_name(column)), value=value or []
            )
        case Word():
            return replace(
                base,
                kind="choice",
                options=tuple((str(w), str(said)) for w, said in column.flatchoices),
            )
        case models.BooleanField():
            return replace(base, kind="check", value=bool(value), required=False)
        case Prose():
            return replace(base, kind="area", limit=column.max_length)
        case Line():
            return replace(base, limit=column.max_length)
        case models.IntegerField() | models.FloatField():
            return replace(base, kind="number")
    schema = TypeAdapter(column.of).json_schema()
    linked = {link.key: link for link in model.soft_links if link.field == column.name}
    options = {key: _soft(names, link.to, is_free=link.free_text) for key, link in linked.items()}
    made = _shape(schema, schema, column.name, value, options, spare=spare)
    return replace(made, label=base.label, help=base.help, is_secret=base.is_secret)


def _rows(names: Names, table: str) -> tuple[Option, ...]:
    return tuple((row.code, row.name) for row in names.get(table, ()))


def _soft(names: Names, tables: Iterable[str], *, is_free: bool) -> tuple[Option, ...]:
    """Rows to choose from; nothing where words that name no row are fit too."""
    return () if is_free else tuple(o for table in tables for o in _rows(names, table))


def _shape(
    schema: Row,
    root: Row,
    name: str,
    value: Any,
    options: Mapping[str, tuple[Option, ...]],
    *,
    spare: int = SPARE,
) -> Control:
    """The control of a part of a row that a JSON schema describes."""
    schema = _resolved(schema, root)
    key = name.rpartition(".")[2]
    base = Control(
        name=name,
        label=words(key),
        kind="text",
        value="" if value is None else value,
        help=str(schema.get("description", "")) if "properties" not in schema else "",
        limit=schema.get("maxLength"),
    )
    if chosen := options.get("" if schema.get("type") == "array" else key):
        return replace(
            base, kind="rows" if schema.get("type") == "array" else "choice", options=chosen
        )
    if "enum" in schema:
        return replace(
            base,
            kind="choice",
            options=tuple((w, str(w).replace("_", " ")) for w in schema["enum"]),
        )
    match schema.get("type"):
        case "integer" | "number":
            return replace(base, kind="number")
        case "boolean":
            return replace(base, kind="check", value=bool(value))
        case "object":
            return _object(schema, root, base, value, options)
        case "array":
            return _list(schema, root, base, value, options, spare)
    return replace(base, kind="area" if (base.limit or 0) > LONG_TEXT else "text")


def _object(schema: Row, root: Row, base: Control, value: Any, options: Any) -> Control:
    given = value if isinstance(value, dict) else {}
    children = tuple(
        _shape(part, root, f"{base.name}.{key}", given.get(key), options)
        for key, part in schema["properties"].items()
    )
    return replace(base, kind="object", value="", children=children)


def _list(schema: Row, root: Row, base: Control, value: Any, options: Any, spare: int) -> Control:
    items = _resolved(schema["items"], root)
    given = value if isinstance(value, list) else []
    if items.get("type") != "object":
        return replace(base, kind="lines", value="\n".join(str(item) for item in given))
    children = tuple(
        replace(_shape(items, root, f"{base.name}.{number}", item, options), label=f"{number + 1}")
        for number, item in enumerate([*given, *[{}] * spare][:MOST_ITEMS])
    )
    return replace(base, kind="list", value=len(children), children=children)


def _resolved(schema: Row, root: Row) -> Row:
    if "$ref" in schema:
        found: Row = root["$defs"][schema["$ref"].rpartition("/")[2]]
        return found
    if "anyOf" in schema:
        return _resolved(next(part for part in schema["anyOf"] if part.get("type") != "null"), root)
    return schema


def read(controls: Iterable[Control], form: QueryDict) -> Row:
    """What was typed into these controls, as a row that the validator takes."""
    return {control.name: _read(control, form) for control in controls}


def _read(control: Control, form: QueryDict) -> Any:
    typed = form.get(control.name, "").replace("\0", "").replace("\r\n", "\n").strip()
    match control.kind:
        case "check":
            return control.name in form
        case "rows":
            return form.getlist(control.name)
        case "lines":
            return [line for raw in typed.split("\n") if (line := raw.strip())]
        case "number":
            return typed or None
        case "object":
            found = {c.name.rpartition(".")[2]: _read(c, form) for c in control.children}
            return found if _says_something(found) else None
        case "list":
            rows = [_read(child, form) for child in control.children]
            dropped = {c.name for c in control.children if f"{c.name}.drop" in form}
            kept = zip(control.children, rows, strict=True)
            return [row for child, row in kept if row and child.name not in dropped]
    return typed


def _says_something(values: Row) -> bool:
    return any(value not in (None, "", [], False) for value in values.values())


def with_errors(
    controls: Iterable[Control], issues: Iterable[Issue]
) -> tuple[list[Control], list[str]]:
    """The controls with what was wrong in each, and what is wrong with the row as a whole."""
    left: dict[str, list[str]] = {}
    for issue in issues:
        left.setdefault(issue.field, []).append(issue.message)
    marked = [_marked(control, left) for control in controls]
    return marked, [message for messages in left.values() for message in messages]


def _marked(control: Control, left: dict[str, list[str]]) -> Control:
    children = tuple(_marked(child, left) for child in control.children)
    found = left.pop(control.name, [])
    if not control.children:  # an issue deeper than the form goes belongs to the nearest control
        deeper = [name for name in left if name.startswith(f"{control.name}.")]
        found += [message for name in deeper for message in left.pop(name)]
    return replace(control, children=children, errors=tuple(found))
