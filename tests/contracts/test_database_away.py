"""A database that goes away in a middleware is told as what it is, and an answer that was given stands."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from storyforge.accounts import audit
from storyforge.web.errors import server_error


def answer_to(error: Exception, path: str):
    """The page for an exception that a middleware let through."""

    def break_down():
        raise error

    try:
        break_down()
    except type(error):
        return server_error(RequestFactory().get(path))


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/projects/"])
def test_it_is_503_and_says_when_to_come_back(path):
    answer = answer_to(OperationalError("the connection is closed"), path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_a_bug_is_still_a_bug():
    assert answer_to(KeyError("x"), "/api/v1/jobs").status_code == 500


def test_an_answer_stands_when_its_audit_row_cannot_be_written(alice, monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(audit, "record", away)
    assert alice.post("/api/v1/projects", {"name": "Mine"}).status_code == 201
