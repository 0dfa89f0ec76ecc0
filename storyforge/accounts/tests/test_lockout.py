"""Guessing is slow: a few tries for each account and address, however they come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.db import connections
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from storyforge.accounts.models import User
from storyforge.accounts.tests.conftest import PASSWORD, code

WRONG = "wrong wrong wrong"
LOGIN = "/api/v1/auth/login"


def guess(password=WRONG, email="ada@example.org", address="203.0.113.7"):
    body = {"email": email, "password": password}
    return APIClient(REMOTE_ADDR=address).post(LOGIN, body)


@pytest.fixture
def limit(settings):
    settings.SIGN_IN_TRIES = settings.AXES_FAILURE_LIMIT = 5
    return 5


@pytest.mark.parametrize(
    ("email", "tries"), [("ada@example.org", 1_000), ("nobody@example.org", 50)]
)
def test_of_a_thousand_tries_five_are_looked_at(ada, limit, email, tries):
    """Known and unknown addresses are locked alike; the fifth answer says so already."""
    answers = [code(guess(f"wrong {n}", email)) for n in range(tries)]
    refused, locked = (401, "sign_in_refused"), (429, "sign_in_locked")
    assert answers == [refused] * (limit - 1) + [locked] * (tries - limit + 1)
    assert AccessAttempt.objects.get().failures_since_start == limit


def test_the_right_password_is_refused_too_while_it_is_locked(ada, limit):
    for _ in range(limit):
        guess()
    refused = guess(PASSWORD)
    assert code(refused) == (429, "sign_in_locked")
    assert refused["Retry-After"] == "900"


def test_from_elsewhere_ada_signs_in(ada, limit):
    for _ in range(limit + 1):
        guess()
    assert guess(PASSWORD, address="203.0.113.8").status_code == 200


def test_another_account_is_not_locked(ada, limit):
    User.objects.create_user("eva@example.org", PASSWORD)
    for _ in range(limit + 1):
        guess()
    assert guess(PASSWORD, "eva@example.org").status_code == 200


def test_case_and_spaces_are_no_way_around_it(ada, limit):
    spelled = ["ada@example.org", "ADA@example.org", "Ada@Example.org", " ada@example.org "]
    answers = [guess(email=spelled[n % 4]).status_code for n in range(8)]
    assert answers == [401] * (limit - 1) + [429] * 4


def test_a_sign_in_lets_the_count_begin_again(ada, limit):
    for _ in range(3):
        assert [guess().status_code for _ in range(limit - 1)] == [401] * (limit - 1)
        assert guess(PASSWORD).status_code == 200


def test_the_lock_opens_by_itself(ada, limit):
    for _ in range(limit + 1):
        guess()
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert guess(PASSWORD).status_code == 200


def test_trying_on_does_not_keep_it_locked(ada, limit):
    """A stranger could lock somebody out for good."""
    for _ in range(limit):
        guess()
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    before = AccessAttempt.objects.get().attempt_time
    assert guess().status_code == 429
    assert AccessAttempt.objects.get().attempt_time == before


def test_the_page_is_locked_with_the_api(ada, limit):
    for _ in range(limit):
        guess()
    page = Client(REMOTE_ADDR="203.0.113.7").post(
        "/sign-in", {"username": "ada@example.org", "password": PASSWORD}
    )
    assert page.status_code == 429
    assert "Too many wrong tries" in page.content.decode()


def test_the_rows_name_neither_account_nor_address(ada, limit):
    guess()
    Client(REMOTE_ADDR="203.0.113.7").post(
        "/sign-in", {"username": "ada@example.org", "password": "wrong wrong wrong"}
    )
    rows = str(list(AccessAttempt.objects.values()))
    assert "ada" not in rows
    assert "203.0.113" not in rows
    assert "wrong" not in rows


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_counted_one_by_one(limit):
    User.objects.create_user("ada@example.org", PASSWORD)

    def once(_):
        try:
            return guess().status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=8) as threads:
        answers = list(threads.map(once, range(40)))
    assert answers.count(401) == limit - 1
    assert answers.count(429) == 40 - limit + 1
    assert AccessAttempt.objects.get().failures_since_start == limit


def test_an_address_has_so_many_tries_a_minute_at_all_accounts(db, settings):
    settings.RATE_LIMITS = True
    settings.RATES = {**settings.RATES, "sign_in": "6/minute"}
    answers = [guess(email=f"person{n}@example.org", address="203.0.113.99") for n in range(8)]
    assert [code(a)[1] for a in answers] == ["sign_in_refused"] * 6 + ["rate_limited"] * 2
