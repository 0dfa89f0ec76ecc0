"""Single steps for the shell: what they print, and that they need neither database nor broker."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.core.management import call_command

from scriptwriter.formats import fountain
from scriptwriter.formats.elements import Kind
from storyforge.launcher.paths import PROJECT

LIGHTHOUSE = PROJECT / "examples" / "the-lighthouse-keepers.md"


def manage(*words):
    """`manage.py` with servers that are not there."""
    nowhere = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    return subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *map(str, words)],
        env=os.environ | nowhere | {"SECRET_KEY": "unused"},
        cwd=PROJECT,
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def book(tmp_path):
    """A plain text, whose characters are those of the file."""
    path = tmp_path / "book.txt"
    text = LIGHTHOUSE.read_text().replace("# ", "").replace("#", "").replace("*", "")
    path.write_text(text.replace("by Storyforge contributors", "by Ada Lund"))
    return path


def test_read_book_prints_what_an_import_would_store(book):
    done = manage("read_book", book, "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout)
    assert (found["title"], found["author"]) == ("The Lighthouse Keepers", "Ada Lund")
    assert (found["language"], found["warnings"]) == ("en", [])
    text = book.read_text()
    told = [chapter for chapter in found["chapters"] if chapter["number"]]
    assert [chapter["number"] for chapter in told] == list(range(1, text.count("\nChapter ") + 1))
    for chapter in told:
        heading = text[chapter["start"] : chapter["body"]]
        assert heading.split() == f"Chapter {chapter['number']}: {chapter['title']}".split()
    assert found["characters"] == len(text)
    assert text[told[-1]["end"] :].strip() == ""


@pytest.mark.parametrize("command", [("read_book", "--json"), ("script_from", "--chapter", "1")])
@pytest.mark.parametrize(
    ("name", "content"), [("none.epub", None), ("torn.epub", b"PK\x03\x04 no archive")]
)
def test_a_file_that_cannot_be_read_is_one_plain_line(tmp_path, capsys, command, name, content):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        call_command(command[0], str(path), *command[1:])
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (1, "")
    (line,) = said.err.splitlines()
    assert name in line


def test_script_from_writes_a_chapter_in_each_format(tmp_path, book):
    file = tmp_path / "two.fountain"
    written = manage("script_from", book, "--chapter", 2, "-o", file)
    assert (written.returncode, written.stdout, written.stderr) == (0, b"", b"")
    pdf = tmp_path / "two.pdf"
    call_command("script_from", str(book), "--chapter", "2", "--format", "pdf", "-o", str(pdf))
    assert pdf.read_bytes().startswith(b"%PDF")
    document = fountain.parse(file.read_text())
    assert dict(document.title_page)["Author"] == "Ada Lund"
    assert any(element.kind is Kind.HEADING for element in document.elements)


def test_a_chapter_that_is_not_there_is_one_plain_line(book, capsys):
    with pytest.raises(SystemExit):
        call_command("script_from", str(book), "--chapter", "99")
    assert "chapters 1 to" in capsys.readouterr().err
