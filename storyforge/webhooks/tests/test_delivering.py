"""Messages reach their receiver once, signed, with one id, however often it takes."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from standardwebhooks import Webhook, WebhookVerificationError

from storyforge.core.errors import StateConflict
from storyforge.jobs import upkeep
from storyforge.jobs.dispatch import reap
from storyforge.jobs.models import MAX_LOST, Job
from storyforge.jobs.queues import Queue
from storyforge.webhooks import handlers
from storyforge.webhooks.announcements import KIND, ping, replay
from storyforge.webhooks.errors import WebhookOff
from storyforge.webhooks.models import MAX_TRIES, OVERLAP, WAITS, Delivery, Endpoint
from tests.make import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_hang")]


def only_delivery():
    return Delivery.objects.get()


@pytest.mark.parametrize("status", ["completed", "failed", "canceled"])
def test_each_end_of_a_job_is_told_with_ids_and_links_only(
    status, end_job, endpoint, receiver, work
):
    job = end_job(status, kind="book.import", input={"instructions": "a secret lighthouse"})
    work()
    (heard,) = receiver.heard
    message = Webhook(endpoint.secret).verify(heard.body, heard.headers)
    assert message["type"] == f"job.{status}"
    assert message["timestamp"] == job.completed_at.isoformat()
    assert message["data"] == {
        "id": str(job.pk),
        "project": str(job.project_id),
        "kind": "book.import",
        "status": status,
        "partial": False,
        "target": None,
        "error_code": "target_gone" if status == "failed" else None,
        "links": {"job": f"/api/v1/jobs/{job.pk}", "result": f"/api/v1/jobs/{job.pk}/result"},
    }
    assert b"ighthouse" not in heard.body
    assert heard.headers["Content-Type"] == "application/json"
    delivery = only_delivery()
    assert (delivery.status, delivery.tries[0]["status"]) == ("delivered", 204)
    assert delivery.delivered_at
    assert delivery.next_try_at is None


def test_the_message_stands_or_falls_with_the_end_of_the_job(project, endpoint):
    job = make(Job, project)
    job.claim()
    with transaction.atomic():
        job.complete({})
        assert Delivery.objects.filter(subject=job.pk).count() == 1
        transaction.set_rollback(True)  # the worker dies before the commit
    assert not Delivery.objects.exists()
    assert not Job.objects.filter(kind=KIND).exists()


def test_who_wants_only_failures_hears_of_no_success(end_job, endpoint, receiver, work):
    endpoint.change(events=["job.failed"])
    end_job("completed")
    failed = end_job("failed")
    work()
    assert [json.loads(h.body)["data"]["id"] for h in receiver.heard] == [str(failed.pk)]


def test_an_endpoint_that_is_off_and_one_of_another_project_hear_nothing(
    end_job, endpoint, receiver, project, work
):
    other = type(project).start(project.owner, name="Other")
    Endpoint.start(project=other, url=receiver.url)
    endpoint.change(enabled=False)
    end_job()
    work()
    assert receiver.heard == []
    assert not Delivery.objects.exists()


def test_units_of_a_run_are_not_told_one_by_one(project, endpoint):
    run = make(Job, project, is_run=True)
    unit = make(Job, project, parent=run, unit_key="one")
    unit.claim()
    unit.complete({})
    assert not Delivery.objects.exists()


def test_a_delivery_waits_in_its_own_queue_and_is_nobodys_job(end_job, endpoint, alice):
    end_job()
    job = Job.objects.get(kind=KIND)
    assert (job.queue, job.project_id, job.account_id) == (Queue.OUT, None, None)
    assert KIND not in {row["kind"] for row in alice.get("/api/v1/jobs").json()["results"]}


@pytest.fixture
def heard(end_job, endpoint, receiver, work):
    """A message as it came, with the secret that signed it."""
    end_job()
    work()
    return receiver.heard[0], Webhook(endpoint.secret)


def test_a_changed_a_stale_and_an_unsigned_message_are_refused(heard):
    message, webhook = heard
    webhook.verify(message.body, message.headers)
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        webhook.verify(message.body.replace(b"completed", b"failed"), message.headers)
    old = str(int(message.headers["webhook-timestamp"]) - 400)
    with pytest.raises(WebhookVerificationError, match="too old"):
        webhook.verify(message.body, {**message.headers, "webhook-timestamp": old})
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        webhook.verify(message.body, {**message.headers, "webhook-id": "msg_other"})
    unsigned = {k: v for k, v in message.headers.items() if k != "webhook-signature"}
    with pytest.raises(WebhookVerificationError, match="Missing"):
        webhook.verify(message.body, unsigned)


def test_both_secrets_sign_for_a_day_after_a_change(end_job, endpoint, receiver, work):
    old = endpoint.secret
    endpoint.rotate()
    assert endpoint.secret != old
    end_job()
    work()
    for secret in (old, endpoint.secret):
        Webhook(secret).verify(receiver.heard[0].body, receiver.heard[0].headers)
    Endpoint.objects.update(old_secret_until=F("old_secret_until") - OVERLAP)
    end_job()
    work()
    Webhook(endpoint.secret).verify(receiver.heard[1].body, receiver.heard[1].headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(receiver.heard[1].body, receiver.heard[1].headers)


def test_a_receiver_that_is_down_is_tried_by_the_schedule_and_then_given_up(
    end_job, endpoint, receiver, work, wait
):
    receiver.answers.extend([500] * MAX_TRIES)
    end_job()
    waited = []
    for _ in range(MAX_TRIES):
        assert work() == 1
        if len(waited) < len(WAITS):
            waited.append(wait())
    assert waited == list(WAITS)
    assert sum(WAITS) == 75 * 3600 + 35 * 60 + 5
    assert work() == 0
    delivery = only_delivery()
    assert (delivery.status, len(delivery.tries)) == ("failed", MAX_TRIES)
    assert {entry["status"] for entry in delivery.tries} == {500}
    job = Job.objects.get(kind=KIND)
    assert (job.status, job.error["error_code"]) == ("failed", "webhook_not_delivered")
    assert job.error["message"] == "The receiver answered 500."
    assert len({h.headers["webhook-id"] for h in receiver.heard}) == 1


def test_a_receiver_that_comes_back_gets_the_message_once_with_its_id(
    end_job, endpoint, receiver, work, wait
):
    receiver.answers.extend([503, 500, 429, 404])
    end_job()
    for _ in range(4):
        work()
        wait()
    assert Endpoint.objects.get().failing_since is not None
    work()
    assert work() == 0
    assert only_delivery().status == "delivered"
    assert [t["status"] for t in only_delivery().tries] == [503, 500, 429, 404, 204]
    assert len({h.headers["webhook-id"] for h in receiver.heard}) == 1
    assert len({h.body for h in receiver.heard}) == 1
    assert Endpoint.objects.get().failing_since is None


def test_nobody_listening_is_a_failure_like_any_other(end_job, project, receiver, work):
    endpoint = Endpoint.start(project=project, url=receiver.url)
    receiver.close()
    end_job()
    work()
    assert only_delivery().tries[0]["error_code"] == "receiver_unreachable"
    assert only_delivery().status == "pending"
    assert Endpoint.objects.get(pk=endpoint.pk).failing_since is not None


def test_a_redirect_is_not_followed_and_no_success(end_job, endpoint, receiver, work):
    receiver.answers.append(302)
    end_job()
    work()
    assert len(receiver.heard) == 1
    assert (only_delivery().status, only_delivery().tries[0]["status"]) == ("pending", 302)


def test_a_slow_receiver_is_hung_up_on(end_job, endpoint, receiver, work, monkeypatch):
    assert handlers.TIMEOUT_SECONDS == 20.0
    monkeypatch.setattr(handlers, "TIMEOUT_SECONDS", 0.2)
    receiver.silent.set()
    end_job()
    work()
    assert len(receiver.heard) == 1
    assert only_delivery().tries[0]["error_code"] == "receiver_unreachable"


def test_the_time_of_the_signature_is_the_databases(end_job, endpoint, receiver, work, wait):
    receiver.answers.append(500)
    end_job()
    work()
    wait()
    work()
    first, second = (int(h.headers["webhook-timestamp"]) for h in receiver.heard)
    assert first <= second
    Webhook(endpoint.secret).verify(receiver.heard[1].body, receiver.heard[1].headers)


def test_an_answer_of_410_switches_the_endpoint_off_and_tells_the_owner(
    end_job, endpoint, receiver, work, project
):
    receiver.answers.append(410)
    end_job()
    end_job()
    work()
    endpoint.refresh_from_db()
    assert endpoint.off == Endpoint.Off.GONE
    assert len(receiver.heard) == 1  # the second message was not sent any more
    assert {d.status for d in Delivery.objects.all()} == {"failed"}
    assert {j.error["error_code"] for j in Job.objects.filter(kind=KIND)} == {"webhook_off"}
    (letter,) = mail.outbox
    assert letter.to == [project.owner.email]
    assert receiver.url in letter.body
    assert endpoint.secret not in letter.body


def test_75_hours_of_failures_switch_it_off_and_tell_the_owner(
    end_job, endpoint, receiver, work, wait
):
    receiver.answers.extend([500, 500, 500])
    end_job()
    work()
    Endpoint.objects.update(failing_since=F("failing_since") - timedelta(hours=74, minutes=58))
    wait()
    work()
    assert Endpoint.objects.get().enabled
    assert mail.outbox == []
    Endpoint.objects.update(failing_since=F("failing_since") - timedelta(minutes=3))
    wait()
    work()
    assert Endpoint.objects.get().off == Endpoint.Off.FAILING
    assert len(mail.outbox) == 1


def test_a_letter_that_cannot_be_sent_is_tried_again(end_job, endpoint, receiver, work, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody is there
    receiver.answers.append(410)
    end_job()
    work()
    job = Job.objects.get(kind="system.webhook_off")
    assert (job.status, job.error["error_code"]) == ("pending", "letter_not_sent")


def test_a_person_who_switched_it_on_again_gets_no_letter(end_job, endpoint, receiver, work):
    receiver.answers.append(410)
    end_job()
    assert work(1) == 1
    Endpoint.objects.get().change(enabled=True)
    work()
    assert mail.outbox == []
    assert Job.objects.get(kind="system.webhook_off").result == {"sent": False}


def test_a_message_can_be_sent_again_with_its_id(end_job, endpoint, receiver, work):
    end_job()
    work()
    replay(only_delivery())
    assert only_delivery().status == "pending"
    work()
    first, second = receiver.heard
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (only_delivery().status, len(only_delivery().tries)) == ("delivered", 2)


def test_a_message_on_its_way_is_not_sent_twice(end_job, endpoint):
    end_job()
    with pytest.raises(StateConflict):
        replay(only_delivery())
    assert Job.objects.filter(kind=KIND).count() == 1


def test_what_is_off_is_neither_tested_nor_sent_again(end_job, endpoint, receiver, work):
    end_job()
    work()
    endpoint.change(enabled=False)
    delivery = only_delivery()
    for wish in (lambda: ping(endpoint), lambda: replay(delivery)):
        with pytest.raises(WebhookOff):
            wish()
    assert len(receiver.heard) == 1


def test_a_message_of_a_deleted_endpoint_is_not_sent(end_job, endpoint, receiver, work):
    end_job()
    endpoint.delete()
    work()
    assert receiver.heard == []
    assert Job.objects.get(kind=KIND).error["error_code"] == "target_gone"


def test_a_worker_that_keeps_dying_leaves_a_failed_delivery_to_send_again(
    end_job, endpoint, receiver, work
):
    end_job()
    for _ in range(MAX_LOST):
        job = Job.objects.get(kind=KIND)
        Job.objects.update(run_after=Now())
        assert job.claim()
        Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
        reap()
    assert only_delivery().status == "failed"
    replay(only_delivery())
    work()
    assert only_delivery().status == "delivered"


def test_a_webhook_tells_of_no_system_job(end_job, endpoint, receiver, work):
    end_job()
    work()
    assert Job.objects.filter(kind=KIND, status="completed").count() == 1
    assert Delivery.objects.count() == 1


def test_an_address_that_has_become_an_inner_one_is_not_reached(
    end_job, endpoint, receiver, work, settings
):
    settings.OUTBOUND_LOOPBACK = False
    end_job()
    work()
    assert receiver.heard == []
    assert only_delivery().tries[0]["error_code"] == "address_refused"


def test_messages_are_kept_for_thirty_days_after_their_end(end_job, endpoint, receiver, work):
    receiver.answers.extend([410])
    for _ in range(2):
        end_job("completed")
    work()
    failed, other = Delivery.objects.order_by("created_at")
    waiting = Delivery.objects.create(
        project=endpoint.project, endpoint=endpoint, event="job.failed", body="{}"
    )
    assert {failed.status, other.status} == {"failed"}
    Delivery.objects.exclude(pk=other.pk).update(updated_at=Now() - timedelta(days=31))
    Delivery.objects.filter(pk=other.pk).update(updated_at=Now() - timedelta(days=29))
    assert upkeep.purge()["deliveries"] == 1
    assert set(Delivery.objects.all()) == {other, waiting}
    assert Endpoint.objects.filter(pk=endpoint.pk).exists()
