"""Invitations: the owner learns of nobody's account, and nobody is a member who did not say yes."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from conftest import client_of, make_user
from storyforge.accounts.models import APIToken, AuditEntry, User
from storyforge.jobs import upkeep
from storyforge.projects.invitations import MOST_OPEN
from storyforge.projects.models import Invitation, Membership, Project
from tests.make import make

LINK = re.compile(r"https?://[^/]+(/invitations/(\S+))")
ACCEPT = "/api/v1/invitations/accept"


@pytest.fixture
def url(project):
    return f"/api/v1/projects/{project.pk}/invitations"


@pytest.fixture
def dora(db):
    return client_of(make_user("dora"))


@pytest.fixture
def token(alice, url, mailoutbox):
    """What alice's letter to dora ends with."""
    return invited(alice, url, mailoutbox)


def invited(owner, url, letters, email="dora@example.org", role="editor"):
    answer = owner.post(url, {"email": email, "role": role})
    assert answer.status_code == 202, answer.content
    return LINK.search(letters[-1].body)[2]


def code(response):
    return response.status_code, response.json().get("error_code")


def role_of(client, project):
    row = Membership.objects.filter(project=project, user=client.user).first()
    return row and row.role


def test_no_answer_letter_or_amount_of_work_tells_who_has_an_account(alice, url, mailoutbox):
    make_user("ada")
    User.objects.filter(pk=make_user("dan").pk).update(is_active=False)
    User.objects.filter(pk=make_user("una").pk).update(confirmed_at=None)
    alice.post(url, {"email": "warm@example.org", "role": "viewer"})
    told = set()
    for name in ("ada", "dan", "una", "nobody"):
        email = f"{name}@example.org"
        with CaptureQueriesContext(connection) as captured:
            answer = alice.post(url, {"email": email, "role": "viewer"})
        letter = mailoutbox[-1]
        assert letter.to == [email]
        body = {key: type(value).__name__ for key, value in answer.json().items()}
        text = LINK.sub("LINK", letter.subject + letter.body)
        told.add((answer.status_code, str(body), text, len(captured.captured_queries)))
        assert answer.json()["email"] == email
    assert len(told) == 1
    assert "Ada" not in str(told)
    assert Membership.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_letters_to_one_address_at_a_time_leave_one_invitation(alice, url):
    def once(_):
        try:
            return client_of(alice.user).post(url, {"email": "dora@example.org", "role": "editor"})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=6) as threads:
        answers = [answer.status_code for answer in threads.map(once, range(6))]
    assert answers == [202] * 6
    assert Invitation.objects.count() == 1


def test_dora_is_a_member_once_she_has_said_yes_and_not_before(alice, dora, token, project):
    assert role_of(dora, project) is None
    assert code(dora.get(f"/api/v1/projects/{project.pk}")) == (404, "not_found")
    answer = dora.post(ACCEPT, {"token": token})
    assert (answer.status_code, answer.json()["role"]) == (200, "editor")
    assert role_of(dora, project) == "editor"
    assert dora.get(f"/api/v1/projects/{project.pk}").status_code == 200


def test_an_invitation_works_once(alice, dora, token, project):
    assert dora.post(ACCEPT, {"token": token}).status_code == 200
    Membership.objects.filter(user=dora.user).delete()
    assert code(dora.post(ACCEPT, {"token": token})) == (410, "link_dead")
    assert role_of(dora, project) is None


def test_a_link_is_of_use_to_the_address_alone_it_went_to(alice, charlie, token, project):
    assert code(charlie.post(ACCEPT, {"token": token})) == (410, "link_dead")
    assert charlie.get(f"/invitations/{token}").status_code == 410
    assert role_of(charlie, project) is None


def test_a_stranger_signs_in_first(token):
    assert APIClient().post(ACCEPT, {"token": token}).status_code == 401
    page = APIClient().get(f"/invitations/{token}")
    assert page["Location"].startswith("/sign-in?next=/invitations/")


def test_an_invitation_is_over_after_a_week_and_then_goes(alice, dora, token, url):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert code(dora.post(ACCEPT, {"token": token})) == (410, "link_dead")
    assert alice.get(url).json() == []
    upkeep.purge()
    assert not Invitation.objects.exists()


def test_a_revoked_invitation_is_dead(alice, dora, token, url):
    [row] = alice.get(url).json()
    assert (row["email"], row["role"]) == ("dora@example.org", "editor")
    assert alice.delete(f"{url}/{row['id']}").status_code == 204
    assert code(dora.post(ACCEPT, {"token": token})) == (410, "link_dead")
    assert code(alice.delete(f"{url}/{row['id']}")) == (404, "not_found")
    assert code(alice.delete(f"{url}/{'-' * 36}")) == (404, "not_found")


def test_a_second_letter_kills_the_link_of_the_first(alice, dora, token, url, mailoutbox, project):
    newer = invited(alice, url, mailoutbox, email="Dora@Example.org", role="viewer")
    assert len(alice.get(url).json()) == 1
    assert code(dora.post(ACCEPT, {"token": token})) == (410, "link_dead")
    assert dora.post(ACCEPT, {"token": newer}).json()["role"] == "viewer"


def test_a_changed_link_is_dead(alice, dora, token, project):
    other = make(Invitation, Project.start(make_user("zoe"), name="Hers"), email="dora@example.org")
    forged = f"{other.pk}.{token.partition('.')[2]}"
    for wrong in (forged, token[:-1], "made-up", str(other.pk), "é.é"):
        assert code(dora.post(ACCEPT, {"token": wrong})) == (410, "link_dead")


