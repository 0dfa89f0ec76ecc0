"""Event streams: everything once and in order, whatever breaks in between."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import AsyncExitStack
from functools import partial

import pytest
from django.conf import settings
from django.db import connection, connections

from conftest import client_of, make_user
from storyforge.accounts.models import APIToken
from storyforge.jobs import stream, stream_hub
from storyforge.jobs.create import create_job
from storyforge.jobs.engine import engine
from storyforge.jobs.models import Job
from storyforge.jobs.stream_hub import in_thread
from storyforge.projects.models import Membership, Project
from storyforge.projects.roles import Role
from tests.event_streams import calling, run_loop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_hang")]


@pytest.fixture
def project(transactional_db):
    return Project.start(make_user("alice"), name="The Lighthouse")


@pytest.fixture
def url(job):
    return f"/api/v1/jobs/{job.pk}/events"


@pytest.fixture
def bearer(project):
    _, secret = APIToken.issue(project.owner, name="reader", scope="read")
    return {"authorization": f"Bearer {secret}"}


@pytest.fixture
def token(bearer):
    return APIToken.objects.get()


def cookie_of(client) -> dict[str, str]:
    name = settings.SESSION_COOKIE_NAME
    return {"cookie": f"{name}={client.cookies[name].value}"}


def run(scenario):
    run_loop(scenario())


def soon(monkeypatch):
    """Membership is checked all the time."""
    monkeypatch.setattr(stream, "PING_SECONDS", 0.05)


def write(job: Job, count: int) -> None:
    for done in range(count):
        assert job.report(done=done, total=count, label="")


def test_a_stream_tells_what_was_and_what_comes_and_ends_with_the_job(job, url, bearer):
    async def scenario():
        async with calling(url, **bearer) as call:
            await call.until(lambda c: c.seqs == [1])
            assert call.status == 200
            assert call.headers["content-type"] == "text/event-stream; charset=utf-8"
            assert call.headers["cache-control"] == "no-cache"
            assert call.headers["x-accel-buffering"] == "no"
            assert call.body.startswith(b"retry: 2000\n\n")
            await in_thread(job.claim)
            await in_thread(partial(job.report, done=1, total=2, label="Half"))
            await call.until(lambda c: c.seqs == [1, 2, 3])
            await in_thread(partial(job.complete, {}))
            await call.end()
        types = [e.type for e in call.events]
        assert types == ["job.created", "job.started", "job.progress", "job.completed"]
        told = call.events[2].data
        assert (told["job_id"], told["attempt"]) == (str(job.pk), 1)
        assert told["data"] == {"done": 1, "total": 2, "label": "Half"}
        assert told["at"].endswith("Z")

    run(scenario)


def test_the_address_of_the_requirement_documents_streams_too(job, bearer):
    async def scenario():
        async with calling(f"/api/jobs/{job.pk}/events/", **bearer) as call:
            await call.until(lambda c: c.seqs == [1])

    run(scenario)


def test_pages_hold_the_same_rows_as_the_stream(job, url, bearer, project):
    job.claim()
    job.complete({})
    pages = client_of(project.owner).get(url).json()

    async def scenario():
        async with calling(url, **bearer) as call:
            await call.end()
        assert [e.data for e in call.events] == pages

    run(scenario)


@pytest.mark.parametrize("how", ["header", "query", "both"])
def test_a_reader_comes_back_where_it_was(job, url, bearer, how):
    job.claim()
    write(job, 5)
    query = {"header": "", "query": "?after=4", "both": "?after=1"}[how]
    header = {} if how == "query" else {"Last-Event-ID": "4"}

    async def scenario():
        async with calling(url + query, **bearer, **header) as call:
            await call.until(lambda c: c.seqs == [5, 6, 7])

    run(scenario)


def test_nothing_is_left_to_tell_after_the_end(job, url, bearer):
    job.claim()
    job.complete({})

    async def scenario():
        async with calling(url, **bearer, last_event_id="3") as call:
            await call.end()
        assert (call.status, call.body) == (204, b"")

    run(scenario)


def test_a_long_history_comes_whole(job, url, bearer, monkeypatch):
    monkeypatch.setattr("storyforge.jobs.events.PAGE", 7)
    job.claim()
    write(job, 40)

    async def scenario():
        async with calling(url, **bearer) as call:
            await call.until(lambda c: c.seqs == list(range(1, 43)))
            await in_thread(partial(job.complete, {}))
            await call.end()
        assert call.seqs == list(range(1, 44))

    run(scenario)


def test_strangers_and_unknown_ids_get_the_same_answer(job, url, transactional_db):
    charlie = cookie_of(client_of(make_user("charlie")))
    unknown = url.replace(str(job.pk), "00000000-0000-4000-8000-000000000000")

    async def scenario():
        answers = []
        for path in (url, unknown):
            async with calling(path, **charlie) as call:
                await call.end()
            assert (call.status, call.headers["content-type"]) == (404, "application/problem+json")
            own_id = call.headers["x-request-id"].encode()
            answers.append(call.body.replace(own_id, b""))
        assert answers[0] == answers[1]
        async with calling(url) as call:
            await call.end()
        assert call.status == 401

    run(scenario)


def test_a_server_of_threads_does_not_stream(job, url, project):
    client = client_of(project.owner)
    refused = client.get(url, headers={"Accept": "text/event-stream"})
    assert (refused.status_code, refused.json()["error_code"]) == (406, "not_acceptable")
    assert client.get(url, headers={"Accept": "application/json"}).status_code == 200
    assert client.head(url, headers={"Accept": "text/event-stream"}).status_code == 200


def test_many_writers_and_many_readers_one_order(job, url, bearer):
    job.claim()
    writers, each = 6, 30

    def write_mine():
        with engine():
            write(Job.objects.get(pk=job.pk), each)

    async def scenario():
        async with calling(url, **bearer) as first, calling(url, **bearer) as second:
            async with asyncio.TaskGroup() as group:
                for _ in range(writers):
                    group.create_task(in_thread(write_mine))
            async with calling(url, **bearer) as late:
                await in_thread(partial(job.complete, {}))
                for call in (first, second, late):
                    await call.end()
                    assert call.seqs == list(range(1, writers * each + 4))

    run(scenario)


def test_streams_hold_neither_connections_nor_threads(job, url, bearer):
    def connections_open():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            )
            return cursor.fetchone()[0]

    async def scenario():
        connections_before = await in_thread(connections_open)
        async with AsyncExitStack() as stack:
            calls = [await stack.enter_async_context(calling(url, **bearer)) for _ in range(30)]
            for call in calls:
                await call.until(lambda c: c.seqs == [1])
            assert threading.active_count() - threads_before < 15
            # The listener and the one that asks, which may be there before.
            assert await in_thread(connections_open) <= connections_before + 2

    connections.close_all()
    threads_before = threading.active_count()
    run(scenario)


def test_a_slow_reader_is_dropped_and_comes_back(job, url, bearer, monkeypatch):
    monkeypatch.setattr(stream_hub, "MOST_UNSENT", 8)
    job.claim()

    async def scenario():
        async with calling(url, **bearer) as quick, calling(url, **bearer) as slow:
            await slow.until(lambda c: c.seqs == [1, 2])
            slow.reading.clear()
            for _ in range(40):
                await in_thread(partial(write, job, 1))
            await quick.until(lambda c: len(c.seqs) == 42)
            await slow.end()
            had = slow.seqs
            assert had == list(range(1, len(had) + 1))
            assert len(had) < 42
            async with calling(url, **bearer, last_event_id=str(had[-1])) as again:
                await again.until(lambda c: had + c.seqs == list(range(1, 43)))

    run(scenario)


def test_a_person_follows_only_so_many_jobs_at_once(
    job, url, bearer, project, settings, monkeypatch
):
    """Each process counts for itself, so that nobody fills it with streams."""
    settings.RATE_LIMITS = True
    monkeypatch.setattr(stream, "MOST_STREAMS", 2)
    dora = make_user("dora")
    Membership.objects.create(project=project, user=dora, role=Role.VIEWER)
    _, secret = APIToken.issue(dora, name="reader", scope="read")

    async def scenario():
        async with calling(url, **bearer) as one, calling(url, **bearer) as two:
            for each in (one, two):
                await each.until(lambda c: c.seqs == [1])
            async with calling(url, **bearer) as third:
                await third.end()
                refused = json.loads(third.body)
                assert (third.status, refused["error_code"]) == (429, "concurrency")
                assert refused["violated-policies"] == ["streams"]
                assert third.headers["retry-after"] == "5"
            async with calling(url, authorization=f"Bearer {secret}") as hers:
                await hers.until(lambda c: c.seqs == [1])
            await one.hang_up()
            async with calling(url, **bearer) as again:
                await again.until(lambda c: c.seqs == [1])

    run(scenario)


def test_pings_keep_an_idle_stream_open(job, url, bearer, monkeypatch):
    soon(monkeypatch)

    async def scenario():
        async with calling(url, **bearer) as call:
            await call.until(lambda c: c.body.count(b": ping\n\n") >= 3)
            assert call.seqs == [1]

    run(scenario)


def test_who_leaves_the_project_hears_no_more(job, url, project, monkeypatch):
    soon(monkeypatch)
    vera = make_user("vera")
    Membership.objects.create(project=project, user=vera, role=Role.VIEWER)
    cookie = cookie_of(client_of(vera))

    async def scenario():
        async with calling(url, **cookie) as call:
            await call.until(lambda c: b"ping" in c.body)
            await in_thread(Membership.objects.filter(user=vera).delete)
            await call.end()
            await in_thread(job.claim)
        assert call.seqs == [1]

    run(scenario)


def test_a_revoked_token_ends_its_stream(job, url, bearer, token, monkeypatch):
    soon(monkeypatch)

    async def scenario():
        async with calling(url, **bearer) as call:
            await call.until(lambda c: b"ping" in c.body)
            await in_thread(token.delete)
            await call.end()

    run(scenario)


def test_signing_out_ends_the_stream(job, url, project, monkeypatch):
    soon(monkeypatch)
    client = client_of(project.owner)
    cookie = cookie_of(client)

    async def scenario():
        async with calling(url, **cookie) as call:
            await call.until(lambda c: b"ping" in c.body)
            await in_thread(client.logout)
            await call.end()

    run(scenario)


def test_a_listener_that_loses_the_database_misses_nothing(job, url, bearer, monkeypatch):
    monkeypatch.setattr(stream_hub, "AGAIN_SECONDS", 0.05)
    job.claim()

    def kill_listener():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE query = 'LISTEN job_events' AND datname = current_database()"
            )
            return cursor.fetchone()[0]

    async def scenario():
        async with calling(url, **bearer) as call:
            for rounds in range(1, 6):
                await in_thread(partial(write, job, 10))
                while not await in_thread(kill_listener):
                    await asyncio.sleep(0.01)
                await in_thread(partial(write, job, 10))
                await call.until(lambda c, rounds=rounds: len(c.seqs) == 2 + 20 * rounds)
            await in_thread(partial(job.complete, {}))
            await call.end()
        assert call.seqs == list(range(1, 104))

    run(scenario)


def test_a_database_that_sends_no_notification_is_looked_at(job, url, bearer, monkeypatch):
    monkeypatch.setattr(stream_hub, "EVENT_CHANNEL", "nobody_writes_here")
    monkeypatch.setattr(stream_hub, "LOOK_SECONDS", 0.05)

    async def scenario():
        async with calling(url, **bearer) as call:
            await call.until(lambda c: c.seqs == [1])
            await in_thread(job.claim)
            await call.until(lambda c: c.seqs == [1, 2])

    run(scenario)


def test_units_of_a_run_and_new_jobs_are_told_like_all_others(job, kind, project, bearer):
    other = create_job(kind.kind, project=project, actor=project.owner)

    async def scenario():
        paths = [f"/api/v1/jobs/{each.pk}/events" for each in (job, other)]
        async with calling(paths[0], **bearer) as first, calling(paths[1], **bearer) as second:
            await in_thread(other.claim)
            await second.until(lambda c: c.seqs == [1, 2])
            assert first.seqs == [1]

    run(scenario)
