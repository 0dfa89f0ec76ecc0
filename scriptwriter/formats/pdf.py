"""A script as PDF/UA-1: our own layout, printed by Typst in a child process.

Letters no font here has are printed as U+FFFD; `glyphs.missing_letters` tells which.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from scriptwriter.formats.elements import Document
from scriptwriter.formats.errors import TypesettingFailed, TypesettingTimedOut
from scriptwriter.formats.glyphs import printable
from scriptwriter.formats.inline import Run, plain_text
from scriptwriter.formats.layout import lay_out
from scriptwriter.formats.paper import PAPERS, REPEATED, TOP_MARGIN_ROWS, Layout, PlacedLine, Role

HERE = Path(__file__).parent
TEMPLATE = HERE / "templates" / "screenplay.typ"
FONTS = HERE / "fonts"
CHILD = HERE / "pdf_child.py"

# Nothing of ours; only that a machine of many cores does not reserve memory for each of them.
_ENVIRONMENT = {"RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one run may take; 1,851 pages took 5 s and less than 1 GB of addresses."""

    seconds: int = 120
    memory: int = 2 * 1024**3


LIMITS = Limits()


def screenplay_pdf(
    document: Document,
    *,
    paper: Literal["letter", "a4"] = "letter",
    scene_numbers: bool = False,
    title_page: bool = True,
    language: str = "en",
    limits: Limits = LIMITS,
) -> bytes:
    """Return the PDF; the same document and options give the same bytes.

    `language` is an ISO 639 code of two or three letters. Raises TooManyPages, TypesettingTimedOut
    or TypesettingFailed.
    """
    layout = lay_out(document, PAPERS[paper], scene_numbers=scene_numbers, title_page=title_page)
    entries = {key.lower(): value for key, value in reversed(document.title_page)}
    authors = entries.get("author") or entries.get("authors", "")
    script = {
        "title": _one_line(entries.get("title", "")) or "Screenplay",
        "authors": [name for name in (_one_line(line) for line in authors.split("\n")) if name],
        "language": language if _LANGUAGE.fullmatch(language) else "en",
        "width": layout.paper.width,
        "height": layout.paper.height,
        "pages": _pages(layout),
    }
    with tempfile.TemporaryDirectory(prefix="screenplay-") as folder:
        return _typeset(Path(folder), script, limits)


def _typeset(folder: Path, script: dict[str, Any], limits: Limits) -> bytes:
    (folder / "main.typ").write_bytes(TEMPLATE.read_bytes())
    (folder / "script.json").write_text(json.dumps(script), encoding="utf-8")
    numbers = [str(limits.memory), str(limits.seconds)]
    command = [sys.executable, "-I", str(CHILD), str(folder), str(FONTS), *numbers]
    try:
        # No shell, none of our environment, and every argument is ours.
        done = subprocess.run(  # noqa: S603
            command,
            cwd=folder,
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TypesettingTimedOut(seconds=limits.seconds) from error
    result = folder / "out.pdf"
    if done.returncode or not result.exists():
        raise TypesettingFailed(reason=_reason(done))
    return result.read_bytes()


def _reason(done: subprocess.CompletedProcess[bytes]) -> str:
    """Say why, without paths: a message of Typst, or the signal that ended the process."""
    if done.returncode == 2:
        return done.stderr.decode("utf-8", "replace").strip().splitlines()[0][:200]
    return f"the typesetter ended with {done.returncode}"


def _one_line(text: str) -> str:
    return " ".join(printable(plain_text(text)).split())


def _pages(layout: Layout) -> list[list[dict[str, Any]]]:
    top = TOP_MARGIN_ROWS
    return [
        [_piece(list(lines), top) for _, lines in groupby(page.lines, key=_Pieces())]
        for page in layout.pages
    ]


class _Pieces:
    """Tells which lines are one paragraph: of one element, in one column, without a gap."""

    def __init__(self) -> None:
        self._previous: PlacedLine | None = None
        self._number = 0

    def __call__(self, line: PlacedLine) -> int:
        before, self._previous = self._previous, line
        goes_on = (
            before is not None
            and line.element >= 0
            and (line.element, line.role, line.column, line.row)
            == (before.element, before.role, before.column, before.row + 1)
        )
        self._number += not goes_on
        return self._number


def _piece(lines: list[PlacedLine], top: int) -> dict[str, Any]:
    first = lines[0]
    tag = "heading" if first.role is Role.HEADING else "text"
    return {
        "tag": "artifact" if first.role in REPEATED else tag,
        "row": first.row + top,
        "column": first.column,
        "lines": [[_run(run) for run in line.runs] or [""] for line in lines],
    }


def _run(run: Run) -> str | list[str]:
    style = "b" * run.bold + "i" * run.italic + "u" * run.underline
    return [run.text, style] if style else run.text
