"""The facts of a backstory after it was read anew: what people wrote or confirmed stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from worldgen.directory import FACTS
from worldgen.edits.party import next_fact_code
from worldgen.edits.usage import Named, users_of
from worldgen.models import PCFact, PlayerCharacter


def replace_facts(
    pc: PlayerCharacter, found: Sequence[dict[str, Any]], *, origin: str
) -> list[PCFact]:
    """Add the facts that are new and delete those that the backstory does not hold any more.

    A fact that somebody confirmed, wrote or uses in a row stays. Returns the new ones.
    """
    known = {fact.text: fact for fact in PCFact.objects.filter(pc=pc)}
    texts = {fact["text"] for fact in found}
    gone = [f for text, f in known.items() if text not in texts and _is_free(f)]
    PCFact.objects.filter(pk__in=[fact.pk for fact in gone]).delete()
    number = int(next_fact_code(pc).removeprefix(f"{pc.code}f"))
    fresh = {fact["text"]: fact for fact in found if fact["text"] not in known}
    rows = [
        PCFact(
            project_id=pc.project_id,
            campaign_id=pc.campaign_id,
            pc=pc,
            code=f"{pc.code}f{number + offset}",
            origin=origin,
            **{"span_start": None, "span_end": None, **_span(pc.backstory, fact["text"]), **fact},
        )
        for offset, fact in enumerate(fresh.values())
    ]
    PCFact.objects.bulk_create(rows)
    return rows


def _span(backstory: str, text: str) -> dict[str, int]:
    start = backstory.find(text)
    return {"span_start": start, "span_end": start + len(text)} if start >= 0 else {}


def _is_free(fact: PCFact) -> bool:
    """Whether a reading may take the fact away: it is nobody's, and no row names it."""
    if fact.is_confirmed or fact.origin == "user":
        return False
    named = Named(table=FACTS, id=fact.pk, code=fact.code)
    return not any(True for _ in users_of(fact.campaign, named))
