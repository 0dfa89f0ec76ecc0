"""What the package document of an EPUB says: metadata, pages in reading order, contents."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from scriptwriter.readers import limits
from scriptwriter.readers.archive import Archive
from scriptwriter.readers.languages import iso_639_1
from scriptwriter.readers.markup import attribute, local_name, parse_xml
from scriptwriter.readers.phrases import said
from storyforge.core.errors import UnreadableFile

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
# These only scramble fonts, so that nobody lifts them from the book; the text is open.
FONT_SCRAMBLING = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
PAGE_TYPES = ("application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/xml")
SPINE_LIMIT = 5_000


@dataclass(frozen=True, kw_only=True, slots=True)
class SpineItem:
    """One page of the reading order: its member name, and whether it is off the main line."""

    path: str
    is_linear: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """The parts of a package document that the reader uses; paths are member names."""

    title: str
    author: str
    language: str
    spine: tuple[SpineItem, ...]
    nav: str
    ncx: str
    guide: dict[str, str]
    warnings: tuple[str, ...]


def read_package(archive: Archive) -> Package:
    """Read container and package. Raises UnreadableFile when the book cannot be followed."""
    path = _package_path(archive)
    root = parse_xml(archive.read(path, limit=limits.XML_PART_BYTES), part="the book's package")
    if local_name(root) != "package":
        raise UnreadableFile("The file is damaged: the book's package is something else.")
    manifest = _Manifest(archive, root, folder=posixpath.dirname(path))
    spine, warnings = manifest.spine()
    _refuse_locked(archive, [item.path for item in spine])
    return Package(
        title=_title(root),
        author=_authors(root),
        language=iso_639_1(_first(root, "language")),
        spine=spine,
        nav=manifest.nav(),
        ncx=manifest.ncx(),
        guide=manifest.guide(),
        warnings=warnings,
    )


def resolve(archive: Archive, folder: str, link: str) -> tuple[str | None, str]:
    """Return the member a link leads to (None outside the book) and its fragment."""
    path, _, fragment = link.strip().partition("#")
    if ":" in path.split("/")[0]:
        return None, ""
    joined = posixpath.normpath(posixpath.join(folder, path))
    return archive.find(joined), unquote(fragment)


def _package_path(archive: Archive) -> str:
    if archive.has(CONTAINER):
        container = parse_xml(archive.read(CONTAINER), part="its container")
        for element in container.iter():
            if local_name(element) == "rootfile":
                found = archive.find(attribute(element, "full-path"))
                if found:
                    return found
    packages = [name for name in archive.names if name.lower().endswith(".opf")]
    if len(packages) != 1:
        raise UnreadableFile("This is not an EPUB book: it does not say where its pages are.")
    return packages[0]


class _Manifest:
    """Looks up the package's files by id."""

    def __init__(self, archive: Archive, root: etree._Element, *, folder: str) -> None:
        self._archive = archive
        self._root = root
        self._folder = folder
        self._items = {
            item.get("id", ""): item for item in root.iter() if local_name(item) == "item"
        }

    def spine(self) -> tuple[tuple[SpineItem, ...], tuple[str, ...]]:
        """Return the pages in reading order, and warnings for those that are not there."""
        pages: dict[str, SpineItem] = {}
        missing = 0
        references = [e for e in self._root.iter() if local_name(e) == "itemref"]
        for reference in references[:SPINE_LIMIT]:
            item = self._items.get(reference.get("idref", ""))
            path = self._page(item) if item is not None else None
            if path is None:
                missing += 1
            elif path not in pages:
                pages[path] = SpineItem(path=path, is_linear=reference.get("linear") != "no")
        if not pages:
            raise UnreadableFile("The book holds no readable page.")
        note = f"{said(missing, 'page')} that the book lists missing or not text."
        return tuple(pages.values()), (note,) if missing else ()

    def nav(self) -> str:
        for item in self._items.values():
            if "nav" in (item.get("properties") or "").split():
                return self._path(item) or ""
        return ""

    def ncx(self) -> str:
        named = next((e.get("toc") for e in self._root.iter() if local_name(e) == "spine"), None)
        item = self._items.get(named or "")
        if item is None:
            kinds = ("application/x-dtbncx+xml", "text/ncx")
            item = next((i for i in self._items.values() if i.get("media-type") in kinds), None)
        return (self._path(item) or "") if item is not None else ""

    def guide(self) -> dict[str, str]:
        """Return the EPUB 2 guide: place ("path" or "path#id") to type."""
        found: dict[str, str] = {}
        for element in self._root.iter():
            if local_name(element) != "reference":
                continue
            path, fragment = resolve(self._archive, self._folder, element.get("href", ""))
            if path:
                place = f"{path}#{fragment}" if fragment else path
                found[place] = (element.get("type") or "").casefold()
        return found

    def _page(self, item: etree._Element) -> str | None:
        """Follow fallbacks to a page of text; each item is visited once, since they may circle."""
        seen: set[str] = set()
        current: etree._Element | None = item
        while current is not None and current.get("id", "") not in seen:
            seen.add(current.get("id", ""))
            if current.get("media-type") in PAGE_TYPES:
                return self._path(current)
            current = self._items.get(current.get("fallback") or "")
        return None

    def _path(self, item: etree._Element) -> str | None:
        return resolve(self._archive, self._folder, item.get("href", ""))[0]


def _refuse_locked(archive: Archive, pages: list[str]) -> None:
    if not archive.has(ENCRYPTION):
        return
    root = parse_xml(archive.read(ENCRYPTION), part="its encryption list")
    for data in (e for e in root.iter() if local_name(e) == "encrypteddata"):
        parts = {local_name(e): e for e in data.iter()}
        method = parts.get("encryptionmethod")
        reference = parts.get("cipherreference")
        if method is not None and method.get("Algorithm") in FONT_SCRAMBLING:
            continue
        if reference is not None and archive.find(reference.get("URI", "")) in pages:
            raise UnreadableFile("This EPUB is copy-protected, so its text cannot be read.")


def _metadata(root: etree._Element, name: str) -> list[etree._Element]:
    found = [e for e in root.iter() if local_name(e) == name and (e.text or "").strip()]
    return [e for e in found if "purl.org/dc" in str(e.tag)] or found


def _first(root: etree._Element, name: str) -> str:
    found = _metadata(root, name)
    return " ".join((found[0].text or "").split()) if found else ""


def _title(root: etree._Element) -> str:
    titles = _metadata(root, "title")
    main = [t for t in titles if _refined(root, t, "title-type") == ["main"]]
    chosen = (main or titles)[:1]
    return " ".join((chosen[0].text or "").split())[:500] if chosen else ""


def _authors(root: etree._Element) -> str:
    names: list[str] = []
    for creator in _metadata(root, "creator"):
        roles = [attribute(creator, "role"), *_refined(root, creator, "role")]
        if not any(roles) or "aut" in roles:
            names.append(" ".join((creator.text or "").split()))
    return ", ".join(dict.fromkeys(names))[:500]


def _refined(root: etree._Element, element: etree._Element, name: str) -> list[str]:
    """Return what the EPUB 3 `meta refines` lines say about an element of the metadata."""
    wanted = "#" + (element.get("id") or "")
    return [
        (meta.text or "").strip()
        for meta in root.iter()
        if local_name(meta) == "meta"
        and meta.get("refines") == wanted
        and meta.get("property") == name
    ]
