"""The party and the facts of its backstories: codes, and what becomes of a world without one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from storyforge.core.errors import NotFound
from worldgen.directory import FACTS
from worldgen.edits.editing import Editor, forget, locked
from worldgen.edits.usage import Named, users_of
from worldgen.keeping.stale import after_edit
from worldgen.models import Campaign, PCFact, PlayerCharacter
from worldgen.rows import PARTY, fingerprint


@transaction.atomic
def add_character(campaign: Campaign, values: Mapping[str, Any]) -> PlayerCharacter:
    """A player character with the next code."""
    locked(campaign)
    codes = PlayerCharacter.objects.filter(campaign=campaign).values_list("code", flat=True)
    row = PlayerCharacter(campaign=campaign, project_id=campaign.project_id, **values)
    row.code = f"{PlayerCharacter.code_prefix}{_next(codes, PlayerCharacter.code_prefix)}"
    row.save(force_insert=True)
    return row


@transaction.atomic
def add_fact(pc: PlayerCharacter, values: Mapping[str, Any]) -> PCFact:
    """A fact that a person adds; it is confirmed by that."""
    locked(pc.campaign)
    row = PCFact(campaign_id=pc.campaign_id, project_id=pc.project_id, pc=pc, **values)
    row.code, row.origin, row.is_confirmed = next_fact_code(pc), "user", True
    row.save(force_insert=True)
    return row


@transaction.atomic
def edit_fact(fact: PCFact, values: Mapping[str, Any]) -> None:
    """Change a fact: whoever puts it in their own words confirms it, and what was made from it is stale.

    Raises `NotFound` where it is gone.
    """
    locked(fact.campaign)
    before = PCFact.objects.filter(pk=fact.pk).first()
    if before is None:
        raise NotFound
    changes = dict(values)
    is_new = {
        name
        for name in ("text", "kind")
        if changes.get(name, getattr(before, name)) != getattr(before, name)
    }
    if {"text", "kind"} & changes.keys():
        changes["is_confirmed"] = True
    if is_new:
        changes["origin"] = "user"
    if "text" in is_new:  # it does not stand in the backstory any more
        changes = {"span_start": None, "span_end": None, **changes}
    PCFact.objects.filter(pk=fact.pk).update(**changes, updated_at=Now())
    if "text" in is_new:
        after_edit(fact.campaign, {fact.code: fingerprint(changes["text"])})


def next_fact_code(pc: PlayerCharacter) -> str:
    """The code after the highest one of this character's facts."""
    codes = PCFact.objects.filter(pc=pc).values_list("code", flat=True)
    return f"{pc.code}f{_next(codes, f'{pc.code}f')}"


def _next(codes: Any, prefix: str) -> int:
    numbers = [code.removeprefix(prefix) for code in codes]
    return max((int(number) for number in numbers if number.isdecimal()), default=0) + 1


@transaction.atomic
def delete_character(pc: PlayerCharacter, *, editor: Editor) -> None:
    """Delete a player character with its facts; rows that were tied to it are tied to nobody.

    Raises `RowInUse` where a row cannot be without it.
    """
    locked(pc.campaign)
    named = Named(table=PARTY, id=pc.pk, code=pc.code, name=pc.name)
    forget(pc.campaign, list(users_of(pc.campaign, named)), editor=editor)
    for fact in PCFact.objects.filter(pc=pc):
        _forget_fact(fact, editor)
    pc.delete()


@transaction.atomic
def delete_fact(fact: PCFact, *, editor: Editor) -> None:
    """Delete a fact. Raises `RowInUse` where it is the only one that ties somebody to the party."""
    locked(fact.campaign)
    _forget_fact(fact, editor)
    fact.delete()


def _forget_fact(fact: PCFact, editor: Editor) -> None:
    named = Named(table=FACTS, id=fact.pk, code=fact.code, name=fact.text)
    forget(fact.campaign, list(users_of(fact.campaign, named)), editor=editor)
