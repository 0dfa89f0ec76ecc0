"""The baseline: a Job row and a plain Celery task, as script-platform.txt describes it.

    granian --interface wsgi tests.bench.plain:application      accepts over HTTP
    celery -A tests.bench.plain worker                          works, with Celery's own settings

The row is written, the task is delayed, the task sets the row. No framework around it, so what it
accepts is faster than the same in Django would be.
"""

from __future__ import annotations

import json
import os
import urllib.request
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from celery import Celery
from psycopg_pool import ConnectionPool

TABLE = """
CREATE TABLE IF NOT EXISTS plain_job (
    id uuid PRIMARY KEY, status text NOT NULL DEFAULT 'pending', result text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(), started_at timestamptz,
    completed_at timestamptz
)
"""
app = Celery("plain", broker=os.environ.get("REDIS_URL", "").replace("unix://", "redis+socket://"))
app.conf.update(task_default_queue="plain", task_time_limit=1_800, task_ignore_result=True)
_pool: ConnectionPool[Any] | None = None


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """POST: a row, a task, 202."""
    global _pool
    _pool = _pool or ConnectionPool(os.environ["DATABASE_URL"], min_size=1, max_size=8)
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    pk = str(uuid.uuid4())
    with _pool.connection() as connection:
        connection.execute("INSERT INTO plain_job (id) VALUES (%s)", [pk])
    generate.delay(pk)
    start("202 Accepted", [("Content-Type", "application/json")])
    return [json.dumps({"id": pk}).encode()]


@app.task
def generate(pk: str) -> None:
    """running, one call to the model, completed."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            "UPDATE plain_job SET status = 'running', started_at = clock_timestamp() WHERE id = %s",
            [pk],
        )
        body = {
            "model": "m",
            "max_tokens": 100,
            "messages": [{"role": "user", "content": "Write."}],
        }
        request = urllib.request.Request(  # noqa: S310 - loopback
            os.environ["AI_TEXT_BASE_URL"] + "/v1/messages",
            data=json.dumps(body).encode(),
            headers={
                "content-type": "application/json",
                "x-api-key": os.environ["AI_TEXT_API_KEY"],
                "anthropic-version": "2023-06-01",
            },
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
            text = answer.read().decode()
        connection.execute(
            "UPDATE plain_job SET status = 'completed', result = %s, completed_at = clock_timestamp()"
            " WHERE id = %s",
            [text, pk],
        )
