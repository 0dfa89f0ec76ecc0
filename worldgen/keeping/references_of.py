"""The codes a row names: what it cannot do without, and all it mentions."""

from __future__ import annotations

from collections.abc import Iterator

from worldgen import phases
from worldgen.models import PlayerCharacter, WorldRow
from worldgen.rows import Row

Model = type[WorldRow]


def needed(model: Model, row: Row) -> set[str]:
    """The rows that its required references name."""
    found = {
        row[f.name]
        for f in phases.links(model)
        if not f.null and f.related_model is not PlayerCharacter
    }
    for many in phases.link_sets(model):
        if many.low and not many.blank:
            found.update(row[many.name])
    return {code for code in found if code}


def mentioned(model: Model, row: Row) -> set[str]:
    """The codes inside its texts; with them free words, where a text may hold those."""
    return {text for text in _soft(model, row) if text}


def named(model: Model, row: Row) -> set[str]:
    """Every row it refers to, in its references and inside its texts."""
    found = {row[f.name] for f in phases.links(model) if f.related_model is not PlayerCharacter}
    for many in phases.link_sets(model):
        found.update(row[many.name])
    return {code for code in found if code} | mentioned(model, row)


def without(model: Model, row: Row, gone: set[str]) -> Row:
    """The row with its references to rows that are gone taken out."""
    left = dict(row)
    for link in phases.links(model):
        if left[link.name] in gone:
            left[link.name] = None
    for many in phases.link_sets(model):
        left[many.name] = [code for code in left[many.name] if code not in gone]
    return left


def _soft(model: Model, row: Row) -> Iterator[str]:
    for soft in model.soft_links:
        value = row.get(soft.field)
        for element in value if isinstance(value, list) else [value]:
            text = (element or {}).get(soft.key) if soft.key else element
            if isinstance(text, str):
                yield text
