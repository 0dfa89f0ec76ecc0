"""Phase 3C: relations of people, factions and gods: what follows from the rows, then more up to the count."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from worldgen.rules.brief import Row
from worldgen.rules.entities import GONE, alive, leader_of
from worldgen.rules.foundations import past_period
from worldgen.rules.phase1c import living_languages
from worldgen.rules.rng import Stream
from worldgen.rules.tables import row_count
from worldgen.rules.world import World

INVERSE = {
    "parent": "child", "child": "parent", "employer": "employee", "employee": "employer", "mentor": "student", "student": "mentor",
    "creditor": "debtor", "debtor": "creditor", "sibling": "sibling", "spouse": "spouse", "lover": "lover", "friend": "friend",
    "ally": "ally", "rival": "rival", "enemy": "enemy",
}  # fmt: skip
"""What one is to another, seen from the other side; the rest has no inverse."""
_KIND_WORDS = {"worships": "follower", "fears": "frightened witness", "betrayed": "betrayer", "owes_life": "debtor for a life"}  # fmt: skip
_WARMTH = {"rival": -0.4, "enemy": -0.9, "fears": -0.5, "betrayed": -0.6, "creditor": 0.1, "debtor": -0.1, "employer": 0.3, "employee": 0.3}  # fmt: skip
_TIES = ("ally", "rival", "employer", "friend", "enemy", "mentor", "creditor", "fears", "owes_life", "betrayed", "worships")  # fmt: skip
_FACTION_WARMTH = {"ally": 0.7, "rival": -0.4, "enemy": -0.9, "vassal": 0.2, "overlord": 0.3, "trade_partner": 0.4, "secret_ally": 0.6, "infiltrated": -0.5, "neutral": 0.0}  # fmt: skip
_FACTION_TIES = ("trade_partner", "enemy", "ally", "secret_ally", "neutral", "infiltrated")
FACTION_INVERSE = {"vassal": "overlord", "overlord": "vassal", "ally": "ally", "rival": "rival", "enemy": "enemy", "trade_partner": "trade_partner", "secret_ally": "secret_ally", "neutral": "neutral"}  # fmt: skip
GOD_INVERSE = {"parent": "child", "child": "parent", "sibling": "sibling", "spouse": "spouse", "ally": "ally", "rival": "rival", "enemy": "enemy", "servant": "master", "master": "servant"}  # fmt: skip


class Rows:
    """Rows of one relation table, each identity once."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = keys
        self.found: dict[tuple[object, ...], Row] = {}

    def add(self, row: Row) -> bool:
        """Add a row unless its identity is taken or it has an open end; tell whether it was added."""
        key = tuple(row[k] for k in self._keys)
        if key in self.found or None in key:
            return False
        self.found[key] = row
        return True

    def __len__(self) -> int:
        return len(self.found)

    def all(self) -> list[Row]:
        """Return the rows in the order in which they were added."""
        return list(self.found.values())


def said(w: World, table: str, turn: int, pool: str, limit: int = 240, **slots: object) -> str:
    """Return the sentence that tells a relation; the turn deals the templates."""
    voice = w.voice(f"{table}:{pool}", f"x{turn + 1}")
    return voice.say(limit, pool, **slots)


def pairs(codes: list[str], dice: Stream) -> Iterable[tuple[str, str]]:
    """Return pairs of different codes: neighbors first, then wider apart."""
    order = dice.shuffled(codes)
    for step in range(1, len(order)):
        for at, one in enumerate(order):
            yield one, order[(at + step) % len(order)]


class _Ties(Rows):
    """Relations of people: each pair is tied once, with both directions where there are two."""

    def __init__(self, w: World) -> None:
        super().__init__(("from_entity", "to_entity", "relationship_type"))
        self._w = w
        self._pairs: set[frozenset[str]] = set()

    def tie(self, one: str | None, two: str | None, kind: str) -> None:
        """Tie two people unless they are tied."""
        if not one or not two or one == two or frozenset((one, two)) in self._pairs:
            return
        self._pairs.add(frozenset((one, two)))
        for start, end, what in ((one, two, kind), (two, one, INVERSE.get(kind, ""))):
            if what:
                self.add(_bond(self._w, len(self), start, end, what))


def entity_relationships(w: World) -> list[Row]:
    """Return who is what to whom, both directions of each tie that has two."""
    table = "entity_relationships"
    rows = _Ties(w)
    entities = w.shape("entities")
    people = [c for c, s in entities.items() if s["entity_type"] != "creature"]
    for code, shape in entities.items():
        rows.tie(shape["parent_entity"], code, "employer")
    for one, two in pairwise(people):
        if entities[one]["pc"] and entities[one]["pc"] == entities[two]["pc"]:
            rows.tie(one, two, _shared(entities[one], entities[two]))
    dice = w.stream(table, "", "ties")
    for turn, (one, two) in enumerate(pairs(people, dice)):
        if len(rows) >= row_count(table, w.brief) and _all_known(entities, rows):
            break
        rows.tie(one, two, _TIES[turn % len(_TIES)])
    for code, shape in entities.items():
        if shape["entity_type"] == "creature" and people:
            rows.tie(people[len(rows) % len(people)], code, "fears")
    return rows.all()


