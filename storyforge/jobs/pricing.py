"""What jobs may cost at the worst, as their kinds say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from storyforge.accounts.models import ProviderKey
from storyforge.jobs import registry
from storyforge.jobs.models import Job


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """A job that is about to be written; `input` has been validated."""

    kind: str
    writer: str
    target_id: UUID | None
    input: dict[str, Any]


def worst_micros(account_id: int | None, wishes: Sequence[Wish]) -> list[int]:
    """The most each may cost, in micro-dollars: one query for each kind that a model writes.

    Nothing for rules, for kinds that do not say, and with the account's own key. Raises `UnknownPrice`.
    """
    by_model = any(wish.writer == Job.Writer.MODEL for wish in wishes)
    if not by_model or ProviderKey.pays_for(account_id):
        return [0] * len(wishes)
    targets = {
        kind: _targets(kind, [w for w in wishes if w.kind == kind])
        for kind in dict.fromkeys(wish.kind for wish in wishes)
    }
    return [_most(wish, targets[wish.kind].get(wish.target_id)) for wish in wishes]


def _targets(kind: str, wishes: Iterable[Wish]) -> dict[UUID | None, Any]:
    ids = {wish.target_id for wish in wishes if wish.target_id}
    handler: Any = registry.get(kind)
    if not ids or not hasattr(handler, "most_micros"):
        return {}
    return dict(handler.target.objects.in_bulk(ids))


def _most(wish: Wish, target: Any) -> int:
    if target is None:
        return 0
    handler: Any = registry.get(wish.kind)
    request = handler.request.model_validate(wish.input)
    most: int = handler.most_micros(target, request, writer=wish.writer)
    return most
