"""What an account has spent, on a page; and the meter in every page's header."""

from __future__ import annotations

import pytest

from storyforge.money.models import Account, LedgerEntry, Quota


@pytest.fixture
def spent(project):
    """Three dollars and a half, this month."""
    account = Account.of(project.owner_id)
    Quota.objects.create(
        account=account, scope="month", starts_on=account.today.replace(day=1),
        limit_micros=25_000_000, spent_micros=3_500_000,
    )  # fmt: skip
    LedgerEntry.objects.create(
        payer=project.owner.audit_id, job_id=project.pk, step="write.1", fence=1, outcome="answered",
        model="claude-sonnet-5-5", charged_micros=3_500_000,
    )  # fmt: skip


@pytest.fixture
def with_model(settings):
    settings.AI_FREE_MODELS = ["mine"]
    settings.TEXT_PROVIDERS = {
        "default": {"BACKEND": "storyforge.ai.text.fake.FakeText", "OPTIONS": {"model": "mine"}}
    }


def test_the_page_shows_the_month_and_each_call(alice, spent):
    text = alice.get("/account/usage").content.decode()
    assert "$3.50 of $25.00" in text
    assert "write.1" in text
    assert "$3.5000" in text


def test_the_header_shows_the_spend_where_a_model_writes(alice, bob, spent, with_model):
    assert "$3.50 of $25.00" in alice.get("/").content.decode()
    assert "$0.00 of $25.00" in bob.get("/").content.decode()


def test_the_header_says_nothing_of_money_where_rules_write(alice, spent):
    assert "Spent this month" not in alice.get("/").content.decode()


def test_the_owner_sets_and_takes_away_a_budget(alice, bob, project):
    form = {"project": str(project.pk), "dollars": "2.50"}
    said = alice.post("/account/usage", form, format="multipart", follow=True).content.decode()
    assert "The budget is set." in said
    assert 'value="2.50"' in said
    assert Quota.objects.get(scope="project").limit_micros == 2_500_000
    alice.post("/account/usage", {**form, "dollars": ""}, format="multipart")
    assert Quota.objects.get(scope="project").limit_micros is None
    assert bob.post("/account/usage", form, format="multipart").status_code == 403


@pytest.mark.parametrize("dollars", ["much", "-1", "NaN", "1e99"])
def test_what_is_no_amount_is_said_to_be_none(alice, project, dollars):
    form = {"project": str(project.pk), "dollars": dollars}
    said = alice.post("/account/usage", form, format="multipart", follow=True)
    assert "That is no amount of US dollars." in said.content.decode()
    assert not Quota.objects.exists()
