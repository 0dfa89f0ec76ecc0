"""Who pays, how much they may spend, what is set aside, and every amount ever booked.

Amounts are whole micro-dollars (US dollars / 1,000,000), so that no sum drifts. Days and months are
those of the database's clock, in UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Now, TruncDate, TruncMonth

from storyforge.core.append_only import never_emptied

IN_FLIGHT = 20  # jobs of one account at the same time, so that the 16 calls of a world fit
KEPT_DAYS = 400  # thirteen months: a whole year can be compared with the one before


class Plan(models.Model):
    """What an account may spend and hold. An empty limit is none."""

    code = models.SlugField(primary_key=True, max_length=20)
    name = models.CharField(max_length=60)
    monthly_micros = models.BigIntegerField(
        null=True, blank=True, help_text="Money a month, in US dollars / 1,000,000."
    )
    daily_jobs = models.PositiveIntegerField(null=True, blank=True, help_text="Jobs a day.")
    in_flight = models.PositiveIntegerField(
        default=IN_FLIGHT, help_text="Jobs of one account at the same time."
    )
    storage_bytes = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["monthly_micros", "code"]

    def __str__(self) -> str:
        return self.name

    def apply(self) -> None:
        """Give the open months and days of its accounts the plan's limits as they are now.

        A limit below what is spent and set aside already becomes that: nothing more is accepted.
        """
        _apply(self, Q(account__plan=self))


class Account(models.Model):
    """One user as the one who pays: the plan, and the quotas of each month and day."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    stored_bytes = models.BigIntegerField(
        default=0, editable=False, help_text="Files in the projects one owns; see `storage`."
    )

    today: date  # by the database's clock, where it was read by `of`

    def __str__(self) -> str:
        return str(self.user)

    @classmethod
    def of(cls, user_id: int) -> Account:
        """The user's account with its plan, made on first use, in one query."""
        rows = cls.objects.select_related("plan").annotate(today=TruncDate(Now()))
        account = rows.filter(pk=user_id).first()
        if account is None:
            default = {"plan_id": settings.DEFAULT_PLAN}
            cls.objects.get_or_create(user_id=user_id, defaults=default)
            account = rows.get(pk=user_id)
        return account

    def put_on(self, plan: Plan) -> None:
        """Change the plan; its limits hold at once."""
        self.plan = plan
        self.save(update_fields=["plan"])
        _apply(plan, Q(account=self))


class Quota(models.Model):
    """A limit and what is used of it: an account's month or day, or a project's budget.

    `spent` and `reserved` are sums over the ledger and the unfinished jobs, kept here so that one
    conditional UPDATE can refuse. `jobs_fsck` compares them. A job names its rows, so that one begun
    in October is settled in October.
    """

    class Scope(models.TextChoices):
        MONTH = "month"
        DAY = "day"
        PROJECT = "project"

    account = models.ForeignKey(Account, models.CASCADE, related_name="quotas")
    scope = models.CharField(max_length=10, choices=Scope.choices)
    starts_on = models.DateField(null=True, help_text="First day; empty for a project's budget.")
    project_id = models.UUIDField(null=True, help_text="No foreign key: money lies below projects.")
    limit_micros = models.BigIntegerField(null=True)
    spent_micros = models.BigIntegerField(default=0)
    reserved_micros = models.BigIntegerField(default=0)
    jobs_limit = models.PositiveIntegerField(null=True)
    jobs = models.PositiveIntegerField(default=0, help_text="Jobs accepted.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "scope", "starts_on", "project_id"],
                nulls_distinct=False,
                name="quota_once",
            ),
            models.CheckConstraint(
                name="quota_not_negative",
                condition=Q(spent_micros__gte=0, reserved_micros__gte=0),
            ),
            models.CheckConstraint(
                name="quota_not_overdrawn",
                condition=Q(limit_micros=None)
                | Q(limit_micros__gte=F("spent_micros") + F("reserved_micros")),
            ),
            models.CheckConstraint(
                name="quota_scope_has_its_key",
                condition=Q(scope="project", project_id__isnull=False, starts_on=None)
                | Q(scope__in=["month", "day"], project_id=None, starts_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.starts_on or self.project_id}"

    @property
    def resets_at(self) -> datetime | None:
        """When a new month or day begins; None for a budget, which only its owner raises."""
        if self.starts_on is None:
            return None
        if self.scope == self.Scope.DAY:
            then = self.starts_on + timedelta(days=1)
        else:
            then = (self.starts_on + timedelta(days=31)).replace(day=1)
        return datetime(then.year, then.month, then.day, tzinfo=UTC)

    def fits(self, need: int, *, jobs: int) -> bool:
        """Whether so much more would be accepted."""
        used = self.spent_micros + self.reserved_micros + need
        return (self.limit_micros is None or used <= self.limit_micros) and (
            self.jobs_limit is None or self.jobs + jobs <= self.jobs_limit
        )


def _apply(plan: Plan, whose: Q) -> None:
    used = F("spent_micros") + F("reserved_micros")
    today = TruncDate(Now())
    this_month = TruncMonth(today)
    months = Quota.objects.filter(whose, scope=Quota.Scope.MONTH, starts_on__gte=this_month)
    limit = plan.monthly_micros
    months.update(limit_micros=None if limit is None else Greatest(used, limit))
    days = Quota.objects.filter(whose, scope=Quota.Scope.DAY, starts_on__gte=today)
    days.update(jobs_limit=plan.daily_jobs)


class LedgerEntry(models.Model):
    """What one provider call cost, and who paid. Never changed; kept for thirteen months.

    `charged` was paid by the account, `house` by the operator: the worst case of a call whose outcome
    nobody knows, or what went beyond everything the account had left. Projects and jobs are named
    without foreign keys, because the entry outlives them.

    `payer` is a person's `audit_id`, no key: when the account goes, the entry stays and names nobody.
    """

    class Outcome(models.TextChoices):
        ANSWERED = "answered"
        FAILED = "failed"
        UNKNOWN = "unknown"

    at = models.DateTimeField(db_default=Now())
    payer = models.UUIDField(
        null=True, help_text="Audit id of the person who pays; empty for system work."
    )
    project_id = models.UUIDField(null=True)
    job_id = models.UUIDField()
    step = models.CharField(max_length=100)
    fence = models.BigIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    model = models.CharField(max_length=100)
    price_version = models.CharField(max_length=40)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    charged_micros = models.BigIntegerField(default=0)
    house_micros = models.BigIntegerField(default=0)
    quotas = ArrayField(models.BigIntegerField(), default=list, help_text="The rows it counts in.")

    class Meta:
        verbose_name_plural = "ledger"
        constraints = [
            models.UniqueConstraint(fields=["job_id", "step", "fence"], name="ledger_once"),
            models.CheckConstraint(
                name="ledger_not_negative",
                condition=Q(charged_micros__gte=0, house_micros__gte=0),
            ),
        ]
        indexes = [models.Index(fields=["payer", "-at"], name="ledger_payer_recent")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only_update", operation=pgtrigger.Update),
            pgtrigger.Protect(
                name="append_only_delete",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition(f"OLD.at > now() - interval '{KEPT_DAYS} days'"),
            ),
            never_emptied(),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.step}"

    @property
    def dollars(self) -> float:
        """What the account paid, in US dollars."""
        return self.charged_micros / 1_000_000
