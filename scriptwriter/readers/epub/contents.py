"""The contents of an EPUB: the nav document of EPUB 3, else the NCX of EPUB 2."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from lxml import etree

from scriptwriter.readers import limits
from scriptwriter.readers.archive import Archive
from scriptwriter.readers.epub.package import Package, resolve
from scriptwriter.readers.markup import attribute, local_name, parse_page, parse_xml
from storyforge.core.errors import UnreadableFile

ENTRY_LIMIT = 10_000
TITLE_LIMIT = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class ContentsLine:
    """One line of a contents page. `place` is "path", "path#id", or "" for a plain heading.

    `is_folded` marks lines that the book's maker hid in its printed contents.
    """

    depth: int
    title: str
    place: str
    is_folded: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """The lines in the order of the page, and the landmarks: place to type."""

    lines: tuple[ContentsLine, ...]
    landmarks: dict[str, str]
    warnings: tuple[str, ...] = ()


def read_contents(archive: Archive, package: Package) -> Contents:
    """Read the nav document, or where it is missing, broken or empty the NCX."""
    warnings: list[str] = []
    for path, read in ((package.nav, _read_nav), (package.ncx, _read_ncx)):
        if not path:
            continue
        try:
            found = read(archive, path)
        except UnreadableFile:
            warnings.append("A table of contents in the file is damaged and was not used.")
            continue
        if found.lines:
            landmarks = {**package.guide, **found.landmarks}
            return Contents(lines=found.lines, landmarks=landmarks, warnings=tuple(warnings))
    return Contents(lines=(), landmarks=package.guide, warnings=tuple(warnings))


def _read_nav(archive: Archive, path: str) -> Contents:
    page = parse_page(archive.read(path, limit=limits.XML_PART_BYTES), part="its contents page")
    places = _Places(archive, path)
    navs = [e for e in page.root.iter() if local_name(e) == "nav"]
    toc = next((n for n in navs if _has_type(n, "toc")), navs[0] if navs else None)
    marks = next((n for n in navs if _has_type(n, "landmarks")), None)
    landmarks: dict[str, str] = {}
    for link in marks.iter() if marks is not None else ():
        if local_name(link) == "a" and (place := places.of(link.get("href", ""))):
            landmarks[place] = attribute(link, "type")
    lines = _nav_lines(toc, places) if toc is not None else ()
    return Contents(lines=lines, landmarks=landmarks)


def _has_type(element: etree._Element, name: str) -> bool:
    return name in attribute(element, "type").split() or element.get("role") == f"doc-{name}"


def _nav_lines(toc: etree._Element, places: _Places) -> tuple[ContentsLine, ...]:
    lines: list[ContentsLine] = []
    for item in toc.iter():
        if local_name(item) != "li" or len(lines) >= ENTRY_LIMIT:
            continue
        link = next((c for c in item if local_name(c) in ("a", "span", "p")), None)
        if link is None:
            continue
        target = link if local_name(link) == "a" else _first_link(link)
        lists = [a for a in item.iterancestors() if local_name(a) in ("ol", "ul")]
        lines.append(
            ContentsLine(
                depth=max(len(lists), 1),
                title=_text(link),
                place=places.of(target.get("href", "")) if target is not None else "",
                is_folded=any("hidden" in a.attrib for a in lists),
            )
        )
    return tuple(lines)


def _first_link(element: etree._Element) -> etree._Element | None:
    return next((e for e in element.iter() if local_name(e) == "a"), None)


def _read_ncx(archive: Archive, path: str) -> Contents:
    root = parse_xml(archive.read(path, limit=limits.XML_PART_BYTES), part="its contents list")
    places = _Places(archive, path)
    lines: list[ContentsLine] = []
    for point in root.iter():
        if local_name(point) != "navpoint" or len(lines) >= ENTRY_LIMIT:
            continue
        children = {local_name(c): c for c in point}
        label, content = children.get("navlabel"), children.get("content")
        depth = 1 + sum(local_name(a) == "navpoint" for a in point.iterancestors())
        lines.append(
            ContentsLine(
                depth=depth,
                title=_text(label) if label is not None else "",
                place=places.of(content.get("src", "")) if content is not None else "",
                is_folded=False,
            )
        )
    return Contents(lines=tuple(lines), landmarks={})


def _text(element: etree._Element) -> str:
    return " ".join("".join(str(t) for t in element.itertext()).split())[:TITLE_LIMIT]


class _Places:
    """Turns links of one page into places."""

    def __init__(self, archive: Archive, path: str) -> None:
        self._archive = archive
        self._folder = posixpath.dirname(path)

    def of(self, link: str) -> str:
        path, fragment = resolve(self._archive, self._folder, link) if link else (None, "")
        if path is None:
            return ""
        return f"{path}#{fragment}" if fragment else path
