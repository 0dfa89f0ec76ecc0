"""Items, what they do, who has them and where they lie: what must agree between their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worldgen.checking.registry import Finding, Found, check, take_away
from worldgen.rows import World

if TYPE_CHECKING:
    from worldgen.answers.defaults import Defaults

MINDS = "sentient_item_properties"


def _give_power(found: Defaults, finding: Finding) -> None:
    row = found.new("item_effects", item=finding.row)
    row["charges_cost"] = min(row["charges_cost"], _charges(found.world, finding.row))


def _charges(world: World, item: str) -> int:
    row = world.rows("items").get(item) or {}
    return row.get("charges") or 0


@check("X13", reads=("items", "item_effects"), mend=_give_power)
def magic_does_something(world: World) -> Found:
    """Every magical item has an effect."""
    powers = {row["item"] for row in world.rows("item_effects").values()}
    for key, row in world.rows("items").items():
        if row["is_magical"] and key not in powers:
            yield "items", key, "It is magical and has no effect."


def _clamp(found: Defaults, finding: Finding) -> None:
    row = found.change("item_effects", finding.row)
    if row is not None:
        row["charges_cost"] = _charges(found.world, row["item"])


@check("X14", reads=("items", "item_effects"), mend=_clamp)
def charges_are_there(world: World) -> Found:
    """An effect costs no more charges than its item has."""
    for key, row in world.rows("item_effects").items():
        if row["item"] in world.rows("items") and row["charges_cost"] > _charges(
            world, row["item"]
        ):
            yield "item_effects", key, "It costs more charges than its item has."


def _give_mind(found: Defaults, finding: Finding) -> None:
    """A mind for the item; for a mind, the item is what it says."""
    if finding.table == "items":
        found.new(MINDS, item=finding.row)
        return
    item = found.change("items", found.world.rows(MINDS)[finding.row]["item"])
    if item is not None:
        item["is_sentient"] = True


@check("X15", reads=("items", MINDS), mend=_give_mind)
def minds_and_items_match(world: World) -> Found:
    """Every sentient item has one mind, and every mind a sentient item."""
    items = world.rows("items")
    minded = {row["item"] for row in world.rows(MINDS).values()}
    for key, row in items.items():
        if row["is_sentient"] and key not in minded:
            yield "items", key, "It is sentient and has no mind."
    for key, row in world.rows(MINDS).items():
        if row["item"] in items and not items[row["item"]]["is_sentient"]:
            yield MINDS, key, f"{row['item']} is not sentient."


def _own(found: Defaults, finding: Finding) -> None:
    """Whom the item names has it. One that names nobody and lies nowhere belongs to who says so first."""
    row = found.world.rows("entity_items")[finding.row]
    lies = {place["item"] for place in found.world.rows("item_locations").values()}
    item = found.change("items", row["item"])
    free = item is not None and not (item["current_owner"] or item["current_location"])
    if item is not None and free and row["item"] not in lies:
        item["current_owner"] = row["entity"]
    elif item is None or item["current_owner"] != row["entity"]:
        found.remove("entity_items", finding.row)


@check("X16", reads=("items", "entity_items", "item_locations"), mend=_own)
def owners_agree(world: World) -> Found:
    """Who owns an item is the one whom the item names, and nobody else."""
    items = world.rows("items")
    for key, row in world.rows("entity_items").items():
        if row["relation"] != "owns" or row["item"] not in items:
            continue
        owner = items[row["item"]]["current_owner"]
        if owner != row["entity"]:
            yield "entity_items", key, f"The owner of {row['item']} is {owner or 'nobody'}."


@check("X17", reads=("items", "item_locations"), mend=take_away)
def what_is_owned_lies_nowhere(world: World) -> Found:
    """Only items without an owner lie somewhere."""
    items = world.rows("items")
    for key, row in world.rows("item_locations").items():
        if items.get(row["item"], {}).get("current_owner"):
            yield "item_locations", key, f"{items[row['item']]['current_owner']} has it."
