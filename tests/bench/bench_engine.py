"""The job engine beside a plain Celery task with a Job row, in one run on one machine."""

from __future__ import annotations

import itertools
import json
import os
import random
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from storyforge.launcher.children import Child, Program, stop
from storyforge.launcher.paths import PROJECT
from tests.chaos.rig import Rig, listens, running_rig, wait_for

CLIENTS = 8
ACCEPT_SECONDS = 8.0
STARTS = 20
POLLS = 200
FLOOD = 150
SMALL = 6  # jobs of each of the two small accounts
CANCELS = 40
ROUNDS = 200
CROWD = 16  # accounts


class Side:
    """One of the two: how to ask, and how to read what became of it."""

    def __init__(self, ask: Callable[[], str], table: str) -> None:
        self.ask, self.table = ask, table

    def times(self, ids: Sequence[str], column: str) -> list[float]:
        """Seconds from acceptance to `started_at` or `completed_at`; what has none is left out."""
        query = (
            f"SELECT extract(epoch FROM {column} - created_at) FROM {self.table}"  # noqa: S608
            f" WHERE id = ANY(%s::uuid[]) AND {column} IS NOT NULL"
        )
        return sorted(float(row[0]) for row in rows_of(query, [list(ids)]))

    def count(self, ids: Sequence[str], status: str) -> int:
        """How many are in this state."""
        query = f"SELECT id FROM {self.table} WHERE id = ANY(%s::uuid[]) AND status = %s"  # noqa: S608
        return len(rows_of(query, [list(ids), status]))


def rows_of(query: str, values: Sequence[Any] | dict[str, Any]) -> list[Any]:
    """What the database answers, to somebody who sees all jobs."""
    with psycopg.connect(os.environ["BENCH_DATABASE"], autocommit=True) as connection:
        connection.execute("SELECT set_config('app.system', 'jobs', false)")
        return connection.execute(query, values).fetchall()


def post(url: str, secret: str, body: dict[str, Any]) -> str:
    """The id of the accepted job."""
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    data = json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return str(json.load(answer)["id"])