@pytest.mark.parametrize(
    "body",
    [
        {"email": "dora@example.org", "role": "owner"},
        {"email": "dora@example.org", "role": "king"},
        {"email": "dora@example.org"},
        {"email": "dora", "role": "editor"},
        {"role": "editor"},
    ],
)
def test_nobody_is_invited_as_owner_or_nowhere(alice, url, body, mailoutbox):
    assert code(alice.post(url, body)) == (400, "validation_error")
    assert mailoutbox == []


def test_members_are_not_invited_again(alice, vera, url, mailoutbox):
    refused = alice.post(url, {"email": "Vera@example.org", "role": "editor"})
    assert code(refused) == (409, "state_conflict")
    assert mailoutbox == []


def test_a_project_has_so_many_open_invitations_and_no_more(alice, url, project):
    for _ in range(MOST_OPEN):
        make(Invitation, project, expires_at=timezone.now() + timedelta(days=1))
    refused = alice.post(url, {"email": "one@example.org", "role": "editor"})
    assert code(refused) == (409, "state_conflict")


def test_inviting_is_counted_like_signing_in(alice, url, settings):
    settings.RATE_LIMITS = True
    settings.RATES = {**settings.RATES, "sign_in": "5/hour", "writes": "1000/hour"}
    answers = [
        alice.post(url, {"role": "viewer", "email": f"n{n}@example.org"}, REMOTE_ADDR="10.77.0.1")
        for n in range(8)
    ]
    assert sorted(a.status_code for a in answers) == [202] * 5 + [429] * 3


def test_revoking_and_inviting_again_is_no_way_to_flood_an_address(
    alice, url, settings, mailoutbox
):
    settings.RATE_LIMITS = True
    settings.RATES = {**settings.RATES, "letters": "2/hour"}
    body, found = {"role": "viewer", "email": "victim@example.org"}, []
    for _ in range(4):
        answer = alice.post(url, body, REMOTE_ADDR="10.77.0.2")
        found.append(code(answer)[1] if answer.status_code != 202 else 202)
        Invitation.objects.all().delete()
    assert found == [202, 202, "rate_limited", "rate_limited"]
    assert len(mailoutbox) == 2


@pytest.mark.parametrize("persona", ["bob", "carol", "vera"])
def test_the_owner_alone_invites_and_sees_who_is_invited(persona, url, token, request):
    client = request.getfixturevalue(persona)
    assert code(client.get(url)) == (403, "role_too_low")
    body = {"email": "x@example.org", "role": "viewer"}
    assert code(client.post(url, body)) == (403, "role_too_low")
    assert (
        "dora@example.org"
        not in client.get(
            url.replace("/api/v1", "").replace("invitations", "members")
        ).content.decode()
    )


def test_a_letter_says_no_word_that_its_sender_chose(alice, url, project, mailoutbox):
    Project.objects.filter(pk=project.pk).update(name="Pay at http://evil.example")
    User.objects.filter(pk=alice.user.pk).update(name="Your bank")
    invited(alice, url, mailoutbox)
    text = mailoutbox[-1].subject + mailoutbox[-1].body
    assert "evil" not in text
    assert "bank" not in text
    assert "alice@example.org" in text


def test_the_audit_log_has_the_invitation_and_the_yes_and_no_address(alice, dora, token, project):
    dora.post(ACCEPT, {"token": token})
    rows = list(AuditEntry.objects.order_by("pk").values_list("action", "actor", "object_id"))
    assert [(action, actor) for action, actor, _ in rows] == [
        ("invitation.sent", alice.user.audit_id),
        ("invitation.accepted", dora.user.audit_id),
    ]
    assert rows[0][2] == str(project.pk)
    everything = str(list(AuditEntry.objects.values()))
    assert "dora@" not in everything
    assert token not in everything


def test_a_token_that_only_reads_accepts_nothing(dora, token, project):
    _, secret = APIToken.issue(dora.user, name="laptop", scope="read")
    client = APIClient(headers={"Authorization": f"Bearer {secret}"})
    assert code(client.post(ACCEPT, {"token": token})) == (403, "token_scope")
    assert role_of(dora, project) is None


def test_whoever_joined_otherwise_meanwhile_keeps_their_role(dora, token, project):
    Membership.objects.create(project=project, user=dora.user, role="viewer")
    assert dora.post(ACCEPT, {"token": token}).json()["role"] == "viewer"


def test_the_page_asks_before_it_lets_somebody_in(dora, token, project):
    page = dora.get(f"/invitations/{token}")
    text = page.content.decode()
    assert "The Lighthouse" in text
    assert "alice@example.org" in text
    assert "no-store" in page["Cache-Control"]
    assert role_of(dora, project) is None
    joined = dora.post(f"/invitations/{token}", format="multipart")
    assert joined["Location"] == f"/projects/{project.pk}"
    assert role_of(dora, project) == "editor"
    assert dora.post(f"/invitations/{token}", format="multipart").status_code == 410


def test_the_page_of_members_shows_the_owner_what_others_do_not_need(alice, vera, token, project):
    page = f"/projects/{project.pk}/members"
    mine, hers = alice.get(page).content.decode(), vera.get(page).content.decode()
    assert "dora@example.org" in mine
    assert "Send the invitation" in mine
    assert "Send the invitation" not in hers
    assert "Leave the project" in hers
    assert "Leave the project" not in mine


def test_an_invitation_goes_with_its_project_and_with_its_addressee(
    alice, dora, token, url, project
):
    dora.delete("/api/v1/account", {"current_password": "a long password 1"})
    assert not User.objects.filter(email="dora@example.org").exists()
    assert alice.get(url).json() == []
    alice.post(url, {"email": "x@example.org", "role": "viewer"})
    assert alice.delete(f"/api/v1/projects/{project.pk}").status_code == 204
    assert not Invitation.objects.exists()
