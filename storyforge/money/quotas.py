"""Setting money aside, spending it and giving it back, on the same rows and in one order.

A job locks its own row first and its quotas after it, by id. Every change is one UPDATE whose
condition PostgreSQL checks again after waiting for the lock, so parallel requests never overdraw; a
check constraint stands behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from storyforge.accounts.models import User
from storyforge.core.prepared import Prepared
from storyforge.money.errors import BudgetTooSmall, LimitExceeded
from storyforge.money.models import Account, LedgerEntry, Quota

# Part of a statement in which a row of `paying` says that the call is to be booked. The locks are taken
# in the order of ids: two jobs on the same rows never wait for each other.
BOOKED = """
held AS (
    SELECT id FROM money_quota WHERE id = ANY(%(quotas)s) AND EXISTS (SELECT FROM paying)
    ORDER BY id FOR UPDATE
), counted AS (
    UPDATE money_quota SET spent_micros = spent_micros + %(charged_micros)s::bigint,
                           reserved_micros = reserved_micros - %(charged_micros)s
    FROM held WHERE money_quota.id = held.id
), booked AS (
    INSERT INTO money_ledgerentry (
        at, payer, project_id, job_id, step, fence, outcome, model, price_version,
        input_tokens, output_tokens, charged_micros, house_micros, quotas
    ) SELECT
        statement_timestamp(), (SELECT audit_id FROM accounts_user WHERE id = %(account_id)s),
        %(project_id)s, %(job_id)s, %(step)s, %(fence)s,
        %(outcome)s, %(model)s, %(price_version)s,
        %(input_tokens)s, %(output_tokens)s, %(charged_micros)s, %(house_micros)s, %(quotas)s
    FROM paying
)
"""
SETTLE = Prepared("settle", f"WITH paying AS (SELECT 1), {BOOKED} SELECT")
# `wanted` is the number of rows of this month and day that must be there; where one is missing, or one of all
# has no room, nothing is taken. The rows are locked by id, and what is compared is what they hold then. That is
# also what is written: from the rows as they were when the statement began PostgreSQL would first build new
# ones, and refuse those by their constraint where money was given back while it waited for the lock.
RESERVE = Prepared(
    "reserve",
    """
WITH payer AS (
    SELECT user_id, (statement_timestamp() AT TIME ZONE 'UTC')::date AS today,
        CASE WHEN %(need)s::bigint > 0 THEN 2 WHEN daily_jobs IS NOT NULL AND %(jobs)s::int > 0 THEN 1 ELSE 0 END AS wanted
    FROM money_account JOIN money_plan ON code = plan_id WHERE user_id = %(user)s
), held AS (
    SELECT id, scope, limit_micros, spent_micros, reserved_micros, jobs_limit, jobs,
        (limit_micros IS NULL OR spent_micros + reserved_micros + %(need)s <= limit_micros)
        AND (jobs_limit IS NULL OR jobs + %(jobs)s <= jobs_limit) AS fits
    FROM money_quota JOIN payer ON account_id = user_id
    WHERE wanted > 0 AND scope = 'day' AND starts_on = today
       OR wanted > 1 AND scope = 'month' AND starts_on = date_trunc('month', today)::date
       OR wanted > 1 AND scope = 'project' AND project_id = %(project)s
    ORDER BY id FOR UPDATE OF money_quota
), found AS (
    SELECT coalesce(array_agg(id ORDER BY id), '{}') AS ids, coalesce(bool_and(fits), true) AS fits,
        count(*) FILTER (WHERE scope <> 'project') AS open FROM held
), taken AS (
    UPDATE money_quota SET
        limit_micros = held.limit_micros, spent_micros = held.spent_micros,
        reserved_micros = held.reserved_micros + %(need)s,
        jobs_limit = held.jobs_limit, jobs = held.jobs + %(jobs)s
    FROM held, found, payer
    WHERE money_quota.id = held.id AND found.fits AND found.open = payer.wanted
)
SELECT ids, fits FROM found, payer WHERE open = wanted
""",
)
RELEASE = """
UPDATE money_quota SET reserved_micros = reserved_micros - OLD.reserved_micros
FROM (SELECT id FROM money_quota WHERE id = ANY(OLD.quotas) ORDER BY id FOR UPDATE) held
WHERE money_quota.id = held.id;
"""  # for the trigger on the job's row, which gives back what is left when a job ends or is deleted


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """One provider call for the ledger. `charged_micros` has been set aside on all of `quotas`."""

    account_id: int | None
    project_id: UUID | None
    job_id: UUID
    step: str
    fence: int
    outcome: str
    model: str
    price_version: str
    input_tokens: int
    output_tokens: int
    charged_micros: int
    house_micros: int
    quotas: Sequence[int]

    @property
    def values(self) -> dict[str, Any]:
        """What `BOOKED` asks for."""
        return {
            **{name: getattr(self, name) for name in self.__slots__},
            "quotas": list(self.quotas),
        }


def reserve(
    user_id: int, need: int, *, project_id: UUID | None, actor_id: int | None, jobs: int = 1
) -> list[int]:
    """Set `need` micros aside for a new job of this account; the ids of the quotas to settle on.

    Counts the job where the plan limits jobs a day. Call it in the transaction that writes the job, as
    late as possible: the rows stay locked until it ends. Raises `LimitExceeded`, whose figures only
    the account's own user is told.
    """
    values = {"user": user_id, "need": need, "jobs": jobs, "project": project_id}
    while (found := _taken(values)) is None:  # the account's first job, or its first of a day
        _locked(Account.of(user_id), need, project_id)
    ids, fits = found
    if not fits:
        # Every row is locked, so what they say is what refused.
        rows = Quota.objects.filter(pk__in=ids).order_by("pk")
        tight = next(row for row in rows if not row.fits(need, jobs=jobs))
        raise _refusal(tight, need, told=actor_id == user_id)
    return ids if need else []


def _taken(values: dict[str, Any]) -> tuple[list[int], bool] | None:
    """The quotas, and whether it fitted and was taken; None where the account or one of them is missing."""
    return cast("tuple[list[int], bool] | None", RESERVE.one(**values))


def top_up(
    user_id: int, need: int, *, project_id: UUID | None, quotas: Sequence[int]
) -> list[int] | None:
    """Set more aside on a job's quotas, or on those of today where it has none; None: refused."""
    with transaction.atomic():
        if not quotas:
            quotas = [row.pk for row in _locked(Account.of(user_id), need, project_id)]
        rows = Quota.objects.select_for_update().filter(pk__in=quotas).order_by("pk")
        if not all(row.fits(need, jobs=0) for row in rows):
            return None
        return list(quotas) if _take(list(quotas), need, 0) else None


