"""What processes are told, and what stands in the way of a start."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import stat
from pathlib import Path

import pytest

from storyforge.launcher.binaries import first_usable
from storyforge.launcher.environment import (
    child_environment,
    read_env_file,
    read_secret_files,
    secret_key,
)
from storyforge.launcher.errors import CannotStart, StopRequested
from storyforge.launcher.health import host_name_from, port_from
from storyforge.launcher.lock import AlreadyRunning, held
from storyforge.launcher.paths import PROJECT, Home
from storyforge.launcher.programs import web, workers
from storyforge.launcher.servers import Urls
from storyforge.launcher.signals import stop_signals

URLS = Urls(database="postgresql://storyforge@%2Frun/storyforge", redis="unix:///run/valkey.sock")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(data=tmp_path, run=tmp_path / "run")


def test_the_secret_key_is_made_once_and_private(home: Home) -> None:
    key = secret_key(home)
    assert len(key) >= 50
    assert secret_key(home) == key
    assert stat.S_IMODE((home.data / "secret_key").stat().st_mode) == 0o600


def test_the_launcher_reads_its_secrets_from_files(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("of a file\n")
    environ = {"SECRET_KEY_FILE": str(tmp_path / "key"), "REDIS_URL": "redis://host/0"}
    found = environ | read_secret_files(environ)
    assert found["SECRET_KEY"] == "of a file"  # noqa: S105
    assert not found["SECRET_KEY_FILE"]
    assert found["REDIS_URL"] == "redis://host/0"


def test_a_secret_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="DATABASE_URL_FILE"):
        read_secret_files({"DATABASE_URL_FILE": str(tmp_path / "nothing")})


def test_a_given_secret_key_wins_and_makes_no_file(home: Home) -> None:
    environ = child_environment({"SECRET_KEY": "given"}, urls=URLS, home=home)
    assert environ["SECRET_KEY"] == "given"  # noqa: S105
    assert not (home.data / "secret_key").exists()


def test_pg_variables_do_not_bend_embedded_connections_but_serve_given_ones(home: Home) -> None:
    outer = {"PGPORT": "5433", "LANG": "C"}
    assert "PGPORT" not in child_environment(outer, urls=URLS, home=home)
    given = outer | {"DATABASE_URL": URLS.database}
    assert child_environment(given, urls=URLS, home=home)["PGPORT"] == "5433"


def test_the_env_file_is_read_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# words\n\nPORT=8001\nexport NAME = 'two words'\nEMPTY=\nHASH=a#b\n")
    expected = {"PORT": "8001", "NAME": "two words", "EMPTY": "", "HASH": "a#b"}
    assert read_env_file(file) == expected
    assert read_env_file(tmp_path / "absent") == {}


def test_a_broken_env_line_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=1\njust words\n")
    with pytest.raises(CannotStart, match="line 2: expected NAME=value"):
        read_env_file(tmp_path / ".env")


def test_a_second_holder_learns_who_holds_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "up.lock"
    with (
        held(lock),
        pytest.raises(AlreadyRunning, match=rf"already running \(pid {os.getpid()}\)"),
        held(lock),
    ):
        pass
    with held(lock):
        pass


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(CannotStart, match=f"Port {port} cannot be used"):
            port_from({"PORT": str(port)})
    assert port_from({"PORT": str(port)}) == port


@pytest.mark.parametrize("port", ["web", "0", "70000", "-1"])
def test_nonsense_is_no_port(port: str) -> None:
    with pytest.raises(CannotStart, match="must be a number from 1 to 65535"):
        port_from({"PORT": port})


def test_the_health_check_uses_a_host_name_the_application_serves() -> None:
    assert host_name_from({"ALLOWED_HOSTS": ".example.org, write.example.org"}) == (
        "write.example.org"
    )
    assert host_name_from({}) == "127.0.0.1"


def test_old_servers_and_servers_without_vectors_are_refused_in_words(tmp_path: Path) -> None:
    for name, version in (("old", "15.18 (Debian 15.18-0)"), ("bare", "18.6")):
        program = tmp_path / name / "bin" / "postgres"
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        program.chmod(0o755)
    folders = [tmp_path / name / "bin" for name in ("old", "bare", "absent")]
    with pytest.raises(CannotStart) as refusal:
        first_usable(folders)
    assert "version 15.18; 17 is the oldest" in str(refusal.value)
    assert "bare/bin lacks the vector extension" in str(refusal.value)
    extension = tmp_path / "bare" / "share" / "extension"
    extension.mkdir(parents=True)
    (extension / "vector.control").touch()
    assert first_usable(folders).major == 18


def test_a_signal_ends_a_wait_once_and_is_counted_again() -> None:
    with stop_signals() as signals:
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(StopRequested):
            signals.pause(5)
        signals.pause(0)
        os.kill(os.getpid(), signal.SIGHUP)
        assert signals.arrived()
        assert not signals.arrived()


def test_the_procfile_names_the_processes_of_up(home: Home) -> None:
    lines = (PROJECT / "Procfile").read_text().splitlines()
    named = {name: shlex.split(words) for name, words in (line.split(": ", 1) for line in lines)}
    for worker in workers(home, {}):
        nice = ["nice", "-n", str(worker.program.nice), "python"]
        assert [*nice, *worker.program.argv[1:]] == named[worker.program.name]
    ours = set(web(home, {}, port=8000).program.argv[1:]) - {"127.0.0.1", "8000"}
    assert ours <= set(named["web"])
