"""How fast scripts are read, written, laid out and printed; each figure is the best of three runs.

Run by `make bench`, or `python tests/bench/bench_formats.py`. The first rows are made here; the others need
shared/data. PDF times are whole calls: layout, start of the child process, typesetting.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scriptwriter.formats.elements import Document
from scriptwriter.formats.fountain import parse, print_document
from scriptwriter.formats.layout import lay_out
from scriptwriter.formats.paper import PAPERS
from scriptwriter.formats.pdf import screenplay_pdf
from scriptwriter.formats.script_html import script_html

PROJECT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("STORYFORGE_SHARED", PROJECT.parent / "shared")) / "data"
FEATURE_PAGES = 120

SCENE = """INT. LAMP ROOM, LEVEL {n} - NIGHT #{n}#

ANNA climbs with a can of oil, *slowly*, one hand on the wet wall. Somewhere below, a door
that should be shut is not. She stops on step {n} and listens to the sea.

ANNA
(out of breath)
Thirty-nine. Forty. If you are down there, Bob, say something now, or I swear I shall count
these steps again from the bottom.

BOB (O.S.)
You are late. The lamp went out an hour ago and nobody has come to ask about it. That is the
part I do not like.

They look at each other over the rail. **Neither moves.**

CUT TO:

"""


def feature() -> str:
    """Make a script of about 120 pages."""
    scenes: list[str] = []
    while True:
        scenes += [SCENE.format(n=number) for number in range(len(scenes), len(scenes) + 20)]
        source = "Title: The Lamp Room\nAuthor: Nobody\n\n" + "".join(scenes)
        if len(lay_out(parse(source), PAPERS["letter"]).pages) > FEATURE_PAGES:
            return source


def sources() -> Iterator[tuple[str, str]]:
    """Yield names and scripts."""
    yield "feature, made here", feature()
    for name in ("hamlet", "importance_of_being_earnest"):
        path = SHARED / "screenplays" / "fountain" / f"{name}.fountain"
        if path.exists():
            yield name, path.read_text("utf-8")
    for name in ("5000_scenes", "emphasis_bomb"):
        path = SHARED / "screenplays" / "nasty" / f"{name}.fountain"
        if path.exists():
            yield name, path.read_text("utf-8")


def best(call: Callable[[], object]) -> float:
    """Return the seconds of the fastest of three calls."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return min(times)


def made(document: Document) -> Document:
    """Return the document as a writer would have made it, so that printing has to lay it out."""
    elements = tuple(replace(element, raw=None) for element in document.elements)
    return replace(document, title_raw=None, elements=elements)


def main() -> None:
    """Print the table."""
    print(
        f"{'script':28} {'KB':>5} {'pages':>5} {'parse':>6} {'print':>6} {'made':>6}"
        f" {'html':>6} {'layout':>7} {'PDF':>6}"
    )
    print(f"{'':40} {'MB/s':>6} {'MB/s':>6} {'MB/s':>6} {'MB/s':>6} {'s':>7} {'s':>6}")
    for name, source in sources():
        document = parse(source)
        anew = made(document)
        size = len(source.encode()) / 1e6
        pages = len(lay_out(document, PAPERS["letter"]).pages)
        speeds = [
            size / best(lambda source=source: parse(source)),
            size / best(lambda document=document: print_document(document)),
            size / best(lambda anew=anew: print_document(anew)),
            size / best(lambda document=document: script_html(document)),
        ]
        layout = best(lambda document=document: lay_out(document, PAPERS["letter"]))
        pdf = best(lambda document=document: screenplay_pdf(document, scene_numbers=True))
        columns = " ".join(f"{speed:6.1f}" for speed in speeds)
        print(f"{name:28} {size * 1000:5.0f} {pages:5} {columns} {layout:7.3f} {pdf:6.2f}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest child process: {peak:.0f} MB")


if __name__ == "__main__":
    main()
