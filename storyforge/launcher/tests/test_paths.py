"""Folders: closed ones are named, sockets stay short and private, throw-away ones vanish."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from storyforge.launcher.binaries import PostgresPrograms, find_postgres, reachable
from storyforge.launcher.errors import CannotStart
from storyforge.launcher.identity import ServerUser, closed_folder
from storyforge.launcher.paths import (
    LONGEST_RUN_PATH,
    default_data,
    home_in,
    socket_folder,
    throw_away_folder,
)

STRANGER = ServerUser(name="stranger", uid=54_321, gid=54_321)


def test_the_closed_folder_on_the_way_is_named(data: Path) -> None:
    closed = data / "closed"
    (closed / "inner").mkdir(parents=True)
    data.chmod(0o711)
    closed.chmod(0o700)
    assert closed_folder(closed / "inner", STRANGER) == closed
    assert closed_folder(closed / "inner", None) is None
    with pytest.raises(CannotStart, match=f"stranger, who may not enter {closed}"):
        home_in(closed / "inner", STRANGER)


def test_programs_behind_a_closed_folder_run_from_a_copy(data: Path) -> None:
    found = find_postgres()
    closed = data / "closed"
    closed.mkdir(parents=True)
    data.chmod(0o711)
    closed.chmod(0o700)
    (closed / "pginstall").symlink_to(found.folder.parent)
    behind = PostgresPrograms(folder=closed / "pginstall" / "bin", version=found.version)
    copy = reachable(behind, data, STRANGER)
    assert closed_folder(copy.folder, STRANGER) is None
    shown = subprocess.run(  # noqa: S603
        [copy.folder / "postgres", "--version"], capture_output=True, check=True
    )
    assert found.version in shown.stdout.decode()
    assert (copy.folder.parent / "share" / "extension" / "vector.control").is_file()


def test_a_long_data_folder_gets_a_short_private_socket_folder(data: Path) -> None:
    long = data / ("x" * LONGEST_RUN_PATH)
    long.mkdir(parents=True)
    run = socket_folder(long, None)
    try:
        assert len(os.fsencode(run)) <= LONGEST_RUN_PATH
        assert run.stat().st_mode & 0o777 == 0o700
        assert socket_folder(long, None) == run
    finally:
        run.rmdir()


def test_a_socket_folder_that_others_may_enter_is_refused(data: Path) -> None:
    (data / "run").mkdir(parents=True)
    (data / "run").chmod(0o755)
    with pytest.raises(CannotStart, match="must be a folder with mode 0700"):
        socket_folder(data, None)


def test_the_data_folder_is_the_named_one_else_var() -> None:
    assert default_data({"STORYFORGE_DATA": "/srv/stories"}, None) == Path("/srv/stories")
    assert default_data({}, None).name == "var"


def test_throw_away_folders_vanish_also_those_of_dead_processes(data: Path) -> None:
    dead = subprocess.Popen(["/bin/true"])
    dead.wait()
    (data / f"demo-{dead.pid}").mkdir(parents=True)
    (data / f"demo-{os.getppid()}").mkdir()
    with throw_away_folder(data, "demo") as folder:
        assert folder.is_dir()
    assert {path.name for path in data.iterdir()} == {f"demo-{os.getppid()}"}


def test_a_folder_that_another_process_takes_away_meanwhile_is_no_matter(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data.mkdir(parents=True, exist_ok=True)
    gone = data / "demo-1"
    listed = [gone, *data.glob("demo-*")]
    monkeypatch.setattr(Path, "glob", lambda _self, _pattern: iter(listed))
    with throw_away_folder(data, "demo") as folder:
        assert folder.is_dir()


def test_a_kept_folder_stays_through_later_runs(data: Path) -> None:
    with throw_away_folder(data, "demo", keep=True) as kept:
        (kept / "result").touch()
    with throw_away_folder(data, "other"):
        pass
    assert (kept / "result").exists()