def _shared(one: Row, two: Row) -> str:
    """Return what two people are to each other who are tied to the same character."""
    bonds = {one["pc_connection"], two["pc_connection"]}
    if bonds == {"family"} and one["race"] == two["race"]:
        return "sibling"
    return "rival" if bonds & {"enemy", "rival"} else "friend"


def _all_known(entities: dict[str, Row], rows: Rows) -> bool:
    """Tell whether every major person is tied to two others, or to all where there are fewer."""
    known: dict[str, set[str]] = {code: set() for code in entities}
    for row in rows.all():
        known[row["from_entity"]].add(row["to_entity"])
        known[row["to_entity"]].add(row["from_entity"])
    wanted = min(2, len(entities) - 1)
    return all(len(known[c]) >= wanted for c, s in entities.items() if s["importance"] == "major")


def _bond(w: World, turn: int, one: str, two: str, kind: str) -> Row:
    dice = w.stream("entity_relationships", one, f"{two}:{kind}")
    warmth = _WARMTH.get(kind, 0.6)
    gone = "dead" in (w.of("entities", one)["status"], w.of("entities", two)["status"])
    strength = max(-1.0, min(1.0, warmth + (dice.unit() - 0.5) * 0.3))
    return {
        "from_entity": one,
        "to_entity": two,
        "relationship_type": kind,
        "strength": round(strength, 2),
        "trust": round(max(0.0, min(1.0, 0.5 + strength / 2)), 2),
        "familiarity": round(0.3 + 0.6 * dice.unit(), 2),
        "is_secret": kind in ("betrayed", "lover"),
        "since_period": past_period(w, turn) if turn % 5 == 0 else None,
        "description": said(w, "entity_relationships", turn, "rel_gone" if gone else f"rel_{kind}", kind=_KIND_WORDS.get(kind, kind), one=w.the("entities", one), two=w.the("entities", two)),
    }  # fmt: skip


def entity_factions(w: World) -> list[Row]:
    """Return memberships: everyone with a loyalty, one leader for each faction, someone everywhere."""
    table = "entity_factions"
    rows = Rows(("entity", "faction"))
    people, factions = alive(w), w.codes("factions")
    for code, shape in w.shape("entities").items():
        faction = shape["primary_faction"]
        if faction:
            leads = leader_of(w, faction) == code
            rows.add(_member(w, len(rows), code, faction, "leader" if leads else "active"))
    for turn, faction in enumerate(factions):
        if not any(r["faction"] == faction for r in rows.all()) and people:
            rows.add(_member(w, len(rows), people[turn % len(people)], faction, "active"))
    old = [c for c, s in w.shape("entities").items() if s["status"] in GONE and s["entity_type"] != "creature"]  # fmt: skip
    for turn, code in enumerate(old):
        rows.add(_member(w, len(rows), code, factions[turn % len(factions)] if factions else None, "former"))  # fmt: skip
    for turn, code in enumerate(people * 2):
        if len(rows) >= row_count(table, w.brief) or not factions:
            break
        status = ("secret", "former", "active")[turn % 3]
        rows.add(_member(w, len(rows), code, factions[(turn * 3 + 2) % len(factions)], status))
    return rows.all()


def _member(w: World, turn: int, code: str, faction: str | None, status: str) -> Row:
    ranks = (w.brief.rows.get("factions", {}).get(faction or "") or {}).get("ranks") or _ranks(w, faction)  # fmt: skip
    at = len(ranks) - 1 if status == "leader" else turn % max(1, len(ranks) - 1)
    dice = w.stream("entity_factions", code, faction or "")
    return {
        "entity": code,
        "faction": faction,
        "role": ranks[at]["title"],
        "rank_order": ranks[at]["order"],
        "status": status,
        "loyalty": round({"leader": 0.8, "active": 0.5, "secret": 0.5}.get(status, 0.1) + 0.2 * dice.unit(), 2),
        "description": said(w, "entity_factions", turn, f"member_{status}", one=w.the("entities", code), two=w.the("factions", faction)),
    }  # fmt: skip


def _ranks(w: World, faction: str | None) -> list[Row]:
    """Return the ranks that the faction's row has, or would have."""
    if faction not in w.kept.setdefault("ranks", {}):
        v = w.voice("factions", faction or "")
        titles = [v.raw("rank_low"), v.raw("rank_mid"), v.raw("rank_high")]
        w.kept["ranks"][faction] = [{"order": i + 1, "title": t} for i, t in enumerate(titles)]
    ranks: list[Row] = w.kept["ranks"][faction]
    return ranks


