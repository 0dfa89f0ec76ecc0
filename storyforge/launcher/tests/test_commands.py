"""The launcher's command line, as a person types it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg

from storyforge.launcher.paths import PROJECT
from storyforge.launcher.servers import running_servers

Launcher = Callable[..., subprocess.CompletedProcess[str]]


def test_a_program_runs_with_empty_servers_and_its_exit_code_comes_back(
    launcher: Launcher, data: Path
) -> None:
    done = launcher("servers", "sh", "-c", 'echo "$DATABASE_URL $REDIS_URL"; exit 7')
    assert done.returncode == 7
    assert "postgresql://storyforge@" in done.stdout
    assert "valkey.sock" in done.stdout
    assert not list(data.glob("servers-*"))


def test_a_backup_brings_rows_back(launcher: Launcher, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "saved"
    with running_servers(data, durable=True) as urls, psycopg.connect(urls.database) as connection:
        connection.execute("CREATE TABLE walled AS SELECT 7 AS number")
        connection.execute("ALTER TABLE walled ENABLE ROW LEVEL SECURITY")
        connection.execute("ALTER TABLE walled FORCE ROW LEVEL SECURITY")
    saved = launcher("backup", str(file))
    assert saved.returncode == 0, saved.stderr
    with running_servers(data, durable=True) as urls, psycopg.connect(urls.database) as connection:
        connection.execute("DROP TABLE walled")
    restored = launcher("restore", str(file))
    assert restored.returncode == 0, restored.stderr
    with running_servers(data, durable=True) as urls, psycopg.connect(urls.database) as connection:
        connection.execute("ALTER TABLE walled DISABLE ROW LEVEL SECURITY")
        assert connection.execute("SELECT number FROM walled").fetchone() == (7,)


def test_a_broken_backup_file_leaves_the_database_alone(
    launcher: Launcher, data: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.write_text("not a backup")
    with running_servers(data, durable=True) as urls, psycopg.connect(urls.database) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    refused = launcher("restore", str(broken))
    assert refused.returncode == 1
    assert "pg_restore failed" in refused.stderr
    with running_servers(data, durable=True) as urls, psycopg.connect(urls.database) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_a_demo_says_before_the_work_that_it_cannot_write_its_results(
    launcher: Launcher, tmp_path: Path
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    refused = launcher("demo", "--out", str(taken))
    assert refused.returncode == 1
    assert refused.stderr == f"Results cannot be written to {taken}: File exists.\n"


def test_a_demo_of_a_missing_book_names_it(launcher: Launcher, tmp_path: Path) -> None:
    refused = launcher("demo", "--book", str(tmp_path / "none.epub"), "--out", str(tmp_path))
    assert refused.returncode == 1
    assert refused.stderr == f"There is no book file {tmp_path / 'none.epub'}.\n"


def test_a_demo_of_chapter_zero_is_not_one_of_another_chapter(
    launcher: Launcher, tmp_path: Path
) -> None:
    refused = launcher("demo", "--chapter", "0", "--out", str(tmp_path))
    assert refused.returncode == 1
    assert refused.stderr == "There is no chapter 0; they count from 1.\n"


def test_a_demo_leaves_the_results_of_a_book(launcher: Launcher, tmp_path: Path) -> None:
    source = PROJECT / "examples" / "the-lighthouse-keepers.md"
    done = launcher(
        "demo", "--book", str(source), "--chapter", "2", "--out", str(tmp_path), timeout=300
    )
    assert done.returncode == 0, done.stderr
    made = {path.name: path for path in tmp_path.iterdir()}
    assert all(str(path) in done.stdout for path in made.values())
    book, plot, cast, receipts = (
        json.loads(made.pop(f"{name}.json").read_text())
        for name in ("book", "plot", "characters", "receipts")
    )
    assert set(made) == {"script.fountain", "script.pdf"}
    told = source.read_text().replace("*", "").split("## Chapter ")[2]
    assert [c["title"] for c in book["chapters"] if c["number"] == 2] == [told[3:].splitlines()[0]]
    script = made["script.fountain"].read_text()
    spoken = [words.rstrip(",") for words in re.findall(r"“([^”]+)”", told)]
    assert len(spoken) > 20
    assert [words for words in spoken if words not in script] == []
    assert made["script.pdf"].read_bytes().startswith(b"%PDF")
    assert {person["name"].split()[-1] for person in cast} & set(told.split())
    assert plot["logline"]
    assert {
        "book.import",
        "book.analysis",
        "plot.overview",
        "character.profile",
        "script.adapt",
    } == {receipt["kind"] for receipt in receipts}
