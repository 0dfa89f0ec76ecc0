"""Where a person is signed in: browsers' sessions and REST clients' token families."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models.functions import Now

from storyforge.accounts.models import Session, TokenFamily, User
from storyforge.accounts.sessions import stored_key
from storyforge.core.errors import NotFound


def sign_ins(user: User, *, session_key: str = "", family: TokenFamily | None = None) -> list[Any]:
    """What is signed in as this person, newest first; the caller's own is marked."""
    here = stored_key(session_key) if session_key else ""
    sessions = [
        {
            "id": row.session_key,
            "kind": "session",
            "agent": row.agent,
            "started_at": row.started_at,
            "seen_at": row.seen_at,
            "expires_at": row.expire_date,
            "current": row.session_key == here,
        }
        for row in Session.objects.filter(user=user, expire_date__gt=Now())[:100]
    ]
    clients = [
        {
            "id": str(row.pk),
            "kind": "client",
            "agent": row.agent,
            "started_at": row.created_at,
            "seen_at": None,
            "expires_at": row.expires_at,
            "current": family is not None and row.pk == family.pk,
        }
        for row in TokenFamily.objects.filter(user=user, revoked_at=None, expires_at__gt=Now())[
            :100
        ]
    ]
    return sorted([*sessions, *clients], key=lambda each: each["started_at"], reverse=True)


def end_sign_in(user: User, key: str) -> None:
    """End one of one's own; raises `NotFound` for anybody else's."""
    ended, _ = Session.objects.filter(user=user, session_key=key).delete()
    if not ended:
        families = user.families.filter(pk__in=_uuids(key), revoked_at=None)
        ended = families.update(revoked_at=Now())
    if not ended:
        raise NotFound


def _uuids(key: str) -> list[UUID]:
    try:
        return [UUID(key)]
    except ValueError:
        return []


def end_all(user: User) -> None:
    """End every one of them, the caller's too."""
    Session.objects.filter(user=user).delete()
    user.families.filter(revoked_at=None).update(revoked_at=Now())