def entity_deities(w: World) -> list[Row]:
    """Return who believes in whom."""
    rows = Rows(("entity", "deity"))
    gods, priests = w.codes("deities"), {s["high_priest"]: s["deity"] for s in w.shape("temples").values()}  # fmt: skip
    people = [c for c, s in w.shape("entities").items() if s["entity_type"] != "creature"]

    def add(code: str, god: str | None, devotion: str) -> None:
        text = said(w, "entity_deities", len(rows), f"faith_{devotion}", one=w.the("entities", code), two=w.the("deities", god))  # fmt: skip
        rows.add({"entity": code, "deity": god, "devotion": devotion, "description": text})

    for code, god in priests.items():
        if code:
            add(code, god, "clergy")
    believing = [c for c in people if w.of("entities", c)["deity"] and c not in priests]
    for turn, code in enumerate(believing):
        add(code, w.of("entities", code)["deity"], "nominal" if turn % 3 == 2 else "devout")
    kinds = ("nominal", "apostate", "devout", "chosen", "heretic", "cursed")
    for turn, code in enumerate(people * 3):
        if len(rows) >= row_count("entity_deities", w.brief) or not gods:
            break
        add(code, gods[(turn * 7 + 3) % len(gods)], kinds[turn % len(kinds)])
    return rows.all()


def entity_languages(w: World) -> list[Row]:
    """Return who speaks what: the tongue of the culture, the common one, then further ones."""
    rows = Rows(("entity", "language"))
    tongues = living_languages(w)
    people = [c for c, s in w.shape("entities").items() if s["entity_type"] != "creature"]
    for code in people:
        own = w.of("cultures", w.of("entities", code)["culture"]).get("primary_language") or next(iter(tongues), None)  # fmt: skip
        rows.add({"entity": code, "language": own, "fluency": "native"})
    for code in people:
        rows.add({"entity": code, "language": next(iter(tongues), None), "fluency": "fluent"})
    spare = w.codes("languages")
    for turn, code in enumerate(people * 3):
        if len(rows) >= row_count("entity_languages", w.brief) or not spare:
            break
        dead = w.of("languages", spare[turn % len(spare)])["language_type"] == "dead"
        rows.add({"entity": code, "language": spare[turn % len(spare)], "fluency": "literate_only" if dead else "conversational"})  # fmt: skip
    return rows.all()


def faction_relationships(w: World) -> list[Row]:
    """Return politics: parent and rival as the rows say, then further ties, both ways where there are two."""
    rows = Rows(("from_faction", "to_faction"))
    factions = w.shape("factions")

    def tie(one: str | None, two: str | None, kind: str) -> None:
        if not one or not two or one == two or (one, two) in rows.found or (two, one) in rows.found:
            return
        for start, end, what in ((one, two, kind), (two, one, FACTION_INVERSE.get(kind, ""))):
            if what:
                rows.add(_politics(w, len(rows), start, end, what))

    for code, shape in factions.items():
        tie(code, shape["parent_faction"], "vassal")
        tie(code, shape["_rival"], "rival")
    dice = w.stream("faction_relationships", "", "ties")
    for turn, (one, two) in enumerate(pairs(list(factions), dice)):
        if len(rows) >= row_count("faction_relationships", w.brief):
            break
        tie(one, two, _FACTION_TIES[turn % len(_FACTION_TIES)])
    return rows.all()


def _politics(w: World, turn: int, one: str, two: str, kind: str) -> Row:
    table, names = "faction_relationships", (w.the("factions", one), w.the("factions", two))
    feasts = w.theme.pool("feast")
    feast = feasts[turn % len(feasts)].split(";")[0]
    sworn = kind in ("ally", "vassal", "overlord", "trade_partner")
    return {
        "from_faction": one,
        "to_faction": two,
        "relationship_type": kind,
        "strength": _FACTION_WARMTH[kind],
        "is_secret": kind in ("secret_ally", "infiltrated"),
        "treaty": said(w, table, turn, "treaty", 160, feast=feast) if sworn else "",
        "description": said(w, table, turn, f"power_{kind}", one=names[0], two=names[1]),
    }


def deity_relationships(w: World) -> list[Row]:
    """Return the family of the gods: elders beget younger ones only, so no god is its own ancestor."""
    rows = Rows(("from_deity", "to_deity", "relationship_type"))
    gods = w.shape("deities")
    codes = list(gods)
    kinds = ("parent", "rival", "ally", "sibling", "enemy", "master", "spouse")
    tied: set[frozenset[str]] = set()
    steps = [
        (a, b) for gap in range(1, len(codes)) for a, b in zip(codes, codes[gap:], strict=False)
    ]
    for turn, (elder, younger) in enumerate(steps):
        if len(rows) >= row_count("deity_relationships", w.brief):
            break
        if frozenset((elder, younger)) in tied:
            continue
        tied.add(frozenset((elder, younger)))
        kind = kinds[turn % len(kinds)]
        if gods[younger]["rank"] == "dead" and turn % 2 == 0:
            rows.add(_gods(w, len(rows), younger, elder, "slain_by"))
            continue
        rows.add(_gods(w, len(rows), elder, younger, kind))
        rows.add(_gods(w, len(rows), younger, elder, GOD_INVERSE[kind]))
    return rows.all()


def _gods(w: World, turn: int, one: str, two: str, kind: str) -> Row:
    text = said(w, "deity_relationships", turn, f"gods_{kind}", one=w.the("deities", one), two=w.the("deities", two))  # fmt: skip
    return {"from_deity": one, "to_deity": two, "relationship_type": kind, "description": text}
