"""One strict JSON parser for everything that comes from outside; knows no Django, so that confined readers use it too."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from storyforge.core.errors import StoryforgeError

MAX_DEPTH = 64
MAX_INTEGER = 2**63
# A value is a hundred bytes or more in memory and one or two in a file. The largest world has about 75,000 marks.
MAX_MARKS = 250_000
# Possessive: a matcher that remembers each character takes a hundred times the string.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_PLAIN = bytes(set(range(256)) - set(b"[]{},"))
_SURROGATE = re.compile("[\ud800-\udfff\x00]")


class MalformedJson(StoryforgeError):
    """The body is not the JSON we read."""

    code = "malformed_json"
    status = 400


def strict_json(body: bytes) -> Any:
    """Parse UTF-8 JSON.

    Raises `MalformedJson` for anything that is not UTF-8, nested deeper than 64, larger than
    `MAX_MARKS`, holds duplicate keys, NaN, Infinity, numbers beyond 64 bits, NUL or unpaired surrogates.
    """
    _look_over(body)
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except UnicodeDecodeError as error:
        raise MalformedJson("Not UTF-8.") from error
    except ValueError as error:
        raise MalformedJson(f"Not JSON: {error}.") from error
    _check_text(value)
    return value


def _look_over(body: bytes) -> None:
    """Refuse what would take much memory, or a deep stack, before it is parsed."""
    # Quotes first: taking so many strings out would be the bomb. There are two strings to a mark at most.
    if body.count(b'"') - body.count(b'\\"') > 4 * (MAX_MARKS + 1):
        raise MalformedJson("Too many strings.")
    marks = _STRING.sub(b"", body).translate(None, _PLAIN)
    if len(marks) > MAX_MARKS:
        raise MalformedJson(f"More than {MAX_MARKS:,} brackets and commas.")
    depth = 0
    for mark in marks:
        if mark in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise MalformedJson(f"More than {MAX_DEPTH} levels deep.")
        elif mark in b"]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise MalformedJson("A key stands twice in one object.")
    return result


def _constant(name: str) -> None:
    raise MalformedJson(f"{name} is not a JSON number.")


def _integer(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) > MAX_INTEGER:
        raise MalformedJson("A number is beyond 64 bits.")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):  # 1e999
        raise MalformedJson("A number is beyond what can be stored.")
    return number


def _check_text(value: Any) -> None:
    """Refuse what PostgreSQL text cannot hold, in keys and values."""
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise MalformedJson("Text holds a NUL or half a character.")
    elif isinstance(value, list):
        for item in value:
            _check_text(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check_text(item)
