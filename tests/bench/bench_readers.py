"""Seconds and memory to read a 120,000-word novel from each format, and the sample books.

Run by `make bench`, or `python tests/bench/bench_readers.py`.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scriptwriter.readers.guarded import read_book_guarded
from scriptwriter.readers.tests.samples import docx, epub, link, nav, page, pdf, prose_lines

ROOT = Path(__file__).resolve().parents[2]
BOOKS = Path(os.environ.get("STORYFORGE_SHARED", ROOT.parent / "shared")) / "data" / "books"
RUNS = 3
CHAPTERS = 60
WORDS_A_CHAPTER = 2_000
LINE = 60
LINES_A_PAGE = 42
WORDS = (
    "the a harbor fog lamp door steps father night window letter ship captain rain street of and "
    "to in was had she he they said went looked stood knew never always again before after under"
)
VOCABULARY = WORDS.split()


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One measured reading; memory is the peak of the child process."""

    seconds: float
    megabytes: float
    words: int
    chapters: int


def novel() -> list[list[str]]:
    """Chapters of paragraphs, the same on every run."""
    dice = random.Random(7)  # noqa: S311
    chapters = []
    for _ in range(CHAPTERS):
        paragraphs, left = [], WORDS_A_CHAPTER
        while left > 0:
            size = min(dice.randrange(20, 120), left)
            text = " ".join(dice.choice(VOCABULARY) for _ in range(size))
            paragraphs.append(text.capitalize() + ".")
            left -= size
        chapters.append(paragraphs)
    return chapters


def files(chapters: list[list[str]]) -> dict[str, bytes]:
    """The novel in each format, by file name."""
    plain = "\n\n".join(f"CHAPTER {n}\n\n" + "\n\n".join(c) for n, c in enumerate(chapters, 1))
    marked = "\n\n".join(f"# Chapter {n}\n\n" + "\n\n".join(c) for n, c in enumerate(chapters, 1))
    pages = {
        f"{n}.xhtml": page(f"<h1>Chapter {n}</h1>" + "".join(f"<p>{p}</p>" for p in chapter))
        for n, chapter in enumerate(chapters, 1)
    }
    contents = nav(*[link(name, f"Chapter {n}") for n, name in enumerate(pages, 1)])
    styled = [
        line
        for n, chapter in enumerate(chapters, 1)
        for line in [("Heading1", f"Chapter {n}"), *[("", p) for p in chapter]]
    ]
    return {
        "novel.txt": plain.encode(),
        "novel_utf16.txt": plain.encode("utf-16"),
        "novel_cp1252.txt": plain.replace("harbor", "höhle").encode("cp1252"),
        "novel.md": marked.encode(),
        "novel.epub": epub(pages, contents=contents),
        "novel.docx": docx(styled),
        "novel.pdf": pdf(sheets(chapters)),
    }


def sheets(chapters: list[list[str]]) -> list[list[tuple[float, float, float, str]]]:
    """The novel set in lines and pages, with a number below each."""
    pages = []
    for n, chapter in enumerate(chapters, 1):
        lines = [f"CHAPTER {n}", *[line for text in chapter for line in wrapped(text)]]
        for start in range(0, len(lines), LINES_A_PAGE):
            body = prose_lines(560, lines[start : start + LINES_A_PAGE], left=20)
            pages.append([*body, (195.0, 20.0, 8.0, str(len(pages) + 1))])
    return pages


def wrapped(text: str) -> list[str]:
    """Lines of at most 60 characters, the first one indented."""
    lines, line = [], "  "
    for word in text.split():
        if len(line) + len(word) > LINE:
            lines.append(line.rstrip())
            line = ""
        line += word + " "
    return [*lines, line.rstrip()]


def measure(name: str, data: bytes) -> Figure:
    """Read once in a fresh process, so that the peak is that of this file alone."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=_measure, args=(name, data, answers))
    process.start()
    figure: Figure = answers.get()
    process.join()
    return figure


def _measure(name: str, data: bytes, answers: multiprocessing.Queue[Figure]) -> None:
    started = time.perf_counter()
    book = read_book_guarded(data, name)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    words = len(book.text.split())
    answers.put(Figure(seconds=seconds, megabytes=peak, words=words, chapters=len(book.chapters)))


def report(name: str, data: bytes) -> None:
    """Print the median of three readings."""
    figures = [measure(name, data) for _ in range(RUNS)]
    seconds = statistics.median(figure.seconds for figure in figures)
    peak = max(figure.megabytes for figure in figures)
    last = figures[-1]
    print(
        f"{name:36} {len(data) / 1e6:7.2f} MB {last.words:8,} words {last.chapters:4} spans"
        f" {seconds:7.2f} s {peak:7.0f} MB peak"
    )


def main() -> None:
    """Print the table."""
    print(f"Reading in a child process, median of {RUNS}; peak memory of the child")
    report("one_line.txt", b"One line, to see what the child costs.")
    for name, data in files(novel()).items():
        report(name, data)
    for pattern in ("epub/*.epub", "other/*.docx", "other/*.md", "other/sherlock*.pdf"):
        for path in sorted(BOOKS.glob(pattern)):
            report(path.name, path.read_bytes())
    for name in ("pride_and_prejudice.txt", "dracula_pg_latin1_toc.txt"):
        if (BOOKS / "txt" / name).is_file():
            report(name, (BOOKS / "txt" / name).read_bytes())


if __name__ == "__main__":
    main()
