"""Where an installation keeps its data, and where its sockets are."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from storyforge.launcher.errors import CannotStart
from storyforge.launcher.identity import ServerUser, closed_folder

PROJECT = Path(__file__).resolve().parents[2]
# A socket's whole path ends at 107 bytes; the longest name put behind it is "/.s.PGSQL.5432".
LONGEST_RUN_PATH = 90
KEPT = "kept"  # a file that says: do not remove this folder


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """The folders of one installation; `run` holds the sockets."""

    data: Path
    run: Path

    @property
    def logs(self) -> Path:
        """One file for each process."""
        return self.data / "log"

    @property
    def lock(self) -> Path:
        """Held by the launcher that runs this installation."""
        return self.data / "up.lock"


def default_data(environ: Mapping[str, str], user: ServerUser | None) -> Path:
    """STORYFORGE_DATA, else `var` in the project.

    Where the project lies in a folder that is closed to the user who runs PostgreSQL, as /root is, the
    default moves to a folder of its own under /var/lib.
    """
    if named := environ.get("STORYFORGE_DATA"):
        return Path(named).expanduser().absolute()
    if closed_folder(PROJECT, user):
        return Path("/var/lib") / f"storyforge-{_short_hash(PROJECT)}"
    return PROJECT / "var"


def throw_away_base(environ: Mapping[str, str], user: ServerUser | None) -> Path:
    """Where folders for a single run go: the data folder, or the temporary one if that would be far off."""
    if environ.get("STORYFORGE_DATA") or closed_folder(PROJECT, user) is None:
        return default_data(environ, user)
    return temporary_folder(user)


def home_in(data: Path, user: ServerUser | None) -> Home:
    """Make the data folder and its socket folder.

    Others may pass through the folder, because the user who runs PostgreSQL must, but not list it. Raises
    CannotStart when a folder on the way is closed to that user.
    """
    if not data.is_dir():
        data.mkdir(parents=True)
        data.chmod(0o711)
    if (closed := closed_folder(data, user)) and user:
        raise CannotStart(
            f"PostgreSQL runs as user {user.name}, who may not enter {closed}. Open that folder"
            f" (chmod o+x {closed}) or set STORYFORGE_DATA to a folder elsewhere."
        )
    home = Home(data=data, run=socket_folder(data, user))
    home.logs.mkdir(mode=0o700, exist_ok=True)
    return home


def socket_folder(data: Path, user: ServerUser | None) -> Path:
    """`run` in the data folder, or a short stand-in, mode 0700, owned by whom PostgreSQL runs as.

    Raises CannotStart when the folder exists with another owner or mode: its sockets trust everyone
    who can reach them.
    """
    run = data / "run"
    if len(os.fsencode(run)) > LONGEST_RUN_PATH:
        run = _short_run(data, user)
    owner = user.uid if user else os.geteuid()
    try:
        run.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if user:
            os.chown(run, user.uid, user.gid)
    status = run.lstat()
    private = stat.S_ISDIR(status.st_mode) and stat.S_IMODE(status.st_mode) == 0o700
    if status.st_uid not in {owner, os.geteuid()} or not private:
        raise CannotStart(
            f"{run} must be a folder with mode 0700 that belongs to uid {owner}: whoever reaches the"
            " sockets in it may use the database. Remove it and start again."
        )
    if status.st_uid != owner and user:
        os.chown(run, user.uid, user.gid)
    return run


def _short_run(data: Path, user: ServerUser | None) -> Path:
    own = os.environ.get("XDG_RUNTIME_DIR")
    if own and Path(own).is_dir() and not closed_folder(Path(own), user):
        return Path(own) / f"sf-{_short_hash(data)}"
    return temporary_folder(user) / f"sf-{os.geteuid()}-{_short_hash(data)}"


def temporary_folder(user: ServerUser | None) -> Path:
    """The system's folder for temporary files, or the first common one that `user` may enter."""
    for folder in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):  # noqa: S108
        if folder.is_dir() and closed_folder(folder, user) is None:
            return folder
    raise CannotStart("There is no folder for temporary files that PostgreSQL's user may enter.")


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


@contextmanager
def throw_away_folder(base: Path, name: str, *, keep: bool = False) -> Iterator[Path]:
    """A folder `<name>-<pid>` under `base` that is gone after the block, unless it is to be kept.

    Folders that killed processes left there are removed on the way.
    """
    base.mkdir(parents=True, exist_ok=True)
    for old in base.glob(f"{name}-*"):
        if _is_ours(old) and not _is_kept(old):
            shutil.rmtree(old, ignore_errors=True)
    folder = base / f"{name}-{os.getpid()}"
    folder.mkdir()
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        if keep:
            (folder / KEPT).touch()
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    """Whether the folder belongs to us; another process may have removed it since it was listed."""
    try:
        return folder.lstat().st_uid == os.geteuid()
    except FileNotFoundError:
        return False


def _is_kept(folder: Path) -> bool:
    """Whether somebody asked to keep the folder, or the process in its name lives."""
    pid = folder.name.rpartition("-")[2]
    if (folder / KEPT).exists() or not pid.isdecimal():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return int(pid) != os.getpid()
