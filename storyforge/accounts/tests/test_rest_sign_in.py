"""Access and refresh tokens: signed by us, believed only as far as their family's row says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import jwt as pyjwt
import pytest
from django.db import connections
from django.db.models import F
from django.utils import timezone
from rest_framework.test import APIClient

from storyforge.accounts import jwt
from storyforge.accounts.models import AuditEntry, RefreshToken, TokenFamily, User
from storyforge.accounts.tests.conftest import PASSWORD, bearer, code

ME = "/api/v1/auth/me"
REFRESH = "/api/v1/auth/refresh"


@pytest.fixture
def pair(ada, login):
    return login().json()


def refresh(token):
    return APIClient().post(REFRESH, {"refresh_token": token})


def test_ada_signs_a_client_in(ada, login):
    answer = login()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    pair = answer.json()
    assert (pair["token_type"], pair["expires_in"]) == ("bearer", 600)
    assert bearer(pair["access_token"]).get(ME).json()["email"] == "ada@example.org"


def test_the_form_of_oauth2_signs_in_too(ada, api):
    form = f"grant_type=password&username=Ada%40Example.org&password={PASSWORD.replace(' ', '+')}"
    answer = api.generic(
        "POST", "/api/v1/auth/login", form, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200
    assert bearer(answer.json()["access_token"]).get(ME).status_code == 200


def test_an_access_token_works_on_the_whole_api(pair):
    client = bearer(pair["access_token"])
    made = client.post("/api/v1/projects", {"name": "New"})
    assert made.status_code == 201
    assert client.get("/api/v1/projects").json()["count"] == 1
    assert client.delete(f"/api/v1/projects/{made.json()['id']}").status_code == 204


@pytest.mark.parametrize(
    "body",
    [
        {"email": "ada@example.org", "password": "wrong wrong wrong"},
        {"email": "nobody@example.org", "password": PASSWORD},
        {"email": "ada@example.org" + "x" * 200, "password": PASSWORD},
    ],
)
def test_a_wrong_sign_in_says_the_same_to_all(ada, api, body):
    answer = api.post("/api/v1/auth/login", body)
    assert code(answer) == (401, "sign_in_refused")
    assert answer.json()["detail"].startswith("The address or the password is not right")


@pytest.mark.parametrize("change", [{"is_active": False}, {"confirmed_at": None}])
def test_a_disabled_or_unconfirmed_account_is_refused_in_the_same_words(ada, login, change):
    wrong = login(password=PASSWORD.upper()).json()
    User.objects.update(**change)
    refused = login().json()
    assert {**refused, "request_id": ""} == {**wrong, "request_id": ""}


@pytest.mark.parametrize("body", [{}, {"email": "ada@example.org"}, {"password": PASSWORD}])
def test_half_a_sign_in_is_not_accepted(ada, api, body):
    assert code(api.post("/api/v1/auth/login", body)) == (400, "validation_error")


def claims(access_token):
    return pyjwt.decode(access_token, options={"verify_signature": False})


def signed(content, *, key=None, algorithm="HS256"):
    return pyjwt.encode(content, key if key is not None else jwt._key(), algorithm=algorithm)


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "another"},
        {"iss": "another"},
        {"family": "00000000-0000-0000-0000-000000000000"},
        {"family": "no uuid"},
        {"sub": "0"},
        {"exp": 1},
        {"aud": None},
        {"family": None},
    ],
)
def test_a_token_with_another_claim_is_refused(pair, change):
    content = {**claims(pair["access_token"]), **change}
    content = {name: value for name, value in content.items() if value is not None}
    assert code(bearer(signed(content)).get(ME)) == (401, "authentication_failed")


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_token_signed_otherwise_is_refused(pair):
    content = claims(pair["access_token"])
    assert bearer(signed(content)).get(ME).status_code == 200
    for token in (
        signed(content, key="x" * 64),
        signed(content, key="", algorithm="none"),
        signed(content, algorithm="HS512"),
    ):
        assert code(bearer(token).get(ME)) == (401, "authentication_failed")


def test_a_refresh_token_is_no_access_token_and_the_other_way_round(pair):
    assert code(bearer(pair["refresh_token"]).get(ME)) == (401, "authentication_failed")
    assert code(refresh(pair["access_token"])) == (401, "refresh_refused")


def test_refreshing_gives_another_pair(pair):
    answer = refresh(pair["refresh_token"])
    assert answer.status_code == 200
    assert answer.json()["refresh_token"] != pair["refresh_token"]
    assert bearer(answer.json()["access_token"]).get(ME).status_code == 200


def test_a_used_token_that_comes_back_ends_the_sign_in(ada, pair, mailoutbox):
    second = refresh(pair["refresh_token"]).json()
    assert code(refresh(pair["refresh_token"])) == (401, "refresh_refused")
    assert code(bearer(second["access_token"]).get(ME)) == (401, "authentication_failed")
    assert code(refresh(second["refresh_token"])) == (401, "refresh_refused")
    assert [letter.to for letter in mailoutbox] == [["ada@example.org"]]
    replays = AuditEntry.objects.filter(action="refresh_token.replayed")
    assert [entry.actor for entry in replays] == [ada.audit_id]


def test_a_replay_ends_only_its_own_sign_in(pair, login):
    other = login().json()
    refresh(pair["refresh_token"])
    refresh(pair["refresh_token"])
    assert bearer(other["access_token"]).get(ME).status_code == 200


def test_an_old_refresh_token_is_refused(pair):
    RefreshToken.objects.update(expires_at=timezone.now())
    assert code(refresh(pair["refresh_token"])) == (401, "refresh_refused")


def test_a_sign_in_ends_after_a_month_however_often_it_is_refreshed(pair):
    month = timedelta(days=30)
    family = TokenFamily.objects.get()
    assert abs(family.expires_at - family.created_at - month) < timedelta(seconds=1)
    TokenFamily.objects.update(expires_at=F("expires_at") - month)
    assert code(refresh(pair["refresh_token"])) == (401, "refresh_refused")
    assert code(bearer(pair["access_token"]).get(ME)) == (401, "authentication_failed")


def test_what_is_over_is_cleared_at_the_next_sign_in(pair, login):
    TokenFamily.objects.update(expires_at=timezone.now())
    old = TokenFamily.objects.get().pk
    login()
    assert TokenFamily.objects.exclude(pk=old).count() == TokenFamily.objects.count() == 1
    assert RefreshToken.objects.count() == 1


@pytest.mark.parametrize("token", ["", "rt_", "rt__", "rt_0123456789abcdef_x", "é", "x" * 2_001])
def test_a_made_up_refresh_token_is_refused(db, token):
    assert refresh(token).status_code in (400, 401)


def test_signing_out_acts_at_once(pair):
    client = bearer(pair["access_token"])
    assert client.post("/api/v1/auth/logout").status_code == 204
    assert code(client.get(ME)) == (401, "authentication_failed")
    assert code(refresh(pair["refresh_token"])) == (401, "refresh_refused")


def test_a_refresh_token_alone_signs_out(pair, api):
    body = {"refresh_token": pair["refresh_token"]}
    assert api.post("/api/v1/auth/logout", body).status_code == 204
    assert code(bearer(pair["access_token"]).get(ME)) == (401, "authentication_failed")


def test_a_browser_signs_out_over_the_api(alice):
    assert alice.post("/api/v1/auth/logout").status_code == 204
    assert code(alice.get(ME)) == (401, "not_authenticated")


def disable(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


def change_password(user):
    user.change_password("another harbor at dawn")


def set_password_elsewhere(user):
    """As the admin does."""
    user.set_password("another harbor at dawn")
    user.save()


@pytest.mark.parametrize("event", [disable, change_password, set_password_elsewhere])
def test_what_ends_a_sign_in_acts_on_the_next_request(ada, pair, event):
    client = bearer(pair["access_token"])
    assert client.get(ME).status_code == 200
    event(ada)
    assert code(client.get(ME)) == (401, "authentication_failed")
    assert code(refresh(pair["refresh_token"])) == (401, "refresh_refused")


def test_the_rows_hold_nothing_that_signs_in(pair):
    secret = pair["refresh_token"].split("_", 2)[2]
    rows = str(list(RefreshToken.objects.values())) + str(list(TokenFamily.objects.values()))
    assert secret not in rows
    row = RefreshToken.objects.get()
    assert code(refresh(f"rt_{row.public_id}_{row.digest}")) == (401, "refresh_refused")


@pytest.mark.django_db(transaction=True)
def test_of_eight_refreshes_at_once_one_is_accepted():
    """Fifteen sign-ins, each refreshed by eight clients at the same moment, over real connections."""
    user = User.objects.create_user("ada@example.org", PASSWORD)
    tokens = [RefreshToken.issue(TokenFamily.start(user)) for _ in range(15)]

    def once(token):
        try:
            return refresh(token).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=8) as threads:
        statuses = [list(threads.map(once, [token] * 8)) for token in tokens]
    assert [row.count(200) for row in statuses] == [1] * 15
    assert {status for row in statuses for status in row} == {200, 401}
    assert not TokenFamily.objects.filter(revoked_at=None).exists()
