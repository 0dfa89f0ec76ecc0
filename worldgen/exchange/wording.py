"""Values of rows as a reader wants them: headings, numbers, lists and small objects in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SPECIAL = str.maketrans({mark: "\\" + mark for mark in "\\`*_{}[]<>#|"})
FIRST = ("number", "order", "year", "name", "title", "detail", "fact", "skill", "ability", "race", "phrase", "goal", "item")  # fmt: skip
"""What a line of a list begins with, in this order."""
PROSE = ("description", "text", "meaning", "contents", "success", "failure")
"""Whole sentences: they come last, and what they are goes without saying."""
SAID = ("success", "failure", "contents")
"""Sentences that need their label after all."""
ABILITIES = ("str", "dex", "con", "int", "wis", "cha")
PLAIN_KINDS = ("certainty", "season", "kind", "truth", "metal", "damage_type", "damage_dice")
"""Words that say themselves what they are."""
_UPPER = {"pc": "PC", "gm": "GM", "dc": "DC", "ac": "AC", "id": "ID"}
_UNITS = {"km2": "km²", "km": "km", "gp": "gp", "cp": "cp", "lb": "lb", "ft": "ft"}  # fmt: skip
_MANY = 10_000
"""From here on, whole numbers that count something get commas; years stay plain."""


def words(name: str) -> str:
    """A table or field name as a heading: `area_km2` is "Area (km²)"."""
    parts = name.removesuffix("_ids").split("_")
    unit = f" ({_UNITS[parts.pop()]})" if len(parts) > 1 and parts[-1] in _UNITS else ""
    said = " ".join(_UPPER.get(part, part) for part in parts)
    return said[:1].upper() + said[1:] + unit


def label(name: str) -> str:
    """A field name inside a line."""
    said = words(name)
    return said if said[:2].isupper() else said[:1].lower() + said[1:]


def plain(text: str) -> str:
    """Text that means nothing in Markdown, on one line."""
    return " ".join(str(text).split()).translate(SPECIAL)


def shown(value: Any, names: Mapping[str, str]) -> str:
    """A value in words; codes become names; empty for what says nothing."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, dict):
        return _object(value, names)
    if isinstance(value, list):
        return _list(value, names)
    if value is None or value == "":
        return ""
    if isinstance(value, int | float):
        return number(value)
    text = str(value)
    return names.get(text) or plain(text.replace("_", " ") if text.islower() else text)


def number(value: float) -> str:
    """A number without an exponent and without empty decimals."""
    text = f"{value:,.2f}" if abs(value) >= _MANY else f"{value:.2f}"
    return text.rstrip("0").rstrip(".")


def _list(value: list[Any], names: Mapping[str, str]) -> str:
    parts = [text for item in value if (text := shown(item, names))]
    if any(isinstance(item, dict) for item in value):
        return "; ".join(parts)
    return (" " if any(part[-1] in ".!?”" for part in parts) else ", ").join(parts)


def _object(value: dict[str, Any], names: Mapping[str, str]) -> str:
    """One object in a line: what it is, its small facts in brackets, its sentences at the end."""
    if value.keys() <= set(ABILITIES):
        scores = [(key, value[key]) for key in ABILITIES if value.get(key) is not None]
        return ", ".join(f"{key.upper()} {score}" for key, score in scores)
    rest = {key: text for key, item in value.items() if item != 0 and (text := shown(item, names))}
    first = list(dict.fromkeys(rest.pop(key) for key in FIRST if key in rest))
    prose = [_sentence(key, rest.pop(key)) for key in PROSE if key in rest]
    if not first and not prose:
        return "; ".join(f"{label(key)}: {text}" for key, text in rest.items())
    small = [small_fact(key, text) for key, text in rest.items()]
    head = (". " if first and first[0].lstrip("-").isdigit() else ", ").join(first)
    if not head:
        return ": ".join(part for part in (", ".join(small), " ".join(prose)) if part)
    head = head.upper() if head in ABILITIES else head
    told = f"{head} ({', '.join(small)})" if small else head
    return f"{told}: {' '.join(prose)}" if prose else told


def small_fact(key: str, text: str) -> str:
    """One fact in brackets: "31 days", "price 7 gp", "bonus +2"; kinds go without a label."""
    parts = key.split("_")
    if key in PLAIN_KINDS:
        return text
    if parts[-1] == "percent":
        return f"{text} %"
    if key == "days":
        return f"{text} days"
    if parts[-1] == "bonus" and text.isdigit():
        return f"{label(key)} +{text}"
    if len(parts) > 1 and parts[-1] in _UNITS:
        return f"{label('_'.join(parts[:-1]))} {text} {_UNITS[parts[-1]]}"
    return f"{label(key)} {text}"


def _sentence(key: str, text: str) -> str:
    return f"{label(key).capitalize()}: {text}" if key in SAID else text
