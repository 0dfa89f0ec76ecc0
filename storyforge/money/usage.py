"""What an account has used, for its page and the header."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from storyforge.accounts.belongings import stays_nameless
from storyforge.accounts.models import User
from storyforge.money.dollars import MICROS
from storyforge.money.models import Account, LedgerEntry, Quota

CURRENCY = "USD"


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A month or a day: micro-dollars and jobs, each with its limit, None where there is none."""

    limit_micros: int | None
    spent_micros: int
    reserved_micros: int
    jobs: int
    jobs_limit: int | None
    resets_at: datetime | None

    @property
    def spent(self) -> float:
        """US dollars."""
        return self.spent_micros / MICROS

    @property
    def reserved(self) -> float:
        """US dollars."""
        return self.reserved_micros / MICROS

    @property
    def limit(self) -> float | None:
        """US dollars."""
        return None if self.limit_micros is None else self.limit_micros / MICROS


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """An account's plan, month and day."""

    account: Account
    month: Period
    day: Period
    budgets: list[Quota]


@stays_nameless
def entries_of(user: User) -> QuerySet[LedgerEntry]:
    """Everything booked on this person's account."""
    return LedgerEntry.objects.filter(payer=user.audit_id)


def usage_of(user_id: int) -> Usage:
    """The figures of now, in two queries."""
    account = Account.of(user_id)
    now = Q(starts_on=None) | Q(starts_on__in=(account.today, account.today.replace(day=1)))
    rows = list(account.quotas.filter(now))
    month = Quota(
        scope=Quota.Scope.MONTH,
        starts_on=account.today.replace(day=1),
        limit_micros=account.plan.monthly_micros,
    )
    day = Quota(scope=Quota.Scope.DAY, starts_on=account.today, jobs_limit=account.plan.daily_jobs)
    return Usage(
        account=account,
        month=_period(_find(rows, month)),
        day=_period(_find(rows, day)),
        budgets=[row for row in rows if row.scope == Quota.Scope.PROJECT],
    )


def _find(rows: list[Quota], empty: Quota) -> Quota:
    """The stored row of that period, or the empty one while nothing was used."""
    same = (r for r in rows if (r.scope, r.starts_on) == (empty.scope, empty.starts_on))
    return next(same, empty)


def _period(row: Quota) -> Period:
    return Period(
        limit_micros=row.limit_micros,
        spent_micros=row.spent_micros,
        reserved_micros=row.reserved_micros,
        jobs=row.jobs,
        jobs_limit=row.jobs_limit,
        resets_at=row.resets_at,
    )
