"""How often one may call: exact under any number of processes, by person and by address."""

from __future__ import annotations

import logging
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import RequestFactory
from rest_framework.test import APIClient

from storyforge import env
from storyforge.accounts.models import APIToken
from storyforge.core import rates
from storyforge.core.rates import Rate, RateLimited, address_of, count

PROXY = "10.0.0.7"


@pytest.fixture
def limited(settings):
    """Limits are on, and low."""
    settings.RATE_LIMITS = True
    settings.RATES = {**settings.RATES, "reads": "20/hour", "writes": "3/hour", "sign_in": "2/hour"}
    return settings


@pytest.fixture
def somewhere():
    """An address no other test calls from."""
    number = uuid.uuid4().int
    return f"10.{number % 250}.{number // 250 % 250}.{number // 62_500 % 250}"


def request_from(peer, **headers):
    return RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)


def allowed(rate, request, *, actor="", tries):
    """How many of so many tries are let through."""
    through = 0
    for _ in range(tries):
        try:
            count(request, rate, actor=actor)
        except RateLimited:
            continue
        through += 1
    return through


def code(response):
    return response.status_code, response.json().get("error_code")


def test_120_at_once_let_exactly_20_through(limited, somewhere):
    """Each thread asks the broker by itself, as processes would: through counts of its own."""
    ready = threading.Barrier(40)

    def ask(number):
        own = rates.Counts(limited.REDIS_URL)
        ready.wait()
        outcomes = []
        for _ in range(3):
            fits, _standing = own.ask(
                lambda limiter: (limiter.hit(rates.parse("20/minute"), "reads", somewhere), None)
            )
            outcomes.append(fits)
        return sum(outcomes)

    with ThreadPoolExecutor(40) as pool:
        assert sum(pool.map(ask, range(40))) == 20


@pytest.mark.django_db(transaction=True)
def test_120_parallel_requests_of_one_person_get_exactly_20_answers(limited, alice, somewhere):
    _, secret = APIToken.issue(alice.user, name="laptop", scope="read")
    proof = {"Authorization": f"Bearer {secret}"}

    def ask(number):
        try:
            client = APIClient(headers=proof, REMOTE_ADDR=somewhere)
            return client.get(
                "/api/v1/me", headers={"X-Forwarded-For": f"192.0.2.{number}"}
            ).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(ask, range(120)))
    assert (statuses.count(200), statuses.count(429)) == (20, 100)


def test_a_forged_header_does_not_make_another_address(limited, somewhere):
    forged = [request_from(somewhere, X_Forwarded_For=f"192.0.2.{n}") for n in range(9)]
    assert sum(allowed(Rate.SIGN_IN, each, tries=1) for each in forged) == 2


def test_the_proxys_word_counts_and_the_clients_does_not(settings):
    settings.TRUSTED_PROXY = "10.0.0.0/24"
    assert address_of(request_from(PROXY, X_Forwarded_For="192.0.2.9, 198.51.100.4")) == (
        "198.51.100.4"
    )
    assert address_of(request_from("203.0.113.5", X_Forwarded_For="192.0.2.9")) == "203.0.113.5"
    assert address_of(request_from(PROXY)) == PROXY


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("", "local"),
        ("unix:", "local"),
    ],
)
def test_what_an_address_is(peer, address):
    assert address_of(request_from(peer)) == address


def test_an_address_may_do_more_than_one_person_but_not_any_number(limited, somewhere):
    limited.RATE_PER_ADDRESS = 2
    people = [uuid.uuid4().hex for _ in range(4)]
    request = request_from(somewhere)
    assert [allowed(Rate.WRITES, request, actor=who, tries=4) for who in people] == [3, 3, 0, 0]


@pytest.mark.django_db
def test_an_answer_says_what_is_left_and_a_refusal_when_to_come_back(limited, alice, somewhere):
    first = alice.get("/api/v1/me", REMOTE_ADDR=somewhere)
    assert first["RateLimit-Policy"] == '"reads";q=20;w=3600'
    assert first["RateLimit"].startswith('"reads";r=19;t=')
    for _ in range(19):
        assert alice.get("/api/v1/me", REMOTE_ADDR=somewhere).status_code == 200
    refused = alice.get("/api/v1/me", REMOTE_ADDR=somewhere)
    assert code(refused) == (429, "rate_limited")
    assert refused.json()["violated-policies"] == ["reads"]
    assert 1 <= int(refused["Retry-After"]) <= 3600
    assert refused["RateLimit"].startswith('"reads";r=0;t=')


