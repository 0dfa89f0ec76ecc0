"""Who runs PostgreSQL: it refuses root, so root hands it to an ordinary user."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from storyforge.launcher.errors import CannotStart

CANDIDATES = ("storyforge", "postgres", "nobody")


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerUser:
    """The user the database server runs as when the launcher is root."""

    name: str
    uid: int
    gid: int


def server_user() -> ServerUser | None:
    """Whom root becomes for PostgreSQL; None when we are not root and simply run it ourselves."""
    if os.geteuid() != 0:
        return None
    wanted = os.environ.get("STORYFORGE_RUN_AS")
    for name in (wanted,) if wanted else CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return ServerUser(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    tried = wanted or ", ".join(CANDIDATES)
    raise CannotStart(
        f"PostgreSQL refuses to run as root, and there is no ordinary user to run it as"
        f" (tried {tried}). Set STORYFORGE_RUN_AS to one."
    )


def closed_folder(path: Path, user: ServerUser | None) -> Path | None:
    """The first folder on the way to `path`, itself included, that `user` may not pass."""
    if user is None:
        return None
    for folder in (*reversed(path.parents), path):
        if folder.is_dir() and not _may_pass(folder, user):
            return folder
    return None


def _may_pass(folder: Path, user: ServerUser) -> bool:
    status = folder.stat()
    if status.st_uid == user.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == user.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def give(path: Path, user: ServerUser | None) -> None:
    """Make `user` the owner of the folder and all in it, unless the folder is theirs already."""
    if user is None or path.stat().st_uid == user.uid:
        return
    for inner in path.rglob("*"):
        os.chown(inner, user.uid, user.gid, follow_symlinks=False)
    os.chown(path, user.uid, user.gid)
