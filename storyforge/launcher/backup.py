"""Save the embedded database to a file, and make it again from one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from storyforge.launcher.commands import installation
from storyforge.launcher.console import say
from storyforge.launcher.errors import CannotStart
from storyforge.launcher.identity import server_user
from storyforge.launcher.paths import Home
from storyforge.launcher.postgres import NAME, client_programs, superuser_options
from storyforge.launcher.roles import recreate


def backup(file: Path) -> int:
    """Write the database to `file`, also while `up` runs. Raises CannotStart."""
    _only_embedded()
    half = file.with_name(f"{file.name}.half")
    with installation() as found:
        _run(found.servers.home, "pg_dump", ["--format=custom", f"--file={half}", NAME])
    half.chmod(0o600)
    half.rename(file)
    say(f"Saved to {file}. Keep `secret_key` of the data folder with it.")
    return 0


def restore(file: Path) -> int:
    """Replace the database by that of `file`. Raises CannotStart, also while `up` runs."""
    _only_embedded()
    if not file.is_file():
        raise CannotStart(f"There is no file {file}.")
    with installation(exclusive=True) as found:
        home = found.servers.home
        _run(home, "pg_restore", ["--list", str(file)])
        recreate(home)
        _run(home, "pg_restore", ["--exit-on-error", f"--dbname={NAME}", str(file)])
    say(f"The database is that of {file}.")
    return 0


def _only_embedded() -> None:
    if os.environ.get("DATABASE_URL"):
        raise CannotStart(
            "DATABASE_URL is set: save and restore that server with its own pg_dump and pg_restore."
        )


def _run(home: Home, program: str, arguments: Sequence[str]) -> None:
    folder = client_programs(home, server_user()).folder
    done = subprocess.run(  # noqa: S603
        [folder / program, *superuser_options(home), *arguments],
        env={"PATH": os.defpath, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotStart(f"{program} failed:\n{done.stderr.strip()}")
