"""The same request twice is one job: decided by a unique index, in the job's own transaction."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from rest_framework.serializers import ValidationError

from storyforge.accounts.models import User
from storyforge.core.prepared import Prepared
from storyforge.jobs.errors import IdempotencyMismatch
from storyforge.jobs.models import Job
from storyforge.jobs.models.keys import KEY_LENGTH, IdempotencyKey

HEADER = "Idempotency-Key"
API_VERSION = "v1"
KEPT = timedelta(hours=48)
BATCH = 1_000  # rows one purge deletes, so that it holds no lock for long
# A key that another transaction is taking makes TAKE wait for its end.
TAKE = Prepared(
    "take_key",
    """
INSERT INTO jobs_idempotencykey (actor_id, key, fingerprint, body, created_at)
VALUES (%(actor)s, %(key)s, %(fingerprint)s, '', statement_timestamp())
ON CONFLICT (actor_id, key) DO NOTHING
""",
)
ANSWERED = Prepared(
    "answered",
    "SELECT fingerprint, body FROM jobs_idempotencykey WHERE actor_id = %(actor)s AND key = %(key)s",
)
ANSWER = Prepared(
    "answer_key",
    """
UPDATE jobs_idempotencykey SET job_id = %(job)s, body = %(body)s
WHERE actor_id = %(actor)s AND key = %(key)s
""",
)
_PRINTABLE = re.compile(rf"[ -~]{{1,{KEY_LENGTH}}}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A key that an actor sends along, and the fingerprint of what they ask for."""

    actor: User
    key: str
    fingerprint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """The body of a 202; `replayed` where it was answered before."""

    job_id: UUID
    body: bytes
    replayed: bool = False


def read_key(header: str | None) -> str:
    """The key of a request, empty for none; the quotes of RFC 8941 do not count.

    Raises a validation error for one that is not 1 to 255 printable ASCII characters.
    """
    if header is None:
        return ""
    key = header.strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not _PRINTABLE.fullmatch(key):
        problem = f"1 to {KEY_LENGTH} printable ASCII characters."
        raise ValidationError({HEADER: [problem]})
    return key


def fingerprint(*, method: str, path: str, body: Mapping[str, Any]) -> str:
    """SHA-256 over method, path without its slash at the end, validated body and API version."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str)
    parts = (method, path.rstrip("/"), canonical, API_VERSION)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def once(
    claim: Claim | None, *, start: Callable[[], Job], show: Callable[[Job], bytes]
) -> Accepted:
    """Start a job and show it, or give the answer that the claim's key got before.

    One transaction. The key comes first, so that a second request with it waits for the first one's
    commit and then finds its answer. Without one, `start` has a transaction of its own. Raises
    `IdempotencyMismatch` and whatever `start` raises.
    """
    if claim is None:
        job = start()
        return Accepted(job_id=job.pk, body=show(job))
    key = {"actor": claim.actor.pk, "key": claim.key}
    with transaction.atomic():
        if not TAKE.run(**key, fingerprint=claim.fingerprint):
            return _replayed(claim, *ANSWERED.one(**key))
        job = start()
        body = show(job)
        ANSWER.run(**key, job=job.pk, body=body.decode())
        return Accepted(job_id=job.pk, body=body)


def _replayed(claim: Claim, fingerprint: str, body: str) -> Accepted:
    """The earlier answer to the same request; raises `IdempotencyMismatch` where it was another one."""
    if fingerprint != claim.fingerprint:
        raise IdempotencyMismatch
    return Accepted(job_id=UUID(json.loads(body)["id"]), body=body.encode(), replayed=True)


def purge() -> int:
    """Delete the oldest keys past their 48 hours, at most a batch; how many."""
    old = IdempotencyKey.objects.filter(created_at__lt=Now() - KEPT).order_by("created_at")
    deleted, _ = IdempotencyKey.objects.filter(pk__in=old.values("pk")[:BATCH]).delete()
    return deleted
