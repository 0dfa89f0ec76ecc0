"""Django's sessions in our own table (`SESSION_ENGINE`): by person, and under a hash of the cookie."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.db.models.functions import Now
from django.dispatch import Signal
from django.http import HttpRequest

from storyforge.core import clock

if TYPE_CHECKING:
    from storyforge.accounts.models import Session, User

# Of `SESSION_IDLE_DAYS` one hour is no matter, and each renewal is a write.
RENEWED_EACH_SECONDS = 3600


def stored_key(cookie: str) -> str:
    """What the table holds for a cookie: enough random bits that the hash needs no key."""
    return hashlib.sha256(cookie.encode()).hexdigest()[:40]


class SessionStore(DatabaseSessions):
    """Sessions end after `SESSION_IDLE_DAYS` unseen, and `SESSION_MAX_DAYS` after the sign-in."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        from storyforge.accounts.models import Session

        return Session

    def _get_session_from_db(self) -> Any:
        found = self.model.objects.filter(
            session_key=stored_key(self.session_key or ""), expire_date__gt=Now()
        ).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        return super().exists(stored_key(session_key))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            self.model.objects.filter(session_key=stored_key(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.session_key = stored_key(str(self.session_key))
        row.user_id = data.get(SESSION_KEY)
        row.agent = data.get("agent", "")
        now = clock.now()
        row.expire_date = now + timedelta(seconds=self.get_expiry_age())
        row.seen_at = _moment(data.get("seen"), now)
        row.started_at = _moment(data.get("started"), now)
        if row.user_id:
            latest = row.started_at + timedelta(days=settings.SESSION_MAX_DAYS)
            row.expire_date = min(row.expire_date, latest)
        return row


def _moment(seconds: float | None, now: datetime) -> datetime:
    return datetime.fromtimestamp(seconds, UTC) if seconds else now


def note_start(sender: Signal, request: HttpRequest, user: User, **_: object) -> None:
    """At a sign-in: when it began and in which browser. Django has given the session a new key."""
    now = clock.now().timestamp()
    agent = request.headers.get("User-Agent", "") if request.META else ""
    request.session.update({"started": now, "seen": now, "agent": agent.replace("\0", "")[:200]})
    user.sessions.filter(expire_date__lt=Now()).delete()


class RenewSession:
    """Pushes the end of a session that is used further away."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        session = request.session
        # By this server's own clock: one that is hours off writes sooner or later, and nothing else.
        if SESSION_KEY in session and time.time() - session.get("seen", 0) > RENEWED_EACH_SECONDS:
            session["seen"] = clock.now().timestamp()
        return self.get_response(request)
