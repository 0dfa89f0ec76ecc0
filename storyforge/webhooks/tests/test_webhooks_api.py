"""The owner makes, changes, tests and replays; the secret is shown once."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.db import connection

from storyforge.webhooks.models import MAX_ENDPOINTS, Delivery, Endpoint

pytestmark = pytest.mark.django_db
URL = "/api/v1/webhooks"


@pytest.fixture
def made(alice, project):
    """The answer to a new webhook."""
    response = alice.post(URL, {"project": str(project.pk), "url": "https://example.com/hook"})
    assert response.status_code == 201, response.json()
    return response.json()


def test_a_new_webhook_hears_everything_and_shows_its_secret_once(made, alice):
    assert made["secret"].startswith("whsec_")
    assert made["events"] == ["job.completed", "job.failed", "job.canceled"]
    assert (made["enabled"], made["off"]) == (True, "")
    for answer in (alice.get(f"{URL}/{made['id']}"), alice.get(URL)):
        assert made["secret"] not in answer.content.decode()
    assert alice.get(f"{URL}/{made['id']}").json()["secret"] is None


def test_the_database_holds_no_secret(made):
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM webhooks_endpoint e")
        (stored,) = cursor.fetchone()
    assert made["secret"] not in stored
    assert made["secret"].removeprefix("whsec_") not in stored
    assert Endpoint.objects.get().secret == made["secret"]


def test_a_change_of_the_secret_shows_the_new_one_and_keeps_the_old_for_a_day(made, alice):
    answer = alice.post(f"{URL}/{made['id']}/rotate").json()
    assert answer["secret"] != made["secret"]
    assert answer["old_secret_until"]
    endpoint = Endpoint.objects.get()
    assert (endpoint.secret, endpoint.old_secret) == (answer["secret"], made["secret"])
    assert alice.get(f"{URL}/{made['id']}").json()["secret"] is None


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/",
     "https://169.254.169.254/latest", "https://user:pass@example.com/", "ftp://example.com/",
     "https://0x7f.1/", "javascript:alert(1)", "example.com", "", "https://" + "a" * 600],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(url, alice, project):
    response = alice.post(URL, {"project": str(project.pk), "url": url})
    assert (response.status_code, response.json()["error_code"]) == (400, "validation_error")
    assert list(response.json()["errors"]) == ["url"]


@pytest.mark.parametrize("events", [[], ["job.exploded"], "job.failed", ["job.failed"] * 4, [1]])
def test_events_that_are_none_are_refused(events, made, alice):
    response = alice.patch(f"{URL}/{made['id']}", {"events": events})
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["events"]


def test_an_event_named_twice_is_told_once(made, alice):
    body = {"events": ["job.failed", "job.failed"]}
    assert alice.patch(f"{URL}/{made['id']}", body).json()["events"] == ["job.failed"]


def test_switching_it_off_and_on_forgets_the_failures(made, alice):
    Endpoint.objects.update(off="failing", failing_since="2026-01-01T00:00:00Z")
    on = alice.patch(f"{URL}/{made['id']}", {"enabled": True}).json()
    assert (on["enabled"], on["off"], on["failing_since"]) == (True, "", None)
    off = alice.patch(f"{URL}/{made['id']}", {"enabled": False}).json()
    assert (off["enabled"], off["off"]) == (False, "person")


def test_why_it_is_off_is_not_for_a_client_to_say(made, alice):
    body = {"off": "gone", "failing_since": "2026-01-01T00:00:00Z", "secret": "whsec_mine"}
    answer = alice.patch(f"{URL}/{made['id']}", body).json()
    assert (answer["off"], answer["failing_since"], answer["secret"]) == ("", None, None)
    assert Endpoint.objects.get().secret == made["secret"]


def test_a_project_has_a_limited_number(alice, project):
    for _ in range(MAX_ENDPOINTS):
        Endpoint.start(project=project, url="https://example.com/")
    response = alice.post(URL, {"project": str(project.pk), "url": "https://example.com/"})
    assert (response.status_code, response.json()["error_code"]) == (409, "too_many_webhooks")


def test_a_test_message_is_listed_with_its_tries(alice, endpoint, receiver, work):
    answer = alice.post(f"{URL}/{endpoint.pk}/test")
    assert answer.status_code == 202
    work()
    listed = alice.get(f"/api/v1/webhook-deliveries?endpoint={endpoint.pk}").json()["results"]
    assert [row["id"] for row in listed] == [answer.json()["id"]]
    assert (listed[0]["event"], listed[0]["status"]) == ("webhook.test", "delivered")
    assert listed[0]["tries"][0]["status"] == 204
    assert listed[0]["message_id"] == receiver.heard[0].headers["webhook-id"]
    assert listed[0]["body"] == receiver.heard[0].body.decode()


def test_a_message_is_replayed_once_it_has_ended(alice, endpoint, receiver, work, end_job):
    end_job()
    delivery = Delivery.objects.get()
    url = f"/api/v1/webhook-deliveries/{delivery.pk}/replay"
    early = alice.post(url)
    assert (early.status_code, early.json()["error_code"]) == (409, "state_conflict")
    work()
    assert alice.post(url).status_code == 202
    work()
    assert len(receiver.heard) == 2
    endpoint.change(enabled=False)
    off = alice.post(url)
    assert (off.status_code, off.json()["error_code"]) == (409, "webhook_off")


def test_members_who_do_not_own_the_project_see_no_address(made, bob, carol, vera):
    for member in (bob, carol, vera):
        assert member.get(URL).json()["results"] == []
        assert member.get(f"{URL}/{made['id']}").status_code == 403


def test_after_a_rotation_of_keys_the_old_key_is_not_needed(made, settings):
    settings.FIELD_ENCRYPTION_KEYS = ["new " * 10, settings.SECRET_KEY]
    out = io.StringIO()
    call_command("rotate_keys", stdout=out)
    assert "webhooks.Endpoint: 1 rows" in out.getvalue()
    settings.FIELD_ENCRYPTION_KEYS = ["new " * 10]
    assert Endpoint.objects.get().secret == made["secret"]
