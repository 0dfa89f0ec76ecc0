"""Throw-away PostgreSQL and Valkey for a test run, up before Django reads its settings.

A plug-in (`-p tests.servers`): pytest-django configures Django while the initial conftests load, so the
servers start in a wrapper around that; `pytest_configure` would be too late. The workers of xdist are
processes of their own and inherit the addresses, so they find them given and start nothing; each has
its own test database, and its own numbered one of the broker.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import ExitStack

import pytest

from storyforge.launcher.errors import CannotStart
from storyforge.launcher.identity import server_user
from storyforge.launcher.paths import temporary_folder, throw_away_folder
from storyforge.launcher.servers import running_servers

# A key found in a developer's shell must not pay for a test.
MODEL_KEYS = ("ANTHROPIC_", "AI_TEXT_")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Start the servers and leave their addresses in the environment until the run ends."""
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    try:
        start_servers(stack)
    except CannotStart as problem:
        raise pytest.UsageError(str(problem)) from problem
    return (yield)


def start_servers(stack: ExitStack) -> None:
    """Servers and environment, both undone by the stack. A server whose URL is set is not started."""
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if name in os.environ}
    environ = {
        "SECRET_KEY": "for tests only",
        "AI_CALLS_ALLOWED": "off",
        "RATE_LIMITS": "off",  # hundreds of requests of one person a second are no attack here
        "DATABASE_POOL": "0",  # a pool would keep the test database from being dropped
    }
    hidden = MODEL_KEYS if "DATABASE_URL" in given else (*MODEL_KEYS, "PG")
    if len(given) < 2:
        base = temporary_folder(server_user())
        data = stack.enter_context(throw_away_folder(base, "storyforge-tests"))
        urls = stack.enter_context(running_servers(data, durable=False, given=given))
        environ["STORYFORGE_DATA"] = str(data)
        (data / "static").mkdir(exist_ok=True)  # whitenoise warns of a missing folder
        environ |= {"DATABASE_URL": urls.database, "REDIS_URL": urls.redis}
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        environ["REDIS_URL"] = numbered(given["REDIS_URL"], int(worker.removeprefix("gw")) % 15 + 1)
    before = dict(os.environ)
    stack.callback(_restore, before)
    for name in list(os.environ):
        if name.startswith(hidden):
            del os.environ[name]
    os.environ.update(environ)


def numbered(url: str, number: int) -> str:
    """The URL of a Redis database of its own: a job's message is for the workers of its test process."""
    address, _, query = url.partition("?")
    if address.startswith(("unix://", "redis+socket://")):
        return f"{address}?virtual_host={number}"
    host = address.rstrip("/").rpartition("/")[0] if address.count("/") > 2 else address
    return f"{host}/{number}" + (f"?{query}" if query else "")


def _restore(before: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(before)
