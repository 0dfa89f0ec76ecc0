"""From an answer of a writer to rows of the right shape; all problems are collected.

Shapes that are easy to mend are mended for free: rows as a JSON string, one object for a list, a
number as text, a word in the wrong case. What a row says is judged by `references` and `table_rules`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import ValidationError

from storyforge.ai.errors import NotJson
from storyforge.ai.text.strict_json import extract_json
from worldgen.issues import Issue
from worldgen.phases import tables
from worldgen.schemas import row_type

Row = dict[str, Any]
MAX_ROWS = 500


@dataclass(kw_only=True, slots=True)
class Checked:
    """The rows of an answer that have the right shape, those that have not, and why not."""

    rows: list[Row] = field(default_factory=list)
    invalid: list[tuple[Row, list[Issue]]] = field(default_factory=list)

    @property
    def issues(self) -> list[Issue]:
        """Every problem of every row."""
        return [issue for _, issues in self.invalid for issue in issues]


def check(table: str, payload: Any) -> Checked:
    """The rows of a payload: an object with `rows`, a list, one row, or any of these as JSON text."""
    found = Checked()
    rows = rows_in(payload)
    if rows is None:
        issue = Issue(table=table, row="", code="not_rows", message="The answer holds no rows.")
        found.invalid.append(({}, [issue]))
        return found
    for number, raw in enumerate(rows[:MAX_ROWS]):
        row, issues = check_row(table, raw, number=number)
        if issues:
            found.invalid.append((row, issues))
        else:
            found.rows.append(row)
    return found


def check_row(table: str, raw: Any, *, number: int = 0) -> tuple[Row, list[Issue]]:
    """One row, mended, with every problem of its shape."""
    kind = row_type(table)
    if not isinstance(raw, dict):
        message = "A row is an object."
        return {}, [Issue(table=table, row=f"#{number + 1}", code="shape", message=message)]
    schema = _schema(table)
    mended = _mend(raw, schema, schema)
    name = str(mended.get("code") or f"#{number + 1}")
    try:
        # No warnings: an empty object stands for none of an optional shape, as its default says.
        row = kind.model_validate(mended).model_dump(mode="json", warnings=False)
    except ValidationError as error:
        return mended, [
            Issue(
                table=table,
                row=name,
                field=".".join(str(part) for part in problem["loc"]),
                code=problem["type"],
                message=problem["msg"],
            )
            for problem in error.errors(include_url=False, include_context=False)
        ]
    return row, _code_problems(table, row, name)


@cache
def _schema(table: str) -> dict[str, Any]:
    """The schema of a row; making one costs pydantic ten milliseconds."""
    return row_type(table).model_json_schema()


def _code_problems(table: str, row: Row, name: str) -> list[Issue]:
    prefix = tables()[table].code_prefix
    code = row.get("code", "")
    if not prefix or (code.startswith(prefix) and code[len(prefix) :].isdecimal()):
        return []
    message = f"A code of this table is {prefix} and a number."
    return [Issue(table=table, row=name, field="code", code="code", message=message)]


def rows_in(payload: Any) -> list[Any] | None:
    """The rows of a payload as they came, None where it holds none."""
    value = payload
    for _ in range(3):  # text in an object in text, and no deeper
        if isinstance(value, str):
            try:
                value = extract_json(value)
            except NotJson:
                return None
        if isinstance(value, dict):
            if "rows" not in value:
                return [value] if "name" in value or len(value) > 2 else None
            value = value["rows"]
            if isinstance(value, dict):
                return [value]
        if isinstance(value, list):
            return value
    return None


def _mend(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """The value in the nearest shape the schema knows; what cannot be mended stays as it is."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        if value in (None, "", "null"):
            return None
        real = next(part for part in schema["anyOf"] if part.get("type") != "null")
        return _mend(value, real, root)
    if "enum" in schema:
        return _mend_word(value, schema["enum"])
    match schema.get("type"):
        case "object" if isinstance(value, dict):
            return _mend_object(value, schema, root)
        case "array":
            return _mend_list(value, schema, root)
        case "string" if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return value


def _mend_object(value: Row, schema: dict[str, Any], root: dict[str, Any]) -> Row:
    known = schema.get("properties", {})
    return {
        name: _mend(part, known[name], root) if name in known else part
        for name, part in value.items()
        # Null where a default stands: the writer has nothing to say.
        if not (part is None and "default" in known.get(name, {}) and name in known)
    }


def _mend_list(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> Any:
    if isinstance(value, str):
        try:
            value = extract_json(value)
        except NotJson:
            value = [value] if value.strip() else []
    if isinstance(value, dict) or (value is not None and not isinstance(value, list)):
        value = [value]
    if not isinstance(value, list):
        return value
    return [_mend(part, schema.get("items", {}), root) for part in value]


def _mend_word(value: Any, words: list[Any]) -> Any:
    if value in words or not isinstance(value, str | int):
        return value
    wanted = "_".join(str(value).casefold().replace("-", " ").replace("_", " ").split())
    return next((word for word in words if str(word).casefold() == wanted), value)
