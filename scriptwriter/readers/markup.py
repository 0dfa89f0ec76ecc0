"""XML and XHTML of strangers: no entities, no network, no DTD, bounded size and depth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from scriptwriter.readers import limits
from storyforge.core.errors import FileTooLarge, UnreadableFile

ENTITY_DECLARATION = re.compile(rb"<!ENTITY", re.IGNORECASE)
DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
DECLARED = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?\s*([A-Za-z0-9._-]{2,30})""")
HOSTILE = "The file declares its own entities, a known trick of hostile files, so it is not opened."


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A parsed page; `is_repaired` says that it was not well-formed and was read as HTML."""

    root: etree._Element
    is_repaired: bool


def parse_xml(data: bytes, *, part: str) -> etree._Element:
    """Parse a well-formed part and return its root.

    Raises UnreadableFile when it is broken or declares entities, FileTooLarge over 20 MB.
    """
    _check(data)
    try:
        root = etree.fromstring(data, _xml_parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise UnreadableFile(f"The file is damaged: {part} cannot be read.") from error
    _refuse_entities(root)
    return root


def parse_page(data: bytes, *, part: str) -> Page:
    """Parse a page of a book: as XML, or, since many are broken, as HTML."""
    _check(data)
    try:
        root = etree.fromstring(data, _xml_parser())
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return Page(root=_parse_html(data, part=part), is_repaired=True)
    _refuse_entities(root)
    return Page(root=root, is_repaired=False)


def local_name(element: etree._Element) -> str:
    """Return a tag without its namespace, in lower case; "" for comments and the like."""
    tag: object = element.tag  # a function for comments and entities
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2].lower()


def attribute(element: etree._Element, name: str) -> str:
    """Return an attribute by its local name, whatever its namespace or prefix."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2].rpartition(":")[2] == name:
            return str(value)
    return ""


def _xml_parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )


def _check(data: bytes) -> None:
    if len(data) > limits.XML_PART_BYTES:
        raise FileTooLarge(
            f"A part of the file is larger than {limits.megabytes(limits.XML_PART_BYTES)}."
        )
    plain = data.replace(b"\x00", b"")  # UTF-16 hides the words between zero bytes
    if ENTITY_DECLARATION.search(plain) and DOCTYPE.search(plain):
        raise UnreadableFile(HOSTILE)


def _refuse_entities(root: etree._Element) -> None:
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
        raise UnreadableFile(HOSTILE)


def _parse_html(data: bytes, *, part: str) -> etree._Element:
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_pis=True, recover=True
    )
    try:
        root = etree.fromstring(_as_utf8(data), parser)
    except (etree.XMLSyntaxError, etree.ParserError, ValueError) as error:
        raise UnreadableFile(f"The file is damaged: {part} cannot be read.") from error
    if root is None:
        raise UnreadableFile(f"The file is damaged: {part} is empty.")
    return root


def _as_utf8(data: bytes) -> bytes:
    """Bring a page to UTF-8 by its own declaration; without one, libxml2 would guess Latin-1."""
    declared = DECLARED.search(data[:1024])
    name = declared.group(1).decode("ascii") if declared else "utf-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = "utf-16"
    try:
        text = data.decode(name, "replace")
    except LookupError:
        text = data.decode("utf-8", "replace")
    return text.encode("utf-8", "replace")
