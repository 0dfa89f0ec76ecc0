"""Walk a parsed HTML page and write its readable text as blocks."""

from __future__ import annotations

import html
import re

from lxml import etree

from scriptwriter.readers.blocks import BlockWriter
from scriptwriter.readers.markup import attribute, local_name

BLOCK_TAGS_WORDS = """
    address article aside blockquote body caption center dd details div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup li main nav ol p pre
    section table tbody tfoot thead tr ul
"""
BLOCK_TAGS = frozenset(BLOCK_TAGS_WORDS.split())
# Never read: scripts, pictures, forms, and the pronunciation marks of ruby text.
SILENT_TAGS_WORDS = """
    audio button canvas embed head iframe input math noscript object rp rt script select
    style svg template textarea title video
"""
SILENT_TAGS = frozenset(SILENT_TAGS_WORDS.split())
SILENT_TYPES = frozenset({"pagebreak", "doc-pagebreak", "backlink", "doc-backlink"})
NOTE_REFERENCES = frozenset({"noteref", "doc-noteref"})
NOTE_BODIES = frozenset({"footnote", "doc-footnote", "endnote", "doc-endnote", "rearnote"})
NOTE_NUMBER = re.compile(r"\s*[\[(]?[\d*†‡§]{1,4}[\])]?\s*")
HEADINGS = {f"h{level}": level for level in range(1, 7)}

LINE, CELL = "\x1e", "\x1f"
BLANK = f" \t\r\n\f{LINE}{CELL}"
SPACE = re.compile(r"[ \t\r\n\f]+")
LINES = re.compile(f" *{LINE} *")
MORE_LINES = re.compile("\n{3,}")
CELLS = re.compile(f" *{CELL}[ {CELL}]*")
SENTINELS = re.compile(f"[{LINE}{CELL}]")
# Page and line numbers of printed editions, as digitized books call them.
NUMBER_CLASS = re.compile(
    r"\b(?:page-?(?:num|number|no|break)|pg-?num|l(?:ine)?-?(?:num|number))\b", re.IGNORECASE
)
PERSONA = "z3998:persona"
DIRECTION = "z3998:stage-direction"
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


class PageText:
    """Writes pages into a BlockWriter; `notes_left_out` counts references to notes."""

    def __init__(self, writer: BlockWriter) -> None:
        self._writer = writer
        self._inline: list[str] = []
        self._heading = 0
        self._group = 0
        self._pre = 0
        self._types: list[tuple[str, ...]] = []
        self._prefix = ""
        self.notes_left_out = 0

    def write(self, root: etree._Element, *, path: str = "") -> None:
        """Append a page; its places are named `path` and `path#id`."""
        self._prefix = path
        if path:
            self._writer.name(path)
        body = next((e for e in root.iter() if local_name(e) == "body"), root)
        walk = etree.iterwalk(body, events=("start", "end", "comment"))
        for event, element in walk:
            if event == "start" and not self._start(element):
                walk.skip_subtree()
            if event != "start":
                self._end(element)
        self._flush()
        self._writer.end_page()

    def _start(self, element: etree._Element) -> bool:
        """Open an element; False when nothing of it is read."""
        if not local_name(element):  # an entity that the parser was told not to expand
            self._put(html.unescape(element.text or ""))
            return False
        tag = local_name(element)
        is_block = tag in BLOCK_TAGS or tag == "hr" or _is_container_cell(element, tag)
        if is_block:
            self._flush()
        self._name_place(element)
        types = tuple(f"{attribute(element, 'type')} {element.get('role') or ''}".split())
        self._types.append(types)
        if self._is_silent(element, tag, types):
            return False
        self._open(element, tag)
        self._put(element.text or "")
        return True

    def _open(self, element: etree._Element, tag: str) -> None:
        if tag in HEADINGS:
            self._heading = HEADINGS[tag]
            self._group = self._group and HEADINGS[tag]
        elif tag == "hgroup":
            self._group = 6
        elif tag == "pre":
            self._pre += 1
        elif tag == "br":
            self._inline.append(" " if self._heading else LINE)
        elif tag == "hr":
            self._writer.scene_break()
        elif tag == "img" and len(element.get("alt") or "") == 1:
            self._put(element.get("alt") or "")  # a drop capital drawn as a picture
        if self._is_direction(element):
            self._put("[")  # italics alone would not tell it from what is said

    def _end(self, element: etree._Element) -> None:
        if local_name(element):
            self._close(element, local_name(element))
            self._types.pop()
        self._put(element.tail or "")

    def _is_direction(self, element: etree._Element) -> bool:
        """Whether a play's direction begins here that has no brackets of its own."""
        if DIRECTION not in self._types[-1] or any(
            DIRECTION in types for types in self._types[:-1]
        ):
            return False
        return not (element.text or "").lstrip().startswith(("[", "("))

    def _close(self, element: etree._Element, tag: str) -> None:
        if self._is_direction(element):
            self._put("]")
        if tag in ("td", "th") and not _is_container_cell(element, tag):
            self._inline.append(": " if PERSONA in self._types[-1] else CELL)
        elif tag in BLOCK_TAGS or tag in ("td", "th"):
            self._flush()
        if tag in HEADINGS:
            self._heading = 0
        elif tag == "hgroup":
            self._group = 0
        elif tag == "pre" and self._pre:
            self._pre -= 1

    def _is_silent(self, element: etree._Element, tag: str, types: tuple[str, ...]) -> bool:
        if _is_note(element, tag, types):
            self.notes_left_out += 1
            return True
        if tag in SILENT_TAGS or not SILENT_TYPES.isdisjoint(types):
            return True
        if tag == "span" and NUMBER_CLASS.search(element.get("class") or ""):
            return True
        is_hidden = "hidden" in element.attrib or element.get("aria-hidden") == "true"
        return is_hidden or bool(HIDDEN_STYLE.search(element.get("style") or ""))

    def _name_place(self, element: etree._Element) -> None:
        for place in (element.get("id"), element.get("name")):
            if place and self._prefix:
                self._writer.name(f"{self._prefix}#{place}")

    def _put(self, text: str) -> None:
        if text:
            text = SENTINELS.sub("", text)
            self._inline.append(text.replace("\n", LINE) if self._pre else text)

    def _flush(self) -> None:
        raw = "".join(self._inline)
        self._inline.clear()
        if not raw.strip(BLANK):
            return
        text = MORE_LINES.sub("\n\n", LINES.sub("\n", SPACE.sub(" ", raw)))
        text = CELLS.sub("\t", text.strip(f" \n{CELL}")).strip()
        level = self._heading or self._group
        if level:
            text = " ".join(text.split())
        types = frozenset(t for types in self._types for t in types)
        self._writer.add(text, level=level, types=types)


def _is_container_cell(element: etree._Element, tag: str) -> bool:
    """Say whether a table cell holds blocks, as in pages laid out by tables."""
    return tag in ("td", "th") and any(local_name(child) in BLOCK_TAGS for child in element)


def _is_note(element: etree._Element, tag: str, types: tuple[str, ...]) -> bool:
    """Say whether this is a reference to a note, or a note shown aside."""
    if tag == "aside":
        return not NOTE_BODIES.isdisjoint(types)
    if not NOTE_REFERENCES.isdisjoint(types):
        return True
    if tag != "sup" or not NOTE_NUMBER.fullmatch("".join(map(str, element.itertext()))):
        return False
    parent = element.getparent()
    is_linked = any(local_name(child) == "a" for child in element.iter())
    return is_linked or (parent is not None and local_name(parent) == "a")
