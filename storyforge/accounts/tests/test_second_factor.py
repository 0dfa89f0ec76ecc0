"""A second factor: codes that work once, asked for at every door."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connections
from django.test import Client

from storyforge.accounts import recovery, second_factor
from storyforge.accounts.models import User
from storyforge.accounts.tests.conftest import PASSWORD, code

WRONG = "000000"


@pytest.fixture(autouse=True)
def _long_keys(settings):
    settings.FIELD_ENCRYPTION_KEYS = ["k" * 32]


def code_now(secret, steps=0, *, within=2):
    """What an authenticator app shows, `steps` half minutes from now (RFC 6238); it is good for so many seconds."""
    left = 30 - time.time() % 30
    if left < within:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def half_a_minute_later(user):
    """The code that was used last may be used again, as if it were the next one."""
    row = Authenticator.objects.get(user=user, type="totp")
    row.data["step"] -= 1
    row.save()


def turn_on(user):
    """Set a second factor up half a minute ago; its secret."""
    secret = second_factor.new_secret()
    assert second_factor.turn_on_totp(user, secret, code_now(secret))
    half_a_minute_later(user)
    return secret


@pytest.fixture
def secret(ada):
    return turn_on(ada)


def test_a_client_is_asked_for_the_code(ada, secret, login):
    assert code(login()) == (401, "second_factor_required")
    assert code(login(code=WRONG)) == (401, "sign_in_refused")
    assert login(code=code_now(secret)).status_code == 200
    assert ada.families.get().factor_shown


def test_a_sign_in_without_a_factor_is_known_as_such(ada, login):
    assert login().status_code == 200
    assert not ada.families.get().factor_shown


def test_without_the_right_password_nobody_learns_of_the_code(ada, secret, login):
    assert code(login(password=PASSWORD.upper())) == (401, "sign_in_refused")


def test_a_code_works_once(ada, secret, login):
    now = code_now(secret)
    assert login(code=now).status_code == 200
    assert code(login(code=now)) == (401, "sign_in_refused")
    half_a_minute_later(ada)
    assert login(code=code_now(secret)).status_code == 200


@pytest.mark.parametrize("steps", [-3, -1, 1, 3, 100])
def test_a_code_of_another_time_is_refused(ada, secret, login, steps):
    assert code(login(code=code_now(secret, steps))) == (401, "sign_in_refused")


def test_a_recovery_code_works_once(ada, secret, login):
    codes = recovery.make(ada)
    assert len(set(codes)) == 10
    assert login(code=codes[0].upper().replace("-", " ")).status_code == 200
    assert code(login(code=codes[0])) == (401, "sign_in_refused")
    assert recovery.left(ada) == 9
    assert login(code=codes[1].replace("-", "")).status_code == 200


def test_new_recovery_codes_end_the_old_and_are_their_owners_alone(ada, secret, login):
    old = recovery.make(ada)
    new = recovery.make(ada)
    eva = User.objects.create_user("eva@example.org", PASSWORD)
    turn_on(eva)
    hers = recovery.make(eva)
    row = Authenticator.objects.get(user=ada, type="recovery_codes")
    row.data["digests"] += Authenticator.objects.get(user=eva, type="recovery_codes").data[
        "digests"
    ]
    row.save()
    for dead in (old[0], hers[0], "", new[0][:-1]):
        assert not second_factor.use_code(ada, dead)
    assert second_factor.use_code(ada, new[0])


def test_recovery_codes_have_more_than_112_bits_and_no_copy_of_the_table_opens_anything(
    ada, secret, settings
):
    codes = recovery.make(ada)
    assert min(len(each.replace("-", "")) for each in codes) * 5 >= 112
    assert len(set(recovery.LETTERS)) == 32
    (row,) = Authenticator.objects.filter(type="recovery_codes")
    assert set(row.data) == {"pepper", "digests"}
    assert not any(each.replace("-", "") in str(row.data) for each in codes)
    settings.SECRET_KEY = "another installation, which has the table but not the key"  # noqa: S105
    assert not second_factor.use_code(ada, codes[0])


def test_codes_of_a_seed_are_taken_until_there_are_new_ones(ada, secret, login):
    row = RecoveryCodes.activate(ada)
    old = row.generate_codes()
    assert recovery.left(ada) == 10
    assert login(code=old[0]).status_code == 200
    assert code(login(code=old[0])) == (401, "sign_in_refused")
    assert recovery.left(ada) == 9
    recovery.make(ada)
    assert code(login(code=old[1])) == (401, "sign_in_refused")


def test_codes_are_shown_once_on_the_page_that_makes_them(ada, client):
    client.force_login(ada)
    client.get("/account/security/app")
    form = {"code": code_now(client.session["totp_secret"])}
    shown = client.post("/account/security/app", form).content.decode()
    codes = re.findall(r"<code>(\S{29})</code>", shown)
    assert len(codes) == 10
    again = client.get("/account/security/recovery-codes").content.decode()
    assert "10 of 10 left" in again
    assert not any(each in again for each in codes)
    anew = client.post("/account/security/recovery-codes").content.decode()
    assert len(set(re.findall(r"<code>(\S{29})</code>", anew)) - set(codes)) == 10
    assert not second_factor.use_code(ada, codes[0])


def test_guessing_codes_is_locked_like_guessing_passwords(ada, secret, login, settings):
    settings.AXES_FAILURE_LIMIT = 5
    answers = [code(login(code=WRONG)) for _ in range(6)]
    assert answers[:4] == [(401, "sign_in_refused")] * 4
    assert answers[5] == (429, "sign_in_locked")
    assert code(login(code=code_now(secret))) == (429, "sign_in_locked")


def test_the_table_holds_no_secret(ada, secret):
    assert secret not in str(list(Authenticator.objects.values()))


def first_step(client):
    form = {"username": "ada@example.org", "password": PASSWORD, "next": "/tokens"}
    return client.post("/sign-in", form)


def test_a_browser_is_asked_for_the_code(ada, secret, client):
    assert first_step(client)["Location"] == "/sign-in/code"
    assert "_auth_user_id" not in client.session
    assert client.get("/tokens").status_code == 302
    assert client.post("/sign-in/code", {"code": WRONG}).status_code == 200
    assert client.post("/sign-in/code", {"code": code_now(secret)})["Location"] == "/tokens"
    assert client.get("/tokens").status_code == 200


def test_the_second_step_comes_after_the_first_and_within_ten_minutes(ada, secret, client):
    assert client.get("/sign-in/code")["Location"] == "/sign-in"
    first_step(client)
    session = client.session
    session["pending"] = {**session["pending"], "at": time.time() - 601}
    session.save()
    assert client.post("/sign-in/code", {"code": code_now(secret)})["Location"] == "/sign-in"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "credential", ["{}", "[]", '"x"', "1", "null", "", '{"response": {"userHandle": "MQ"}}',
                   '{"id": "x", "rawId": "x", "type": "public-key", "response": {"userHandle": "QQ",'
                   ' "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"}}',
                   '{"response": {"userHandle": 1}}', '{"response": []}', "{", "\0"],
)  # fmt: skip
def test_what_is_no_passkey_signs_nobody_in(ada, secret, client, credential):
    client.post("/sign-in/passkey/options")
    assert client.post("/sign-in/passkey", {"credential": credential}).status_code == 200
    first_step(client)
    client.post("/sign-in/passkey/options")
    assert client.post("/sign-in/code", {"credential": credential}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_the_last_factor_takes_the_recovery_codes_with_it(ada, secret):
    pk = Authenticator.objects.get(user=ada, type="totp").pk
    other = User.objects.create_user("eva@example.org", PASSWORD)
    assert not second_factor.turn_off(other, pk)
    assert second_factor.is_on(ada)
    assert second_factor.turn_off(ada, pk)
    assert not Authenticator.objects.filter(user=ada).exists()


def test_staff_need_a_second_factor_for_their_site(ada, client):
    User.objects.update(is_staff=True, is_superuser=True)
    client.post("/sign-in", {"username": "ada@example.org", "password": PASSWORD})
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/account/security"
    secret = turn_on(ada)
    assert client.get("/admin/").status_code == 302, "this session has shown none"
    there = Client()
    first_step(there)
    there.post("/sign-in/code", {"code": code_now(secret)})
    assert there.get("/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_with_one_code_one_wins():
    user = User.objects.create_user("ada@example.org", PASSWORD)
    now = code_now(turn_on(user))

    def once(_):
        try:
            return second_factor.use_code(user, now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=8) as threads:
        assert list(threads.map(once, range(8))).count(True) == 1
