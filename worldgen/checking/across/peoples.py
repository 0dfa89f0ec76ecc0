"""Peoples, tongues, cultures, pasts and gods: what must agree between their rows."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from worldgen.checking.graph import reaches_itself
from worldgen.checking.registry import Finding, Found, check
from worldgen.rows import World

if TYPE_CHECKING:
    from worldgen.answers.defaults import Defaults

PLAYABLE = 3  # races at least
DEAD = "dead"


def _playable(world: World) -> list[str]:
    return [key for key, row in world.rows("races").items() if row["playable"]]


def _let_them_play(found: Defaults, _: Finding) -> None:
    """Races that stand become playable, in the order of their codes, then more are written."""
    lacking = PLAYABLE - len(_playable(found.world))
    others = [key for key, row in found.world.rows("races").items() if not row["playable"]]
    for key in others:
        row = found.change("races", key) if lacking else None
        if row is not None:
            row["playable"] = True
            lacking -= 1
    for _turn in range(lacking):
        found.new("races", playable=True)


@check("X01", reads=("races",), mend=_let_them_play)
def enough_to_play(world: World) -> Found:
    """At least three races are playable."""
    count = len(_playable(world))
    if world.rows("races") and count < PLAYABLE:
        yield "races", "", f"{count} races are playable, not {PLAYABLE}."


def _living(world: World) -> list[str]:
    rows = world.rows("languages")
    return [key for key, row in rows.items() if row["language_type"] != DEAD]


def _teach(found: Defaults, finding: Finding) -> None:
    """The tongue of its culture takes it in, else the first one with room."""
    living = _living(found.world)
    own = [
        row["primary_language"]
        for row in found.world.rows("cultures").values()
        if row["primary_race"] == finding.row and row["primary_language"] in living
    ]
    if not found.join("languages", "typical_races", finding.row, among=[*own, *living]):
        found.new("languages", language_type="standard", typical_races=[finding.row])


@check("X02", reads=("races", "languages", "cultures"), mend=_teach)
def peoples_speak(world: World) -> Found:
    """Every playable race speaks a language that is not dead."""
    rows = world.rows("languages")
    spoken = {race for key in _living(world) for race in rows[key]["typical_races"]}
    for key in _playable(world):
        if key not in spoken:
            yield "races", key, "It speaks no living language."


def _settle_among(found: Defaults, finding: Finding) -> None:
    """A culture of its own region takes it in, else the first one with room."""
    cultures = found.world.rows("cultures")
    home = found.world.rows("races")[finding.row]["origin_region"]
    near = [key for key, row in cultures.items() if row["home_region"] == home]
    if not found.join("cultures", "other_races", finding.row, among=[*near, *cultures]):
        found.new("cultures", primary_race=finding.row)


@check("X03", reads=("races", "cultures"), mend=_settle_among)
def peoples_have_a_culture(world: World) -> Found:
    """Every playable race is in a culture."""
    cultures = world.rows("cultures").values()
    lived = {race for row in cultures for race in (row["primary_race"], *row["other_races"])}
    for key in _playable(world):
        if key not in lived:
            yield "races", key, "It is in no culture."


def _to_the_root(found: Defaults, finding: Finding) -> None:
    races = found.world.rows("races")
    root = races[finding.row]["parent_race"]
    while races[root]["parent_race"]:
        root = races[root]["parent_race"]
    row = found.change("races", finding.row)
    if row is not None:
        row["parent_race"] = root


@check("X04", reads=("races",), mend=_to_the_root)
def branches_have_no_branches(world: World) -> Found:
    """A race that is a branch of another has no branches itself."""
    above = {key: row["parent_race"] for key, row in world.rows("races").items()}
    for key, parent in above.items():
        if parent and above.get(parent) and not any(
            reaches_itself(code, above) for code in (key, parent)
        ):  # fmt: skip
            yield "races", key, f"{parent} is a branch of another race."


def _living_tongue(found: Defaults, finding: Finding) -> None:
    """Another of its own, else one that its people speak, else the first living one."""
    row, living = found.change("cultures", finding.row), _living(found.world)
    if row is None or not living:
        return
    tongues = found.world.rows("languages")
    spoken = [key for key in living if row["primary_race"] in tongues[key]["typical_races"]]
    own = [key for key in row["other_languages"] if key in living]
    row["primary_language"] = [*own, *spoken, *living][0]
    row["other_languages"] = [k for k in row["other_languages"] if k != row["primary_language"]]


@check("X05", reads=("cultures", "languages"), mend=_living_tongue)
def cultures_speak(world: World) -> Found:
    """The language of a culture is not dead."""
    tongues = world.rows("languages")
    for key, row in world.rows("cultures").items():
        tongue = tongues.get(row["primary_language"])
        if tongue and tongue["language_type"] == DEAD:
            yield "cultures", key, "Its language is dead."


def _without_feat(found: Defaults, finding: Finding) -> None:
    row = found.change("backgrounds", finding.row)
    if row is not None:  # no other feat is guessed
        row["origin_feat"] = None


@check("X06", reads=("backgrounds", "feats"), mend=_without_feat)
def origins_give_origin_feats(world: World) -> Found:
    """The feat of a background is of the category origin."""
    feats = world.rows("feats")
    for key, row in world.rows("backgrounds").items():
        feat = feats.get(row["origin_feat"] or "")
        if feat and feat["category"] != "origin":
            yield "backgrounds", key, f"{row['origin_feat']} is no origin feat."


def _begotten(world: World) -> dict[str, tuple[str, str]]:
    """Relation key to parent and child, whichever end says so."""
    found = {}
    for key, row in world.rows("deity_relationships").items():
        ends = row["from_deity"], row["to_deity"]
        if row["relationship_type"] in ("parent", "child"):
            found[key] = ends if row["relationship_type"] == "parent" else (ends[1], ends[0])
    return found


def _on_a_circle(edges: dict[str, tuple[str, str]]) -> list[str]:
    """The relations whose child is an ancestor of its parent."""
    below: dict[str, set[str]] = defaultdict(set)
    for parent, child in edges.values():
        below[parent].add(child)
    found = []
    for key, (parent, child) in edges.items():
        seen, left = set[str](), [child]
        while left and parent not in seen:
            here = left.pop()
            if here not in seen:
                seen.add(here)
                left += below[here]
        if parent in seen:
            found.append(key)
    return found


def _disown(found: Defaults, finding: Finding) -> None:
    """The relation and its other end go, if what went before has not opened the circle."""
    gone = found.gone.get("deity_relationships", set())
    edges = {key: ends for key, ends in _begotten(found.world).items() if key not in gone}
    if finding.row in _on_a_circle(edges):
        ends = edges[finding.row]
        pair = [key for key, other in edges.items() if other == ends]
        if all(found.may_go("deity_relationships", key) for key in pair):
            for key in pair:
                found.remove("deity_relationships", key)


@check("X07", reads=("deity_relationships",), mend=_disown)
def gods_have_no_circle_of_parents(world: World) -> Found:
    """No god is its own ancestor."""
    for key in _on_a_circle(_begotten(world)):
        yield "deity_relationships", key, "It makes a god its own ancestor."
