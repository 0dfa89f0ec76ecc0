"""How many statements the hot paths send, and that what is written out says what the models say."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from scriptwriter.models import Book
from storyforge.accounts.models import APIToken, AuditEntry, ProviderKey, User
from storyforge.core.rows import Columns
from storyforge.jobs.models import IdempotencyKey, Job, JobEvent
from storyforge.money.models import Account
from tests.make import make

TOLD = re.compile(r"SELECT set_config\([^;]*; ")


def sent(captured):
    """The names of the statements, without those of transactions; the text of one that is not prepared."""
    texts = [TOLD.sub("", query["sql"]).strip() for query in captured.captured_queries]
    texts = [t for t in texts if not re.match(r"(SAVEPOINT|RELEASE|BEGIN|COMMIT)", t)]
    return [re.sub(r"^EXECUTE (\w+?)_\d+\(.*", r"\1", text, flags=re.DOTALL) for text in texts]


@pytest.fixture
def program(project):
    """A client with a token of the owner's, which was used a moment ago."""
    _, secret = APIToken.issue(project.owner, name="laptop", scope="write")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    client.get("/api/v1/me")
    return client


@pytest.fixture
def book(project):
    return make(Book, project)


@pytest.fixture
def ask(program, book):
    def post(**headers):
        door = f"/api/v1/books/{book.pk}/generate/plot.overview"
        response = program.post(door, {"writer": "rules"}, headers=headers)
        assert response.status_code == 202, response.content
        return response

    return post


def test_a_job_is_accepted_in_six_statements(ask, project):
    Account.of(project.owner_id)
    ask()
    with CaptureQueriesContext(connection) as captured:
        ask()
    names = ["live_token", "see_book", "reserve", "waiting", "accept", "audit"]
    assert sent(captured) == names


def test_an_idempotency_key_adds_two_statements_and_a_replay_makes_no_job(ask, project):
    Account.of(project.owner_id)
    ask()
    key = uuid.uuid4().hex
    ask(**{"Idempotency-Key": uuid.uuid4().hex})
    first = [
        "live_token",
        "see_book",
        "take_key",
        "reserve",
        "waiting",
        "accept",
        "answer_key",
        "audit",
    ]
    replay = ["live_token", "see_book", "take_key", "answered", "audit"]
    ask(**{"Idempotency-Key": key})
    for names, own in ((replay, key), (first, uuid.uuid4().hex)):
        before = Job.objects.count()
        with CaptureQueriesContext(connection) as captured:
            ask(**{"Idempotency-Key": own})
        assert [name for name in sent(captured) if not name.startswith("PREPARE")] == names
        assert Job.objects.count() - before == (names == first)


@pytest.mark.parametrize("end", [True, False])
def test_an_unchanged_poll_reads_the_token_and_the_job(program, ask, work, *, end):
    """And the line, while the job waits in it."""
    url = ask()["Location"]
    if end:
        work()
    tag = program.get(url)["ETag"]
    names = ["live_token", "poll"] if end else ["live_token", "poll", "places"]
    with CaptureQueriesContext(connection) as captured:
        assert program.get(url, headers={"If-None-Match": tag}).status_code == 304
    assert sent(captured) == names


def test_a_job_just_accepted_is_the_row_that_the_model_would_have_saved(ask):
    pk = ask().json()["id"]
    saved = Job.objects.get(pk=pk)
    plain = Job.objects.create(
        **{
            name: getattr(saved, name)
            for name in (
                "project_id", "kind", "writer", "actor_id", "account_id", "target_type", "target_id",
                "input", "queue", "priority", "deadline_seconds", "is_run", "event_seq",
            )
        }
    )  # fmt: skip
    plain.refresh_from_db()
    fields = {f.attname for f in Job._meta.concrete_fields} - {
        "id",
        "created_at",
        "updated_at",
        "run_after",
    }
    assert {f: getattr(saved, f) for f in fields} == {f: getattr(plain, f) for f in fields}
    assert saved.created_at == saved.updated_at == saved.run_after
    event = JobEvent.objects.get(job=saved)
    assert (event.seq, event.type, event.attempt, event.data, event.at) == (
        1, "job.created", 0, {"kind": "plot.overview"}, saved.created_at,
    )  # fmt: skip


@pytest.mark.parametrize(
    "model", [User, APIToken, ProviderKey, Job, Book, IdempotencyKey, AuditEntry]
)
def test_a_row_of_a_written_statement_is_the_row_of_the_model(model, project):
    row = make(model, project)
    columns = Columns(model, "it")
    with connection.cursor() as cursor:
        table, key = model._meta.db_table, model._meta.pk.column
        cursor.execute(f'SELECT {columns.sql} FROM "{table}" it WHERE "{key}" = %s', [row.pk])  # noqa: S608 - names of ours
        read = columns.row(cursor.fetchone())
    expected = model._base_manager.get(pk=row.pk)
    for field in model._meta.concrete_fields:
        assert getattr(read, field.attname) == getattr(expected, field.attname), field.name
    assert not read._state.adding