@pytest.mark.django_db
def test_reads_and_writes_are_counted_apart(limited, alice, somewhere):
    for _ in range(3):
        made = alice.post("/api/v1/projects", {"name": "New"}, REMOTE_ADDR=somewhere)
        assert made.status_code == 201
    refused = alice.post("/api/v1/projects", {"name": "New"}, REMOTE_ADDR=somewhere)
    assert code(refused) == (429, "rate_limited")
    assert alice.get("/api/v1/projects", REMOTE_ADDR=somewhere).status_code == 200


@pytest.mark.django_db
def test_what_cannot_be_read_is_refused_before_it_is_counted(limited, alice, somewhere):
    def post(client, body, kind="application/json"):
        return code(
            client.generic(
                "POST", "/api/v1/projects", body, content_type=kind, REMOTE_ADDR=somewhere
            )
        )

    for _ in range(4):
        assert post(alice, b"{") == (400, "malformed_json")
        assert post(alice, b"{}", "text/plain") == (415, "unsupported_media_type")
        assert post(alice, b" " * 1_048_577) == (413, "body_too_large")
        assert post(APIClient(), b"{") == (401, "not_authenticated")
    for _ in range(3):
        assert post(alice, b"{}") == (400, "validation_error")
    assert post(alice, b"{}") == (429, "rate_limited")


@pytest.mark.django_db
def test_everybody_may_read_the_archetypes_but_not_any_number_of_times(limited, somewhere):
    statuses = [
        APIClient().get("/api/v1/archetypes", REMOTE_ADDR=somewhere).status_code for _ in range(21)
    ]
    assert statuses == [200] * 20 + [429]


def test_without_the_broker_each_process_counts_for_itself(limited, somewhere, caplog):
    limited.REDIS_URL = f"redis://127.0.0.1:1/{uuid.uuid4().int % 9}"
    rates._counts_at.cache_clear()
    with caplog.at_level(logging.WARNING):
        assert allowed(Rate.SIGN_IN, request_from(somewhere), tries=5) == 2
    assert [r.message for r in caplog.records if "broker away" in r.message] != []
    rates._counts_at.cache_clear()


def test_a_broker_that_comes_back_is_asked_again(limited, somewhere, monkeypatch):
    counts = rates.Counts("redis://127.0.0.1:1/0")
    monkeypatch.setattr(rates, "AWAY_SECONDS", 0.0)
    assert counts.ask(lambda limiter: limiter.hit(rates.parse("1/minute"), somewhere))
    counts._shared = rates.Counts(limited.REDIS_URL)._shared
    assert counts.ask(lambda limiter: limiter.hit(rates.parse("1/minute"), somewhere))
    assert not counts.ask(lambda limiter: limiter.hit(rates.parse("1/minute"), somewhere))


@pytest.mark.parametrize(
    ("url", "spelled"),
    [
        ("redis://localhost:6379/0", "redis://localhost:6379/0"),
        ("unix:///run/valkey.sock?db=1", "redis+unix:///run/valkey.sock?db=1"),
        (
            "redis+socket:///run/valkey.sock?virtual_host=1",
            "redis+unix:///run/valkey.sock?db=1",
        ),
    ],
)
def test_the_brokers_url_is_understood_however_it_is_spelled(url, spelled):
    assert rates._limits_url(url) == spelled


@pytest.mark.parametrize("value", ["60", "0/minute", "60/fortnight", "-1/day", "60/minute/user"])
def test_a_rate_that_is_none_stops_the_start(value, monkeypatch):
    monkeypatch.setenv("RATE_OF_TEST", value)
    monkeypatch.delitem(env.DECLARED, "RATE_OF_TEST", raising=False)
    with pytest.raises(ImproperlyConfigured, match="RATE_OF_TEST"):
        env.rate("RATE_OF_TEST", default="1/day", help="")
    del env.DECLARED["RATE_OF_TEST"]


def test_a_proxy_that_is_no_address_stops_the_start(monkeypatch):
    monkeypatch.setenv("PROXY_OF_TEST", "the proxy")
    with pytest.raises(ImproperlyConfigured, match="PROXY_OF_TEST"):
        env.network("PROXY_OF_TEST", help="")
    del env.DECLARED["PROXY_OF_TEST"]
