"""The embedded servers: made once, plain role, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from storyforge.launcher.errors import CannotStart
from storyforge.launcher.paths import PROJECT
from storyforge.launcher.servers import Servers, running_servers

HOLD = """
import sys, time
from pathlib import Path
from storyforge.launcher.servers import running_servers
with running_servers(Path(sys.argv[1]), durable=True) as urls:
    print(urls.database, flush=True)
    time.sleep(60)
"""


def hold_servers(data: Path) -> tuple[subprocess.Popen[str], str]:
    """A process that holds durable servers, and its database's address."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", HOLD, str(data)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, process.stdout.readline().strip()


def test_durable_servers_keep_their_rows_and_let_the_role_do_little(data: Path) -> None:
    with running_servers(data, durable=True) as urls, psycopg.connect(urls.database) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        role = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        durability = connection.execute(
            "SELECT current_setting('fsync'), current_setting('listen_addresses')"
        ).fetchone()
    with running_servers(data, durable=True) as urls, psycopg.connect(urls.database) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    assert role == ("storyforge", False, False, False, False)
    assert durability == ("on", "")


def test_a_test_role_makes_databases_that_have_the_vector_type(data: Path) -> None:
    with running_servers(data, durable=False) as urls:
        with psycopg.connect(urls.database, autocommit=True) as connection:
            connection.execute("CREATE DATABASE fresh")
        with psycopg.connect(urls.database, dbname="fresh") as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
            near = connection.execute("SELECT '[1,2]'::vector <-> '[1,4]'::vector").fetchone()
    assert near == (2.0,)


def test_row_level_security_holds_for_the_role_that_owns_the_table(data: Path) -> None:
    with running_servers(data, durable=False) as urls, psycopg.connect(urls.database) as connection:
        connection.execute("CREATE TABLE walled AS SELECT 1 AS number")
        connection.execute("ALTER TABLE walled ENABLE ROW LEVEL SECURITY")
        connection.execute("ALTER TABLE walled FORCE ROW LEVEL SECURITY")
        assert connection.execute("SELECT count(*) FROM walled").fetchone() == (0,)


def test_an_interrupted_initialization_is_made_again(data: Path) -> None:
    half = data / "pg.init"
    half.mkdir(parents=True)
    data.chmod(0o711)
    (half / "PG_VERSION").write_text("18")
    with running_servers(data, durable=False) as urls, psycopg.connect(urls.database):
        assert not half.exists()


def test_a_killed_launcher_takes_its_servers_along_and_the_next_start_works(
    data: Path, processes_on, eventually
) -> None:
    holder, database = hold_servers(data)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    holder.kill()
    holder.communicate()
    with running_servers(data, durable=True) as urls, psycopg.connect(urls.database) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    assert eventually(lambda: not processes_on(data), 5)


def test_nothing_survives_a_killed_launcher(data: Path, processes_on, eventually) -> None:
    holder, _ = hold_servers(data)
    assert len(processes_on(data)) >= 3
    holder.kill()
    holder.communicate()
    assert eventually(lambda: not processes_on(data), 10)


def test_a_stranger_with_the_pid_of_a_dead_server_is_left_alone(data: Path) -> None:
    stranger = subprocess.Popen(["/bin/sleep", "60"])
    try:
        with running_servers(data, durable=False):
            pass
        (data / "pg" / "postmaster.pid").write_text(f"{stranger.pid}\n{data / 'pg'}\n")
        with running_servers(data, durable=False) as urls, psycopg.connect(urls.database):
            assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_dead_database_is_started_again_and_keeps_its_rows(data: Path, eventually) -> None:
    servers = Servers(data, durable=True, given={"REDIS_URL": "redis://127.0.0.1:1/0"})
    try:
        servers.start()
        [database] = servers.children
        with psycopg.connect(servers.urls.database) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        os.kill(database.pid, signal.SIGKILL)

        def answers() -> bool:
            database.revive()
            try:
                with psycopg.connect(servers.urls.database) as connection:
                    return connection.execute("SELECT number FROM kept").fetchone() == (7,)
            except psycopg.OperationalError:
                return False

        assert eventually(answers, 20)
        assert servers.urls.redis == "redis://127.0.0.1:1/0"
    finally:
        servers.stop()


def test_a_data_folder_of_another_major_version_is_refused(data: Path) -> None:
    (data / "pg").mkdir(parents=True)
    data.chmod(0o711)
    (data / "pg" / "PG_VERSION").write_text("16\n")
    with (
        pytest.raises(CannotStart, match="was made by PostgreSQL 16"),
        running_servers(data, durable=False),
    ):
        pass


def test_servers_with_both_addresses_given_start_nothing(data: Path) -> None:
    given = {"DATABASE_URL": "postgresql:///elsewhere", "REDIS_URL": "redis://127.0.0.1:1/0"}
    with running_servers(data, durable=True, given=given) as urls:
        assert urls.database == "postgresql:///elsewhere"
    assert not (data / "pg").exists()
