"""Values made up to fit a JSON Schema: for tests, for the fake provider, for trying things out."""

from __future__ import annotations

import math
import random
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from storyforge.ai.text.fill_pattern import text_matching

# Below this depth nothing optional is written, so that schemas that refer to themselves end.
DEEP = 6
TRIES = 200  # for items that must differ
_VOCABULARY = (
    "amber anchor ash bell bone bridge candle cinder cloak coast crown dawn door dusk ember feather"
    " field flint frost gate glass grove harbor hollow iron ivory lantern ledger marsh mirror moon"
    " moth needle north oath orchard pearl raven reed river road salt scale shadow silver song stone"
    " storm thorn tide tower veil vow wall water wheel willow winter wolf"
)
WORDS = _VOCABULARY.split()


def fill(
    schema: dict[str, Any], *, seed: int = 0, words: int = 8, texts: Sequence[str] = ()
) -> Any:
    """A value that `schema` accepts, always the same for the same seed.

    Free texts are taken from `texts`, or have about `words` words, within their limits. Knows what pydantic writes, and our mark
    `x-table`: such a reference points to the first row this filler names in that table.
    Raises `ValueError` for a `pattern` it cannot serve.
    """
    return _Filler(schema, seed, words, texts).value(schema, "")


class _Filler:
    def __init__(self, root: dict[str, Any], seed: int, words: int, texts: Sequence[str]) -> None:
        self.root, self.seed, self.words, self.texts = root, seed, words, texts

    def value(self, schema: dict[str, Any], path: str, depth: int = 0) -> Any:
        schema = self._resolved(schema, depth)
        if "x-table" in schema:
            return f"{schema['x-table']} 0"
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][self._dice(path).randrange(len(schema["enum"]))]
        match _type(schema):
            case "object":
                return self._object(schema, path, depth)
            case "array":
                return self._array(schema, path, depth)
            case "string":
                return self._string(schema, path)
            case "integer" | "number" as kind:
                return _number(schema, self._dice(path), whole=kind == "integer")
            case "boolean":
                return self._dice(path).random() < 0.5
        return None

    def _dice(self, path: str) -> random.Random:
        return random.Random(f"{self.seed}:{path}")  # noqa: S311 - texts, not secrets

    def _resolved(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        """The schema without `$ref` and alternatives; where it is deep, null is preferred."""
        while True:
            if "$ref" in schema:
                rest = {k: v for k, v in schema.items() if k != "$ref"}
                schema = {**self._definition(schema["$ref"]), **rest}
            elif "allOf" in schema:
                rest = {k: v for k, v in schema.items() if k != "allOf"}
                schema = _merged([self._resolved(s, depth) for s in schema["allOf"]] + [rest])
            elif choices := schema.get("anyOf") or schema.get("oneOf"):
                rest = {k: v for k, v in schema.items() if k not in ("anyOf", "oneOf")}
                nothing = [c for c in choices if c.get("type") == "null"]
                something = [c for c in choices if c.get("type") != "null"]
                order = nothing + something if depth > DEEP else something + nothing
                schema = {**rest, **order[0]}
            else:
                return schema

    def _definition(self, ref: str) -> dict[str, Any]:
        found: Any = self.root
        for key in ref.removeprefix("#").strip("/").split("/"):
            found = found[key] if key else found
        return dict(found)

    def _object(self, schema: dict[str, Any], path: str, depth: int) -> dict[str, Any]:
        required = set(schema.get("required", ()))
        record = {
            name: self.value(sub, f"{path}.{name}", depth + 1)
            for name, sub in schema.get("properties", {}).items()
            if depth <= DEEP or name in required
        }
        more = schema.get("additionalProperties")
        if isinstance(more, dict):
            wanted = max(schema.get("minProperties", 0), 1 if depth <= DEEP else 0)
            for i in range(wanted - len(record)):
                name = f"{WORDS[i % len(WORDS)]}{i // len(WORDS) or ''}"
                record[name] = self.value(more, f"{path}.{name}", depth + 1)
        return record

    def _array(self, schema: dict[str, Any], path: str, depth: int) -> list[Any]:
        fixed = schema.get("prefixItems", [])
        low = max(schema.get("minItems", 0), len(fixed), 2 if depth <= DEEP else 0)
        count = min(low, schema.get("maxItems", low))
        each = schema.get("items")
        if not isinstance(each, dict):
            each = {"type": "string"}
        items: list[Any] = []
        for i in range(count + TRIES):
            if len(items) >= count:
                break
            kind = fixed[i] if i < len(fixed) else each
            item = self.value(kind, f"{path}[{i}]", depth + 1)
            if not schema.get("uniqueItems") or item not in items:
                items.append(item)
        return items

    def _string(self, schema: dict[str, Any], path: str) -> str:
        dice = self._dice(path)
        low, high = schema.get("minLength", 0), schema.get("maxLength")
        if "pattern" in schema:
            return text_matching(schema["pattern"], dice, low=low, high=high)
        if text := _formatted(schema.get("format", ""), dice):
            return text
        if self.texts:
            text = dice.choice(self.texts)
        elif path.endswith(".name") and path.count(".") > 1:
            text = path.split(".")[-2].replace("[", " ").replace("]", "")
        else:
            text = " ".join(dice.choices(WORDS, k=self.words))
        while len(text) < low:
            text += " " + dice.choice(WORDS)
        return text[:high].strip().ljust(low, "e") if high is not None else text


def _type(schema: dict[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        return str(next((k for k in kind if k != "null"), "null"))
    if kind is None:
        for name, keyword in (("object", "properties"), ("array", "items")):
            if keyword in schema:
                return name
        return "string"
    return str(kind)


def _merged(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for schema in schemas:
        properties = {**merged.get("properties", {}), **schema.get("properties", {})}
        required = [*merged.get("required", []), *schema.get("required", [])]
        merged |= schema
        if properties:
            merged |= {"properties": properties, "required": required}
    return merged


def _number(schema: dict[str, Any], dice: random.Random, *, whole: bool) -> float:
    step = schema.get("multipleOf") or (1 if whole else 0)
    margin = step or 1e-3
    low, high = schema.get("minimum"), schema.get("maximum")
    if (above := schema.get("exclusiveMinimum")) is not None:
        low = max(above + margin, low if low is not None else -math.inf)
    if (below := schema.get("exclusiveMaximum")) is not None:
        high = min(below - margin, high if high is not None else math.inf)
    if low is None:
        low = min(1, high) if high is not None else 1
    high = max(low, min(high if high is not None else low + 9, low + 9))
    if not step:
        return round(dice.uniform(low, high), 3) if high - low > 0.01 else float(low)
    number = math.ceil(low / step + dice.randrange(int((high - low) / step) + 1)) * step
    return int(number) if whole else float(min(number, high))


def _formatted(name: str, dice: random.Random) -> str:
    moment = datetime(2000, 1, 1, 12, tzinfo=UTC) + timedelta(minutes=dice.randrange(10_000_000))
    word = dice.choice(WORDS)
    return {
        "date": moment.date().isoformat(),
        "date-time": moment.isoformat(),
        "time": moment.time().isoformat() + "Z",
        "duration": f"PT{dice.randrange(1, 60)}M",
        "email": f"{word}@example.org",
        "uri": f"https://example.org/{word}",
        "hostname": f"{word}.example.org",
        "ipv4": f"192.0.2.{dice.randrange(1, 255)}",
        "ipv6": f"2001:db8::{dice.randrange(1, 9999)}",
        "uuid": str(uuid.UUID(int=dice.getrandbits(128), version=4)),
    }.get(name, "")
