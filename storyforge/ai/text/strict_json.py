"""JSON out of a model's answer, read strictly: what cannot be stored or trusted is refused."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from storyforge.ai.errors import NotJson

# Records are at most a dozen levels deep; far below what makes later recursion overflow.
MAX_DEPTH = 64

# PostgreSQL stores neither NUL nor half a surrogate pair.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
FENCED = re.compile(r"```(?:json|JSON)?[ \t]*\r?\n(.*?)\r?\n?[ \t]*```", re.DOTALL)


def parse_json(text: str) -> Any:
    """The one JSON value that `text` is, white space around it aside.

    Raises `NotJson` for anything else, for NaN and infinities, a key given twice, more than
    `MAX_DEPTH` levels, and characters that cannot be stored.
    """
    value, end = _decode(text.strip())
    if rest := text.strip()[end:].strip():
        raise NotJson(f"there is text after the JSON: {rest[:40]!r}")
    return value


def extract_json(text: str) -> Any:
    """The JSON value inside an answer that may also hold prose or a code fence.

    Only the first place that looks like JSON counts: searching on could find a part of a broken
    value and take it for the whole. Raises `NotJson` as `parse_json` does.
    """
    if fenced := FENCED.search(text):
        return parse_json(fenced[1])
    start = re.search(r"[{\[]", text)
    if start is None:
        raise NotJson("there is no JSON in the answer")
    return _decode(text[start.start() :])[0]


def _decode(text: str) -> tuple[Any, int]:
    try:
        value, end = _DECODER.raw_decode(text)
    except json.JSONDecodeError as error:
        raise NotJson(
            f"not JSON: {error.msg} at line {error.lineno} column {error.colno}"
        ) from None
    except RecursionError:
        raise NotJson(f"nested deeper than {MAX_DEPTH} levels") from None
    except ValueError:
        # Python refuses integers of thousands of digits.
        raise NotJson("a number is too long") from None
    _check(value)
    return value, end


def _check(root: Any) -> None:
    left = [(root, 1)]
    while left:
        value, depth = left.pop()
        if depth > MAX_DEPTH:
            raise NotJson(f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(value, dict):
            left += [(child, depth + 1) for child in value.values()]
            left += [(key, depth) for key in value]
        elif isinstance(value, list):
            left += [(child, depth + 1) for child in value]
        elif isinstance(value, str) and UNSTORABLE.search(value):
            raise NotJson("a text holds a character that cannot be stored")


def _no_constant(name: str) -> NoReturn:
    raise NotJson(f"{name} is not a JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise NotJson("a number is too large")
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise NotJson(f"the key {twice[:40]!r} is given twice")
    return record


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
)
