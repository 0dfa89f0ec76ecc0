"""Whether rows have the fields, types, limits and references that world-tables.json asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DESIGN = json.loads(
    (Path(__file__).parents[2] / "tests" / "data" / "world-tables.json").read_text()
)
TABLES = DESIGN["tables"]
COMMON = DESIGN["common_fields"]


def fields_of(table: str) -> list[dict[str, Any]]:
    """Return the fields that a writer gives for a table."""
    own = TABLES[table]["fields"]
    return own if TABLES[table]["relation_table"] else [*COMMON, *own]


def by_code(rows: dict[str, list[dict[str, Any]]], table: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a table by code."""
    return {row["code"]: row for row in rows[table]}


def problems(table: str, row: dict[str, Any], codes: dict[str, set[str]]) -> list[str]:
    """Return what is wrong with one row, in words; codes are those that exist, by table."""
    found = []
    fields = {f["name"]: f for f in fields_of(table)}
    extra = set(row) - set(fields) - {"code"} - set(TABLES[table].get("inline", ()))
    if extra:
        found.append(f"{table}: unknown fields {sorted(extra)}")
    for name, field in fields.items():
        where = f"{table}.{row.get('code', '')}.{name}"
        if name not in row:
            found.append(f"{where}: missing")
            continue
        value = row[name]
        empty = value is None or value == ""
        if empty and field["required"]:
            found.append(f"{where}: empty")
        elif not empty or (value is None and not _nullable(field)):
            found += _wrong(where, value, field["parsed"], codes)
    return found


def _nullable(field: dict[str, Any]) -> bool:
    return bool(not field["required"] or field["parsed"].get("null"))


def _wrong(where: str, value: Any, kind: dict[str, Any], codes: dict[str, set[str]]) -> list[str]:
    return CHECKS[kind["k"]](where, value, kind, codes)


def _text(where: str, value: Any, kind: dict[str, Any], codes: dict[str, set[str]]) -> list[str]:
    if not isinstance(value, str):
        return [f"{where}: {value!r} is no text"]
    if len(value) > kind["n"]:
        return [f"{where}: {len(value)} characters, at most {kind['n']}"]
    return []


def _number(where: str, value: Any, kind: dict[str, Any], codes: dict[str, set[str]]) -> list[str]:
    right = isinstance(value, int | float) and not isinstance(value, bool)
    if kind["k"] == "int":
        right = right and isinstance(value, int)
    return (
        [] if right and kind["lo"] <= value <= kind["hi"] else [f"{where}: {value!r} not in {kind}"]
    )


def _bool(where: str, value: Any, kind: dict[str, Any], codes: dict[str, set[str]]) -> list[str]:
    return [] if isinstance(value, bool) else [f"{where}: {value!r} is neither true nor false"]


def _enum(where: str, value: Any, kind: dict[str, Any], codes: dict[str, set[str]]) -> list[str]:
    words = kind.get("vals") or DESIGN["vocabularies"][kind["vocab"]]
    return [] if value in words else [f"{where}: {value!r} not in {words}"]


def _list(where: str, value: Any, kind: dict[str, Any], codes: dict[str, set[str]]) -> list[str]:
    if not isinstance(value, list) or not kind["lo"] <= len(value) <= kind["hi"]:
        return [f"{where}: {value!r} is no list of {kind['lo']} to {kind['hi']}"]
    return [p for i, v in enumerate(value) for p in _wrong(f"{where}[{i}]", v, kind["of"], codes)]


def _object(where: str, value: Any, kind: dict[str, Any], codes: dict[str, set[str]]) -> list[str]:
    parts = kind["f"]
    if not isinstance(value, dict) or set(value) != set(parts):
        return [f"{where}: {value!r} has not the keys {sorted(parts)}"]
    return [p for k, part in parts.items() if value[k] != "" for p in _wrong(f"{where}.{k}", value[k], part, codes)]  # fmt: skip


def _link(where: str, value: Any, kind: dict[str, Any], codes: dict[str, set[str]]) -> list[str]:
    known = codes[kind["table"]]
    return [] if value in known else [f"{where}: no {value!r} in {kind['to']}"]


def _links(where: str, value: Any, kind: dict[str, Any], codes: dict[str, set[str]]) -> list[str]:
    if not isinstance(value, list) or not kind["lo"] <= len(value) <= kind["hi"]:
        return [f"{where}: {value!r} is no list of {kind['lo']} to {kind['hi']}"]
    if len(set(value)) < len(value):
        return [f"{where}: {value!r} names a row twice"]
    return [p for v in value for p in _link(where, v, kind, codes)]


CHECKS = {
    "str": _text, "text": _text, "int": _number, "num": _number, "bool": _bool, "enum": _enum,
    "list": _list, "obj": _object, "fk": _link, "m2m": _links,
}  # fmt: skip
