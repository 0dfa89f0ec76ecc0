from __future__ import annotations

import uuid

import pytest

from storyforge.money.models import Account, Plan, Quota
from storyforge.money.quotas import Charge


@pytest.fixture
def account(project):
    """Alice's account, on a plan of $1 a month."""
    plan = Plan.objects.create(code="test", name="Test", monthly_micros=1_000_000)
    account = Account.of(project.owner_id)
    account.put_on(plan)
    return account


@pytest.fixture
def month(account):
    """The figures of this month, read anew: (spent, reserved)."""

    def read():
        rows = Quota.objects.filter(account=account, scope="month")
        return rows.values_list("spent_micros", "reserved_micros").get()

    return read


@pytest.fixture
def charge(account, project):
    """A booking on this account."""

    def make(micros, quotas, *, job_id=None, step="write.1", house=0, outcome="answered"):
        return Charge(
            account_id=account.pk,
            project_id=project.pk,
            job_id=job_id or uuid.uuid4(),
            step=step,
            fence=1,
            outcome=outcome,
            model="m",
            price_version="1",
            input_tokens=1,
            output_tokens=1,
            charged_micros=micros,
            house_micros=house,
            quotas=quotas,
        )

    return make
