"""Is it alive, is it ready, what is missing."""

from __future__ import annotations

import time
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing looked at."""

    name: str
    ok: bool
    detail: str
    milliseconds: float = 0.0


def check_database() -> Finding:
    """One query, and the migrations that are not applied."""
    started = time.perf_counter()
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return Finding(name="database", ok=False, detail=str(error).strip().splitlines()[0])
    spent = (time.perf_counter() - started) * 1000
    detail = f"{len(missing)} migrations to apply" if missing else "reachable, migrated"
    return Finding(name="database", ok=not missing, detail=detail, milliseconds=spent)


def check_broker() -> Finding:
    """One PING."""
    started = time.perf_counter()
    url = settings.REDIS_URL.replace("redis+socket://", "unix://").replace("virtual_host", "db")
    try:
        redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2).ping()
    except redis.RedisError as error:
        return Finding(name="broker", ok=False, detail=f"{type(error).__name__}: {error}"[:200])
    spent = (time.perf_counter() - started) * 1000
    return Finding(name="broker", ok=True, detail="reachable", milliseconds=spent)


def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """503 without database or broker; `?role=web` asks for the database only.

    The web accepts jobs without a broker: they are rows, and start when it is back.
    """
    findings = [check_database()]
    if request.GET.get("role") != "web":
        findings.append(check_broker())
    ok = all(f.ok for f in findings)
    body = {"status": "ok" if ok else "unavailable", "checks": {f.name: f.ok for f in findings}}
    return JsonResponse(body, status=200 if ok else 503)
