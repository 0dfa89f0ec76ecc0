"""Reading in a child process: the same answers, and no way to hang, grow or crash the parent."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from scriptwriter.readers import limits
from scriptwriter.readers.guarded import read_book_guarded
from scriptwriter.readers.read import read_book
from scriptwriter.readers.tests.samples import docx, epub, epub_members, page, pdf, zip_of
from storyforge.core.errors import FileTooLarge, StoryforgeError, UnreadableFile, UnsupportedFormat
from storyforge.core.guarded import ENVIRONMENT, PYTHON


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("CHAPTER 1\n\nÄ “quote” and 漢字.\n".encode(), "a.txt"),
        (b"# One\n\nText.", "a.md"),
        (epub({"a.xhtml": page("<h1>One</h1><p>Text.</p>")}), "a.epub"),
        (docx([("Heading1", "One"), ("", "Text.")]), "a.docx"),
        (pdf([[(40, 500, 10, "Hello.")]]), "a.pdf"),
    ],
)
def test_the_child_gives_the_same_book(data: bytes, name: str) -> None:
    assert read_book_guarded(data, name) == read_book(data, name)


@pytest.mark.parametrize(
    ("data", "name", "error"),
    [
        (b"", "a.txt", UnreadableFile),
        (b"{\\rtf1}", "a.rtf", UnsupportedFormat),
        (b"word " * (2 * 2**20 + 1), "a.txt", FileTooLarge),
        (b"x" * (limits.BOOK_FILE_BYTES + 1), "a.pdf", FileTooLarge),
    ],
)
def test_errors_arrive_with_their_type_and_sentence(
    data: bytes, name: str, error: type[StoryforgeError]
) -> None:
    with pytest.raises(error) as refused:
        read_book_guarded(data, name)
    assert refused.value.message.endswith(".")


def test_a_name_cannot_become_an_option_or_a_line_of_the_request() -> None:
    book = read_book_guarded(b"Text.", '--help\n{"seconds": 9}\x00\ud800.txt')
    assert book.text == "Text."


def test_a_slow_file_is_stopped(no_hang) -> None:
    slow = zip_of(
        epub_members({"a.xhtml": "<html><body>" + "<p id='x'>a</p>" * 1_000_000}), method=0
    )
    with pytest.raises(FileTooLarge, match="longer than is allowed"):
        read_book_guarded(slow, "a.epub", seconds=1)


def test_memory_and_processor_time_of_the_child_are_capped() -> None:
    limited = "from storyforge.core.confined import limit_process; limit_process(1); "
    for greed, sign in (("bytearray(2 << 30)", "MemoryError"), ("while True: pass", "")):
        command = [*PYTHON, "-c", limited + greed if sign else f"{limited}\n{greed}"]
        ended = subprocess.run(command, env=ENVIRONMENT, capture_output=True, check=False)  # noqa: S603
        assert ended.returncode == (1 if sign else -signal.SIGXCPU)
        assert sign in ended.stderr.decode()


def test_the_child_sees_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")
    monkeypatch.setenv("SECRET_KEY", "x")
    assert read_book_guarded(b"Text.", "a.txt").text == "Text."
    assert set(ENVIRONMENT) == {"PYTHONPATH", "LANG", "MALLOC_ARENA_MAX"}


def test_no_process_and_no_file_handle_stays_behind() -> None:
    read_book_guarded(b"Text.", "a.txt")
    before, children = len(os.listdir("/proc/self/fd")), child_processes()  # noqa: PTH208
    for _ in range(3):
        read_book_guarded(b"Text.", "a.txt")
        with pytest.raises(FileTooLarge):
            read_book_guarded(b"Text.", "a.txt", seconds=0.001)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
    assert child_processes() == children


def child_processes() -> set[str]:
    """The ids of this process's children, zombies too; the test run's own servers are among them."""
    tasks = Path("/proc/self/task").iterdir()
    return {pid for task in tasks for pid in (task / "children").read_text().split()}
