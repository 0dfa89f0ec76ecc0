"""Which relations hold from both ends, and what the other end of the others is called."""

from __future__ import annotations

SYMMETRIC: dict[str, frozenset[str]] = {
    "entity_relationships": frozenset({"sibling", "spouse", "friend", "ally", "rival", "enemy"}),
    "faction_relationships": frozenset(
        {"ally", "rival", "enemy", "trade_partner", "secret_ally", "neutral"}
    ),
    "deity_relationships": frozenset({"sibling", "spouse", "ally", "rival", "enemy"}),
}


def _both_ways(**pairs: str) -> dict[str, str]:
    return {**pairs, **{other: one for one, other in pairs.items()}}


INVERSE: dict[str, dict[str, str]] = {
    "entity_relationships": _both_ways(
        parent="child", employer="employee", mentor="student", creditor="debtor"
    ),
    "faction_relationships": _both_ways(vassal="overlord"),
    "deity_relationships": _both_ways(parent="child", servant="master"),
}