def settle(charge: Charge) -> None:
    """Move what a call cost from reserved to spent, with its ledger entry, in one statement.

    Raises IntegrityError where the same call (job, step, fence) was booked before.
    """
    SETTLE.one(**charge.values)


def book_on_house(charges: Sequence[Charge]) -> None:
    """Book calls that the account does not pay for."""
    ids = [charge.account_id for charge in charges if charge.account_id is not None]
    payers = dict(User.objects.filter(pk__in=ids).values_list("pk", "audit_id"))
    LedgerEntry.objects.bulk_create(
        [_entry(charge.values, payers) for charge in charges],
        ignore_conflicts=True,
    )


def _entry(values: dict[str, Any], payers: dict[int, UUID]) -> LedgerEntry:
    """The ledger knows people by their audit id alone."""
    return LedgerEntry(payer=payers.get(values.pop("account_id")), **values)


def budget_of(project_id: UUID | str) -> Quota:
    """A project's budget; one without a limit and unsaved where none was ever set."""
    row = Quota.objects.filter(scope=Quota.Scope.PROJECT, project_id=project_id).first()
    return row or Quota(scope=Quota.Scope.PROJECT)


def set_budget(owner_id: int, project_id: UUID, limit_micros: int | None) -> Quota:
    """Let a project spend so much in all, counted from its first budget; None takes the limit away.

    Raises `BudgetTooSmall` for less than is spent and set aside already.
    """
    account = Account.of(owner_id)
    row, _ = Quota.objects.get_or_create(
        account=account, scope=Quota.Scope.PROJECT, project_id=project_id
    )
    rows = Quota.objects.filter(pk=row.pk)
    if limit_micros is not None:
        rows = rows.filter(reserved_micros__lte=limit_micros - F("spent_micros"))
    fits = rows.update(limit_micros=limit_micros)
    row.refresh_from_db()
    if not fits:
        raise BudgetTooSmall(spent=row.spent_micros, reserved=row.reserved_micros)
    return row


def _locked(account: Account, need: int, project_id: UUID | None) -> list[Quota]:
    """The rows a new job counts in, locked by id; this month's and day's are made where missing."""
    month = {"scope": Quota.Scope.MONTH, "starts_on": account.today.replace(day=1)}
    day = {"scope": Quota.Scope.DAY, "starts_on": account.today}
    which = Q(**day)
    if need:
        which |= Q(**month)
    if need and project_id is not None:
        which |= Q(scope=Quota.Scope.PROJECT, project_id=project_id)
    wanted = Quota.objects.select_for_update().filter(which, account=account).order_by("pk")
    rows = list(wanted)
    if sum(row.scope != Quota.Scope.PROJECT for row in rows) == (2 if need else 1):
        return rows
    plan = account.plan
    Quota.objects.bulk_create(
        [
            Quota(account=account, limit_micros=plan.monthly_micros, **month),
            Quota(account=account, jobs_limit=plan.daily_jobs, **day),
        ],
        ignore_conflicts=True,
    )
    return list(wanted.all())


def _take(ids: list[int], need: int, jobs: int) -> bool:
    """Count it on all rows, or report that one has no room; the caller then rolls back or stops."""
    room = Q(limit_micros=None) | Q(
        limit_micros__gte=F("spent_micros") + F("reserved_micros") + need
    )
    seats = Q(jobs_limit=None) | Q(jobs_limit__gte=F("jobs") + jobs)
    taken = Quota.objects.filter(room, seats, pk__in=ids).update(
        reserved_micros=F("reserved_micros") + need, jobs=F("jobs") + jobs
    )
    return taken == len(ids)


def _refusal(row: Quota, need: int, *, told: bool) -> LimitExceeded:
    words = {
        Quota.Scope.MONTH: "Not enough is left of this month's money.",
        Quota.Scope.DAY: "All jobs of today's plan are used.",
        Quota.Scope.PROJECT: "Not enough is left of this project's budget.",
    }
    members: dict[str, Any] = {"quota": row.scope, "needed": need}
    members["resets_at"] = row.resets_at.isoformat() if row.resets_at else None
    if told:
        members |= {
            "limit": row.limit_micros,
            "spent": row.spent_micros,
            "reserved": row.reserved_micros,
        }
    return LimitExceeded(words[Quota.Scope(row.scope)], **members)
