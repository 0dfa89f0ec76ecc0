"""Read an EPUB: pages in reading order as one text, chapters by its own table of contents."""

from __future__ import annotations

from dataclasses import dataclass

from scriptwriter.readers import limits
from scriptwriter.readers.archive import Archive
from scriptwriter.readers.assembly import split_book
from scriptwriter.readers.blocks import Blocks, BlockWriter
from scriptwriter.readers.epub.contents import Contents, read_contents
from scriptwriter.readers.epub.entries import entries_of
from scriptwriter.readers.epub.package import Package, read_package
from scriptwriter.readers.front import front_matter
from scriptwriter.readers.kinds import stem
from scriptwriter.readers.markup import parse_page
from scriptwriter.readers.pages import PageText
from scriptwriter.readers.phrases import notes_left_out, said
from scriptwriter.readers.types import ReadBook
from storyforge.core.errors import UnreadableFile


@dataclass(frozen=True, kw_only=True, slots=True)
class Pages:
    """The text of all pages read, their names in order, and what was noticed on the way."""

    content: Blocks
    paths: tuple[str, ...]
    warnings: tuple[str, ...]


def read_epub(data: bytes, filename: str) -> ReadBook:
    """Read an EPUB 2 or 3. Raises UnreadableFile or FileTooLarge."""
    archive = Archive(data)
    package = read_package(archive)
    contents = read_contents(archive, package)
    pages = _read_pages(archive, package, contents)
    if not pages.content.text:
        raise UnreadableFile("The book holds no text; its pages may be pictures.")
    title = package.title or stem(filename)
    found = entries_of(pages.content, pages.paths, contents)
    front = front_matter(pages.content.text)
    split = split_book(
        pages.content, list(found.entries), book_title=title, body_end=front.body_end
    )
    return ReadBook(
        title=title,
        author=package.author,
        language=package.language or front.language,
        format="epub",
        encoding="",
        text=pages.content.text,
        chapters=split.chapters,
        warnings=(
            *package.warnings,
            *contents.warnings,
            *pages.warnings,
            *found.warnings,
            *split.warnings,
        ),
    )


def _read_pages(archive: Archive, package: Package, contents: Contents) -> Pages:
    writer = BlockWriter()
    text = PageText(writer)
    listed = {line.place.partition("#")[0] for line in contents.lines}
    paths: list[str] = []
    repaired = skipped = 0
    for item in package.spine:
        if item.path == package.nav:
            continue
        if not item.is_linear and item.path not in listed:
            skipped += 1
            continue
        part = f"the page {item.path}"
        page = parse_page(archive.read(item.path, limit=limits.XML_PART_BYTES), part=part)
        repaired += page.is_repaired
        text.write(page.root, path=item.path)
        paths.append(item.path)
    warnings = []
    if repaired:
        warnings.append(f"{said(repaired, 'page')} not well-formed: read as HTML.")
    if skipped:
        warnings.append(f"{said(skipped, 'page')} beside the main text left out.")
    if text.notes_left_out:
        warnings.append(notes_left_out(text.notes_left_out))
    return Pages(content=writer.finish(), paths=tuple(paths), warnings=tuple(warnings))