def p(values: Sequence[float], share: float) -> float:
    """The percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def accepts(side: Side) -> tuple[float, float]:
    """Accepted jobs a second by eight clients, and the p95 of their waiting in milliseconds."""
    waits: list[float] = []
    end = time.monotonic() + ACCEPT_SECONDS

    def client() -> None:
        while time.monotonic() < end:
            began = time.monotonic()
            side.ask()
            waits.append((time.monotonic() - began) * 1_000)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(waits) / ACCEPT_SECONDS, p(waits, 0.95)


def starts(side: Side) -> list[float]:
    """Milliseconds from accepted to started, one job at a time on idle workers."""
    ids = []
    for _ in range(STARTS):
        ids.append(side.ask())
        wait_for(lambda: side.count(ids[-1:], "completed"))
    return [seconds * 1_000 for seconds in side.times(ids, "started_at")]


def polls(url: str, secret: str) -> tuple[list[float], list[float]]:
    """Milliseconds of a status poll answered whole, and answered by 304."""
    whole, unchanged, tag = [], [], ""
    for number in range(POLLS):
        headers = {"Authorization": f"Bearer {secret}"}
        if number % 2 and tag:
            headers["If-None-Match"] = tag
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - loopback
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                answer.read()
                tag = answer.headers["ETag"]
                whole.append((time.monotonic() - began) * 1_000)
        except urllib.error.HTTPError:
            unchanged.append((time.monotonic() - began) * 1_000)
    return whole, unchanged


@contextmanager
def plain(rig: Rig, pool: Sequence[str] = ("-c", "6")) -> Iterator[tuple[str, Child]]:
    """The baseline's table, web server and worker."""
    from tests.bench.plain import TABLE

    os.environ["BENCH_DATABASE"] = rig.environ["DATABASE_URL"]
    with psycopg.connect(rig.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(TABLE)
    port = rig.port + 1

    def child(name: str, *argv: str) -> Child:
        log = rig.servers.home.logs / f"{name}.log"
        environ = rig.environ
        return Child(
            Program(
                name=name,
                argv=[sys.executable, "-m", *argv],
                environ=environ,
                cwd=PROJECT,
                grace=20,
                log=log,
            )
        )

    web = child(
        "plain-web", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "tests.bench.plain:application",
    )  # fmt: skip
    worker = child(
        "plain-worker", "celery", "-A", "tests.bench.plain", "worker", *pool, "-Q", "plain",
        "-n", "plain@%h", "--without-mingle", "--without-gossip",
    )  # fmt: skip
    try:
        web.start()
        worker.start()
        wait_for(lambda: listens(port))
        yield f"http://127.0.0.1:{port}", worker
    finally:
        stop([web])
        stop([worker])


def account(name: str) -> tuple[str, str]:
    """A token and the id of a book of a new account."""
    from scriptwriter.imports import start_import
    from scriptwriter.tests.conftest import STORY
    from storyforge.accounts.models import APIToken, User
    from storyforge.jobs.models import Job
    from storyforge.projects.models import Project
    from tests.chaos.verdict import everything

    with everything():
        user = User.objects.create_user(f"{name}@example.org", "a long password 1")
        _, secret = APIToken.issue(user, name="bench", scope="write")
        project = Project.start(user, name=name)
        book, job = start_import(
            project=project, actor=user, filename="salt.md", content=STORY.encode()
        )

    def is_read() -> bool:
        with everything():
            return Job.objects.filter(pk=job.pk, status="completed").exists()

    wait_for(is_read)
    return secret, str(book.pk)


def crowd(rig: Rig, number: int, name: str = "crowd") -> Callable[[], str]:
    """Asks in the name of one account after the other: each may have 200 jobs waiting.

    Their books are empty, so that working them off takes little from accepting more.
    """
    from scriptwriter.models import Book
    from storyforge.accounts.models import APIToken, User
    from storyforge.projects.models import Project
    from tests.chaos.verdict import everything

    doors = []
    with everything():
        for n in range(number):
            user = User.objects.create_user(f"{name}{n}@example.org", "a long password 1")
            _, secret = APIToken.issue(user, name="bench", scope="write")
            book = Book.objects.create(project=Project.start(user, name="Crowd"), title="Empty")
            doors.append((f"{rig.url}/api/v1/books/{book.pk}/generate/plot.overview", secret))
    turns = itertools.cycle(doors)

    def ask() -> str:
        url, secret = next(turns)
        return post(url, secret, {"writer": "rules"})

    return ask


def ours(rig: Rig, name: str, writer: str) -> Side:
    """Our side for one account."""
    secret, book = account(name)
    url = f"{rig.url}/api/v1/books/{book}/generate/plot.overview"
    return Side(lambda: post(url, secret, {"writer": writer}), "jobs_job")


def flood(big: Side, small: Sequence[Side]) -> tuple[float, float]:
    """Seconds the small accounts wait at p95 while one floods, and until all is done."""
    began = time.monotonic()
    mass = [big.ask() for _ in range(FLOOD)]
    dice = random.Random(1)  # noqa: S311 - who comes when
    mine: list[tuple[Side, str]] = []
    for _ in range(2 * SMALL):
        side = dice.choice(list(small))
        mine.append((side, side.ask()))
        time.sleep(0.3)
    wait_for(lambda: big.count(mass, "completed") == FLOOD)
    wait_for(lambda: all(side.count([pk], "completed") for side, pk in mine))
    took = time.monotonic() - began
    waits = [seconds for side, pk in mine for seconds in side.times([pk], "started_at")]
    return p(waits, 0.95), took


def cancels(rig: Rig, side: Side, secret: str, mood: str) -> tuple[list[float], list[float]]:
    """Seconds from asking to canceled, and until the model saw its stream closed."""
    dice = random.Random(2)  # noqa: S311 - where between two looks it comes
    ended, closed = [], []
    rig.mood.write_text(mood)
    for _ in range(CANCELS):
        calls = len(rig.calls())
        pk = side.ask()
        wait_for(lambda pk=pk: side.count([pk], "running"))
        time.sleep(dice.uniform(0.5, 1.5))
        began = time.time()
        url = f"{rig.url}/api/v1/jobs/{pk}/cancel"
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        request = urllib.request.Request(url, data=b"{}", headers=headers)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310
            pass
        wait_for(lambda pk=pk: side.count([pk], "canceled"))
        when = rows_of("SELECT completed_at FROM jobs_job WHERE id = %s", [pk])[0][0]
        ended.append(when.timestamp() - began)
        wait_for(lambda calls=calls: len(rig.calls()) > calls)
        call = rig.calls()[-1]
        assert call["disconnected"], call["outcome"]
        closed.append(call["ended"] - began)
    rig.mood.write_text("")
    return ended, closed


def rounds() -> list[float]:
    """Milliseconds of a dispatcher's round when nothing is due."""
    from storyforge.jobs.dispatch import expire, reap
    from storyforge.jobs.due import pick

    spent = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        reap()
        expire()
        pick()
        spent.append((time.monotonic() - began) * 1_000)
    return spent


def main() -> None:
    from tests.chaos.run import connect

    os.environ |= {"AI_TEXT_MODEL": "scripted", "AI_FREE_MODELS": "scripted"}
    with running_rig(seed=1) as rig, plain(rig) as (plain_url, plain_worker):
        connect(rig)
        mine, base = (
            Side(crowd(rig, CROWD), "jobs_job"),
            Side(lambda: post(plain_url, "", {}), "plain_job"),
        )
        table = [("", "ours", "plain Celery", "aim")]
        for name, row in measure(rig, base):
            table.append((name, *row))
        table += accepting("while they are done", mine, base)
        # Nobody does what is asked now: two cores for the web server, the database and the clients.
        stop([*rig.workers, plain_worker])
        others = Side(crowd(rig, CROWD, "idle"), "jobs_job")
        table += accepting("while no worker runs", others, base)
        for number, cells in enumerate(table):
            sys.stdout.write(f"| {' | '.join(cells)} |\n")
            if not number:
                sys.stdout.write("| --- | --- | --- | --- |\n")


def seconds(values: Sequence[float]) -> str:
    """p95, for the table."""
    return f"{p(values, 0.95):.2f} s"


def rate(took: float) -> str:
    """Of the flood's jobs."""
    return f"{(FLOOD + 2 * SMALL) / took:.1f}"


def measure(rig: Rig, base: Side) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """The rows of the table, one figure after the other."""
    model = ours(rig, "model", "model")
    a, b = starts(model), starts(base)
    yield "accepted to started, p50", (f"{p(a, 0.5):.0f} ms", f"{p(b, 0.5):.0f} ms", "")
    yield "accepted to started, p95", (f"{p(a, 0.95):.0f} ms", f"{p(b, 0.95):.0f} ms", "")
    secret, book = account("poll")
    url = f"{rig.url}/api/v1/books/{book}/generate/plot.overview"
    watched = Side(lambda: post(url, secret, {"writer": "model"}), "jobs_job")
    pk = watched.ask()
    wait_for(lambda: watched.count([pk], "completed"))
    whole, same = polls(f"{rig.url}/api/v1/jobs/{pk}", secret)
    yield "status poll p95", (f"{p(whole, 0.95):.0f} ms", "", "40 ms")
    yield (
        "status poll by 304 p50, p95",
        (f"{p(same, 0.5):.0f}, {p(same, 0.95):.0f} ms", "", "10 ms"),
    )
    for mood in ("silent", "trickling"):
        ended, closed = cancels(rig, watched, secret, mood)
        yield f"cancel while the model is {mood}, p95 of {CANCELS}", (seconds(ended), "", "2 s")
        yield "the same, until the model's stream is closed", (seconds(closed), "", "1 s")
    # Before and after: the machine may have other work meanwhile.
    alone, first = flood(model, [model])
    waited, took = flood(model, [ours(rig, "small", "model"), watched])
    _, last = flood(model, [model])
    base_waited, base_took = flood(base, [base])
    yield (
        f"small accounts' wait under {FLOOD} jobs, p95",
        (f"{waited:.1f} s", f"{base_waited:.1f} s", "2 s"),
    )
    yield "the same asked by the big account", (f"{alone:.1f} s", "", "")
    yield "jobs a second meanwhile", (rate(took), rate(base_took), "")
    lost = f"{(1 - (first + last) / 2 / took):.0%}"
    yield "of them lost to fairness", (lost, "", "10 %")
    idle = rounds()
    yield (
        "a dispatcher's round with nothing due, p50, p95",
        (f"{p(idle, 0.5):.1f}, {p(idle, 0.95):.1f} ms", "", ""),
    )


def accepting(when: str, mine: Side, base: Side) -> list[tuple[str, str, str, str]]:
    """Two rows: how many are accepted, and how long that takes."""
    (many, p95), (plain_many, plain_p95) = accepts(mine), accepts(base)
    return [
        (
            f"accepted a second, {CLIENTS} clients, {when}",
            f"{many:.0f}",
            f"{plain_many:.0f}",
            "200",
        ),
        ("the same, p95", f"{p95:.0f} ms", f"{plain_p95:.0f} ms", "75 ms"),
    ]


if __name__ == "__main__":
    main()
