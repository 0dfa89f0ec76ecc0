"""What the web process answers through our handler: whole answers, files, refusals, clients that leave."""

from __future__ import annotations

import json

import pytest
from django.core.signals import request_finished
from django.db import connections

from storyforge.asgi import application
from tests.event_streams import run_loop

pytestmark = pytest.mark.django_db(transaction=True)


def call(path, *messages, method="GET", headers=()):
    """Everything that was sent for a request of these messages."""
    scope = {
        "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80), "headers": [(b"host", b"localhost"), *headers],
    }  # fmt: skip
    coming = [*messages, {"type": "http.disconnect"}]
    sent = []

    async def receive():
        return coming.pop(0)

    async def send(message):
        sent.append(message)

    run_loop(application(scope, receive, send))
    return sent


BODY = {"type": "http.request", "body": b"", "more_body": False}


def whole(sent):
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def test_a_whole_answer_ends_before_it_is_sent_and_its_thread_keeps_no_connection():
    ended = []

    def note(sender, **_):
        ended.append([c.connection for c in connections.all(initialized_only=True)])

    request_finished.connect(note)
    try:
        status, body = whole(call("/health/ready", BODY))
    finally:
        request_finished.disconnect(note)
    assert (status, bool(body)) == (200, True)
    assert ended == [[None]]


def test_a_body_comes_in_pieces_and_a_refusal_is_an_answer():
    pieces = [
        {"type": "http.request", "body": b'{"em', "more_body": True},
        {"type": "http.request", "body": b'ail": "a@example.org"}', "more_body": False},
    ]
    kind = (b"content-type", b"application/json")
    status, body = whole(call("/api/v1/auth/login", *pieces, method="POST", headers=[kind]))
    assert status == 400
    assert json.loads(body)["errors"] == {"password": ["This field is required."]}


def test_who_leaves_before_the_body_is_whole_is_sent_nothing():
    half = {"type": "http.request", "body": b"{", "more_body": True}
    assert call("/api/v1/auth/login", half, method="POST") == []


def test_a_page_that_is_not_there_is_404():
    assert whole(call("/nowhere", BODY))[0] == 404
