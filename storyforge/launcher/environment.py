"""The environment that web, workers and management commands get."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from storyforge.given import given
from storyforge.launcher.errors import CannotStart
from storyforge.launcher.paths import PROJECT, Home
from storyforge.launcher.servers import Urls

KEY_BYTES = 48
LAUNCHERS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")  # it starts and makes what is not given


def load_env_file() -> None:
    """Take the lines of `.env` in the project for variables that are not set. Raises CannotStart."""
    for name, value in read_env_file(PROJECT / ".env").items():
        os.environ.setdefault(name, value)
    os.environ.update(read_secret_files(os.environ))


def read_secret_files(environ: Mapping[str, str]) -> dict[str, str]:
    """What the launcher itself needs to know, where it lies in files; those are told to nobody again.

    Raises CannotStart for a file that cannot be read.
    """
    named = [name for name in LAUNCHERS if environ.get(f"{name}_FILE")]
    try:
        found = {name: given(name, environ) for name in named}
    except ValueError as problem:
        raise CannotStart(str(problem)) from problem
    return found | {f"{name}_FILE": "" for name in named}


def read_env_file(path: Path) -> dict[str, str]:
    """NAME=value lines; `#` starts a comment line, quotes around a value are dropped.

    Raises CannotStart on a line of another form. No file is an empty one.
    """
    if not path.is_file():
        return {}
    found: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip().removeprefix("export ").strip()
        if not text or text.startswith("#"):
            continue
        name, sign, value = text.partition("=")
        if not sign or not name.strip().isidentifier():
            raise CannotStart(f"{path}, line {number}: expected NAME=value.")
        found[name.strip()] = _unquoted(value.strip())
    return found


def child_environment(outer: Mapping[str, str], *, urls: Urls, home: Home) -> dict[str, str]:
    """What a process of the application needs to know."""
    passed = dict(outer)
    if not outer.get("DATABASE_URL"):
        # psycopg reads these; they must not bend a connection to the embedded server
        passed = {name: value for name, value in outer.items() if not name.startswith("PG")}
    return passed | {
        "DATABASE_URL": urls.database,
        "REDIS_URL": urls.redis,
        "SECRET_KEY": outer.get("SECRET_KEY") or secret_key(home),
        "STORYFORGE_DATA": str(home.data),
        "PYTHONUNBUFFERED": "1",
    }


def secret_key(home: Home) -> str:
    """Made once, kept in the data folder, readable by its owner only."""
    path = home.data / "secret_key"
    if not path.exists():
        half = home.data / "secret_key.half"
        half.unlink(missing_ok=True)
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(KEY_BYTES))
        half.rename(path)
    return path.read_text(encoding="ascii").strip()


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value
