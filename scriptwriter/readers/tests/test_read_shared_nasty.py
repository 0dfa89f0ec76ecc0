"""The shared collection of hostile and broken files: each gives what its catalog row expects."""

from __future__ import annotations

import atexit
import lzma
import os
import resource
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import pytest

from scriptwriter.readers.guarded import read_book_guarded
from scriptwriter.readers.normal import normalize
from scriptwriter.readers.types import ReadBook
from storyforge.core.confined import MEMORY_BYTES
from storyforge.core.errors import FileTooLarge, StoryforgeError, UnreadableFile, UnsupportedFormat

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("STORYFORGE_SHARED", ROOT.parent / "shared")) / "data"
NASTY = DATA / "nasty"
FOLDER_NAMES = "csv docx epub epub_epubcheck image injection json pdf text wrongtype"
FOLDERS = FOLDER_NAMES.split() if NASTY.is_dir() else []
FILES = [path for folder in FOLDERS for path in sorted((NASTY / folder).iterdir())]

pytestmark = pytest.mark.skipif(not FILES, reason="the shared test data is not beside the project")

# Chapters expected, by file.
CHAPTERS = {
    "text/2000_chapters.txt": 2000,
    "text/alice3_cp1252.txt": 3,
    "text/alice3_cr_only.txt": 3,
    "text/alice3_mixed_eol.txt": 3,
    "text/alice3_mojibake_utf8_as_cp1252.txt": 3,
    "text/alice3_utf16be_bom.txt": 3,
    "text/alice3_utf16le_bom.txt": 3,
    "text/alice3_utf16le_nobom.txt": 3,
    "text/alice3_utf32le_bom.txt": 3,
    "text/alice3_utf8_bom_crlf.txt": 3,
    "text/arabic_rtl_utf8.txt": 2,
    "text/bidi_zero_width_zalgo.txt": 1,
    "text/control_chars.txt": 1,
    "text/die_verwandlung_utf8_nfd.txt": 3,
    "text/invalid_utf8_sequences.txt": 1,
    "text/japanese_shift_jis.txt": 2,
    "text/no_spaces_300k_line.txt": 1,
    "text/nul_bytes.txt": 1,
    "text/only_headings.txt": 3,
    "text/russian_koi8r.txt": 2,
    "epub/good_minimal.epub": 1,
    "epub/no_container.epub": 1,
    "epub/script_and_handlers.epub": 1,
    "epub/spine_points_nowhere.epub": 1,
    "epub/xss_title.epub": 1,
    "epub_epubcheck/content-xhtml-link-to-missing-doc-error.epub": 2,
    "epub_epubcheck/nav-links-out-of-spine-error.epub": 1,
    "epub_epubcheck/nav-toc-unordered-spine-warning.epub": 3,
    "epub_epubcheck/ocf-filename-not-utf8-error.epub": 1,
    "epub_epubcheck/ocf-filename-utf8-valid.epub": 1,
    "epub_epubcheck/ocf-mimetype-file-missing-error.epub": 1,
    "epub_epubcheck/ocf-zip-valid.epub": 1,
    "epub_epubcheck/spine-nonlinear-reachable-via-nav-valid.epub": 2,
    "docx/good_minimal.docx": 1,
    "pdf/good_minimal.pdf": 1,
    "injection/pride_ch1-2_with_prompt_injection.txt": 2,
}
# Refusals expected, by file.
REFUSED: dict[str, type[StoryforgeError]] = {
    "text/empty_0_bytes.txt": UnreadableFile,
    "text/only_bom.txt": UnreadableFile,
    "text/only_whitespace.txt": UnreadableFile,
    "text/huge_64MB.txt.xz": FileTooLarge,
    "epub/billion_laughs.epub": UnreadableFile,
    "epub/not_a_zip.epub": UnreadableFile,
    "epub/path_traversal.epub": UnreadableFile,
    "epub/truncated.epub": UnreadableFile,
    "epub/xxe_in_chapter.epub": UnreadableFile,
    "epub/xxe_in_opf.epub": UnreadableFile,
    "epub/zip_bomb_bzip2.epub": UnreadableFile,
    "epub/zip_bomb_deflate.epub": FileTooLarge,
    "epub_epubcheck/fallback-chain-circular-error.epub": UnreadableFile,
    "epub_epubcheck/ocf-container-not-ocf-error.epub": UnreadableFile,
    "epub_epubcheck/ocf-filename-duplicate-zip-entry-error.epub": UnreadableFile,
    "epub_epubcheck/ocf-zip-unreadable-empty-fatal.epub": UnreadableFile,
    "epub_epubcheck/ocf-zip-unreadable-image-with-epub-extension-fatal.epub": UnsupportedFormat,
    "docx/billion_laughs.docx": UnreadableFile,
    "docx/xxe.docx": UnreadableFile,
    "docx/zip_bomb_bzip2.docx": UnreadableFile,
    "pdf/flate_bomb.pdf": FileTooLarge,
    "pdf/truncated.pdf": UnreadableFile,
    "pdf/zero_pages.pdf": UnreadableFile,
    "wrongtype/empty.docx": UnreadableFile,
    "wrongtype/empty.epub": UnreadableFile,
    "wrongtype/empty.fountain": UnreadableFile,
    "wrongtype/empty.pdf": UnreadableFile,
    "wrongtype/png_renamed.txt": UnsupportedFormat,
    "wrongtype/random_bytes.txt": UnreadableFile,
    "wrongtype/text_renamed.docx": UnreadableFile,
    "wrongtype/text_renamed.epub": UnreadableFile,
    "wrongtype/text_renamed.pdf": UnreadableFile,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What reading a file gave, and the bytes that the largest reading child took so far."""

    book: ReadBook | None
    error: type[StoryforgeError] | None
    message: str
    peak: int


@cache
def reader() -> ProcessPoolExecutor:
    """A process whose children are readers only: the peak of a test's own may be that of a browser."""
    pool = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
    atexit.register(pool.shutdown)
    return pool


@cache
def outcome(name: str) -> Outcome:
    return reader().submit(_outcome, NASTY / name).result()


def _outcome(path: Path) -> Outcome:
    data, shown = path.read_bytes(), path.name
    if path.suffix == ".xz":
        data, shown = lzma.decompress(data), path.stem
    book, error, message = None, None, ""
    try:
        book = read_book_guarded(data, shown)
    except (UnreadableFile, UnsupportedFormat, FileTooLarge) as refused:
        error, message = type(refused), refused.message
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return Outcome(book=book, error=error, message=message, peak=peak)


def read(name: str) -> ReadBook:
    book = outcome(name).book
    assert book is not None, outcome(name).error
    return book


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_each_file_gives_a_book_or_a_typed_error_in_bounded_memory(path: Path, no_hang) -> None:
    found = outcome(f"{path.parent.name}/{path.name}")
    assert found.peak <= MEMORY_BYTES
    if found.book is not None:
        assert "root:" not in found.book.text + found.book.title
        assert "\x00" not in found.book.text
        assert normalize(found.book.text).encode("utf-8")


@pytest.mark.parametrize(("name", "count"), CHAPTERS.items())
def test_what_can_be_read_has_its_chapters(name: str, count: int) -> None:
    assert len(read(name).chapters) == count


@pytest.mark.parametrize(("name", "error"), REFUSED.items())
def test_what_cannot_be_read_is_refused(name: str, error: type[StoryforgeError]) -> None:
    found = outcome(name)
    assert found.error is error
    assert found.message.endswith(".")


def test_all_encodings_of_one_text_give_one_text() -> None:
    texts = {
        normalize(read(f"text/alice3_{form}.txt").text)
        for form in ("utf16be_bom", "utf16le_bom", "utf16le_nobom", "utf32le_bom", "cr_only")
    }
    assert len(texts) == 1


def test_texts_survive_their_encodings() -> None:
    assert "“" in read("text/alice3_cp1252.txt").text
    assert "\x93" not in read("text/alice3_cp1252.txt").text
    assert "â€" in read("text/alice3_mojibake_utf8_as_cp1252.txt").text
    assert read("text/alice3_utf8_bom_crlf.txt").text[0].isalpha()
    assert "第二章" in read("text/japanese_shift_jis.txt").text
    german = read("text/latin1_no_declaration.txt").text
    assert all(letter in german for letter in "üäö»«")
    assert "\ufffd" not in german
    russian = read("text/russian_koi8r.txt").text
    assert russian.startswith("ГЛАВА ПЕРВАЯ")


def test_decomposed_letters_are_composed_for_search() -> None:
    decomposed = normalize(read("text/die_verwandlung_utf8_nfd.txt").text)
    composed = read_book_guarded(
        (DATA / "books/txt/die_verwandlung_latin1_de.txt").read_bytes(), "a.txt"
    ).text
    assert decomposed.count("für die Schwester") == normalize(composed).count("für die Schwester")
    assert decomposed.count("für") > 50


def test_markup_in_a_title_stays_text_and_scripts_are_gone() -> None:
    assert read("epub/xss_title.epub").title.startswith("<img src=x onerror=alert(1)>")
    assert "script" not in read("epub/script_and_handlers.epub").text
    assert read("epub/good_minimal.epub").text == "One\n\nHello."
    assert read("docx/good_minimal.docx").text == "Hello."
    assert read("pdf/good_minimal.pdf").text == "Hello."
