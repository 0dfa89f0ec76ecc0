"""What an account has used, entry by entry, and the budget of a project."""

from __future__ import annotations

import pytest
from django.test import override_settings

from storyforge.accounts.models import User
from storyforge.money import quotas
from storyforge.money.models import Account, Plan, Quota


def test_usage_shows_the_month_the_day_and_the_plans_limits(alice, account, charge):
    ids = quotas.reserve(account.pk, 400_000, project_id=None, actor_id=account.pk)
    quotas.settle(charge(150_000, ids))
    body = alice.get("/api/v1/account/usage").json()
    assert body["currency"] == "USD"
    assert body["plan"]["code"] == "test"
    month = body["month"]
    assert (month["limit_micros"], month["spent_micros"]) == (1_000_000, 150_000)
    assert month["reserved_micros"] == 250_000
    assert (body["day"]["spent_micros"], body["day"]["jobs"]) == (150_000, 1)


def test_a_new_account_has_used_nothing_of_the_default_plan(bob):
    body = bob.get("/api/v1/account/usage").json()
    assert body["plan"]["code"] == "standard"
    assert (body["month"]["spent_micros"], body["month"]["limit_micros"]) == (0, 25_000_000)
    assert not Quota.objects.exists()


@pytest.mark.django_db
def test_the_operator_chooses_the_plan_of_new_accounts():
    with override_settings(DEFAULT_PLAN="free"):
        user = User.objects.create_user("new@example.org", "a long password 1")
        assert Account.of(user.pk).plan_id == "free"


def test_the_ledger_lists_ones_own_entries_newest_first(alice, bob, account, charge):
    for step in ("one", "two"):
        quotas.settle(charge(0, [], step=step))
    body = alice.get("/api/v1/account/ledger").json()
    assert [entry["step"] for entry in body["results"]] == ["two", "one"]
    assert bob.get("/api/v1/account/ledger").json()["count"] == 0


def test_the_owner_sets_a_budget_and_nobody_else_sees_it(alice, bob, charlie, account, project):
    url = f"/api/v1/projects/{project.pk}/budget"
    assert alice.get(url).json()["limit_micros"] is None
    assert alice.put(url, {"limit_micros": 500_000}).json()["limit_micros"] == 500_000
    quotas.reserve(account.pk, 400_000, project_id=project.pk, actor_id=account.pk)
    assert alice.get(url).json()["reserved_micros"] == 400_000
    refused = alice.put(url, {"limit_micros": 399_999})
    assert (refused.status_code, refused.json()["error_code"]) == (409, "budget_too_small")
    assert alice.put(url, {"limit_micros": -1}).status_code == 400
    assert alice.put(url, {"limit_micros": 2**63}).status_code == 400
    assert bob.get(url).status_code == 403
    assert charlie.get(url).status_code == 404


def test_a_plan_changed_in_the_admin_holds_at_once(sarah, account):
    quotas.reserve(account.pk, 1, project_id=None, actor_id=account.pk)
    form = {"name": "Test", "monthly_micros": 2_000_000, "daily_jobs": 7, "in_flight": 3}
    saved = sarah.post("/admin/money/plan/test/change/", form, format="multipart")
    assert saved.status_code == 302
    assert Quota.objects.get(scope="month").limit_micros == 2_000_000
    assert Quota.objects.get(scope="day").jobs_limit == 7
    assert Plan.objects.get(code="test").in_flight == 3
