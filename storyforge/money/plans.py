"""The plans a new installation starts with, which from then on belong to its operator; and what they allow."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from storyforge.money.models import IN_FLIGHT, Account, Plan

DOLLAR = 1_000_000
GIGABYTE = 1024**3
SHIPPED = (
    {
        "code": "free",
        "name": "Free",
        "monthly_micros": 1 * DOLLAR,
        "daily_jobs": 200,
        "in_flight": 4,
        "storage_bytes": 1 * GIGABYTE,
    },
    {
        "code": "standard",
        "name": "Standard",
        "monthly_micros": 25 * DOLLAR,
        "daily_jobs": None,
        "in_flight": 20,
        "storage_bytes": 20 * GIGABYTE,
    },
    {
        "code": "pro",
        "name": "Pro",
        "monthly_micros": 200 * DOLLAR,
        "daily_jobs": None,
        "in_flight": 60,
        "storage_bytes": 200 * GIGABYTE,
    },
)


def ship(using: str = "default", **_: Any) -> None:
    """Add the plans where there are none at all. Runs after each `migrate`, and after a flush."""
    plans = Plan.objects.using(using)
    if not plans.exists():
        plans.bulk_create(Plan(**fields) for fields in SHIPPED)


def in_flight_of(user_id: int | None) -> int:
    """How many jobs of this account may be at work at the same time; nobody's are the system's own."""
    if settings.JOBS_PER_ACCOUNT:
        return int(settings.JOBS_PER_ACCOUNT)
    plans = Account.objects.filter(pk=user_id).values_list("plan__in_flight", flat=True)
    return plans.first() or IN_FLIGHT
