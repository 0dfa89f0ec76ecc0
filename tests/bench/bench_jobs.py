"""Jobs end to end: from POST to the first worker step, and 200 slow model calls on one worker."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.scripted_model import KEY, Reply, ScriptedModel

POSTS = 40
MODEL_JOBS = 200
BOOKS = 20  # the jobs of one book write versions of one plot, one after the other
LATENCY = 5.0
PORT = 18_761
PLOT = {
    "logline": "Somebody looks for somebody.",
    "themes": [],
    "story_type": "search",
    "genre": "drama",
    "tone": "stark",
    "audience": "adults",
    "setting": "A harbor.",
}


def slow_plot(_: Any) -> Reply:
    return Reply(text=json.dumps(PLOT), latency=LATENCY)


def serve() -> None:
    """The scripted model in a process of its own, so that it takes no time from what is measured."""
    with ScriptedModel(answer=slow_plot) as model:
        print(model.url, flush=True)
        sys.stdin.read()


@contextmanager
def scripted_model() -> Iterator[str]:
    """Its base URL."""
    command = [sys.executable, "-m", "tests.bench.bench_jobs", "serve"]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as running:  # noqa: S603
        yield str(running.stdout.readline().strip())  # type: ignore[union-attr]
        running.stdin.close()  # type: ignore[union-attr]


@contextmanager
def process(*arguments: str) -> Iterator[None]:
    running = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        running.terminate()
        running.wait(timeout=60)


def worker(pool: str, concurrency: int, queues: str) -> Any:
    return process(
        "celery", "-A", "storyforge.celery", "worker", "-P", pool, "-c", str(concurrency),
        "-Q", queues, "-n", f"{pool}@bench", "--without-mingle", "--without-gossip",
    )  # fmt: skip


def wait(condition: Callable[[], Any], *, seconds: float, pause: float = 0.02) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            raise TimeoutError("it did not happen in time")
        time.sleep(pause)


def prepare() -> Any:
    """Migrated database, an account with a write token, small read books."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from scriptwriter.imports import start_import
    from scriptwriter.tests.conftest import STORY
    from storyforge.accounts.models import APIToken, User
    from storyforge.jobs.runner import run_due
    from storyforge.projects.models import Project

    user = User.objects.create_user("bench@example.org", "a long password 1")
    _, secret = APIToken.issue(user, name="bench", scope="write")
    project = Project.start(user, name="Bench")
    books = [
        start_import(
            project=project, actor=user, filename=f"{n}.md", content=f"{STORY}{n}".encode()
        )[0]
        for n in range(BOOKS)
    ]
    run_due()
    return books, secret


def post(book: Any, secret: str, writer: str) -> str:
    """Ask over HTTP; the job's id."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/api/v1/books/{book.pk}/generate/plot.overview",
        data=json.dumps({"writer": writer}).encode(),
        headers={"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        return str(json.load(response)["id"])


def overhead(book: Any, secret: str) -> list[float]:
    """Milliseconds from sending the POST to the worker's claim, one job at a time."""
    from storyforge.jobs.models import Job

    spent = []
    for _ in range(POSTS):
        started = time.time()
        pk = post(book, secret, "rules")
        wait(lambda pk=pk: Job.objects.filter(pk=pk, status="completed").exists(), seconds=30)
        claimed = Job.objects.get(pk=pk).started_at
        spent.append((claimed.timestamp() - started) * 1000)
    return sorted(spent)


def flood(books: list[Any]) -> tuple[float, int]:
    """200 model jobs of 5 s, due at the same moment: seconds from the first start to the last end.

    The second value is the most database connections seen meanwhile.
    """
    from django.db import connection, transaction
    from django.db.models import Max, Min
    from django.db.models.functions import Now

    from storyforge.generation.requests import request_generation
    from storyforge.jobs.dispatch import notify
    from storyforge.jobs.models import Job

    most = 0
    owner = books[0].project.owner
    warm = request_generation("plot.overview", target=books[0], actor=owner, body={})
    wait(lambda: Job.objects.filter(pk=warm.pk, status="completed").exists(), seconds=60)
    with transaction.atomic():  # nobody sees them before the last is there
        for n in range(MODEL_JOBS):
            request_generation("plot.overview", target=books[n % BOOKS], actor=owner, body={})
        Job.objects.filter(status="pending").update(run_after=Now())
        notify()
    left = Job.objects.filter(status__in=Job.UNFINISHED)
    while left.exists():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            )
            most = max(most, cursor.fetchone()[0])
        time.sleep(0.25)
    spans = Job.objects.filter(writer="model").exclude(pk=warm.pk)
    ends = spans.aggregate(first=Min("started_at"), last=Max("completed_at"))
    return (ends["last"] - ends["first"]).total_seconds(), most


def main() -> None:
    with scripted_model() as url:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "storyforge.settings",
            "AI_TEXT_BASE_URL": url,
            "AI_TEXT_API_KEY": KEY,
            "JOBS_PER_ACCOUNT": "1000",
            "RATE_LIMITS": "off",
            "AI_TEXT_MODEL": "scripted",
            "AI_FREE_MODELS": "scripted",
        }
        from storyforge.core.acting import Door, acting_as

        with acting_as(None, door=Door.ADMIN):
            measure()


def measure() -> None:
    """Start what is measured, and print the table."""
    books, secret = prepare()
    from storyforge.jobs.models import Worker

    web = process(
        "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(PORT),
        "storyforge.asgi:application",
    )  # fmt: skip
    with worker("threads", 200, "stream,out"):
        with web, worker("prefork", 1, "cpu"):
            wait(lambda: Worker.alive().count() == 2, seconds=120)
            time.sleep(2)
            spent = overhead(books[0], secret)
        running, most = flood(books)
    print("| figure | measured | aim |\n| --- | --- | --- |")
    print(f"| POST to first worker step, p50 | {statistics.median(spent):.0f} ms | |")
    print(f"| POST to first worker step, p95 | {spent[int(len(spent) * 0.95)]:.0f} ms | < 300 ms |")
    print(
        f"| {MODEL_JOBS} model jobs of {LATENCY:.0f} s on {BOOKS} books, first start to last end | {running:.1f} s | < 8 s |"
    )
    print(f"| database connections meanwhile, all processes | {most} | pool of 8 a process |")


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["serve"] else main()
