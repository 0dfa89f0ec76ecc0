"""Text that can be read while the JSON around it is still being written.

This shows an answer that grows; what counts is the whole one, read by `strict_json`. So nothing is
refused here: what is no JSON shows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from storyforge.ai.text.strict_json import MAX_DEPTH, UNSTORABLE

BETWEEN = "\n\n"
LONGEST_KEY = 200
PLAIN = re.compile(r'[^"\\]+')
# What matters outside of texts. Numbers and words are passed over.
SIGN = re.compile(r'["{}\[\],:]')
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}
HEX = re.compile(r"[0-9a-fA-F]{4}")
HIGH, LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)


class GrowingJson:
    """Takes an answer piece by piece and gives the texts of the named fields as they come.

    A field's texts are those that stand under its name, at any depth; in a list, all of them. A blank
    line stands between two texts. Prose and code fences around the JSON are passed over.
    """

    def __init__(self, fields: Collection[str]) -> None:
        self.fields = frozenset(fields)
        # The open objects and lists, each with the name its values stand under.
        self._open: list[tuple[str, str]] = []
        self._name = ""
        self._key: list[str] | None = None  # the name being read
        self._in_text = self._is_shown = self._awaits_name = False
        self._rest = ""  # an escape that is not complete yet
        self._half = ""  # the first half of a character of two escapes
        self._said = self._closed = False
        self._gap = ""  # what stands before the next character

    def feed(self, piece: str) -> str:
        """The readable text that this piece adds; may be empty."""
        source = self._rest + piece
        self._rest = ""
        shown: list[str] = []
        at = 0
        while at < len(source) and not self._closed:
            at = self._text(source, at, shown) if self._in_text else self._sign(source, at, shown)
        return UNSTORABLE.sub("\ufffd", "".join(shown))

    def _sign(self, source: str, at: int, shown: list[str]) -> int:
        """Go on to the next sign between texts and past it."""
        found = SIGN.search(source, at)
        if found is None:
            return len(source)
        sign = found[0]
        if not self._open and sign not in "{[":
            return found.end()  # prose before the JSON
        match sign:
            case '"':
                self._begin_text()
            case "{" | "[":
                self._open.append((sign, self._name))
                self._awaits_name = sign == "{"
                self._closed = len(self._open) > MAX_DEPTH
            case "}" | "]":
                self._open.pop()
                self._awaits_name = False
                self._closed = not self._open
            case ",":
                container, self._name = self._open[-1]
                self._awaits_name = container == "{"
        return found.end()

    def _begin_text(self) -> None:
        self._in_text = True
        if self._awaits_name:
            self._key = []
        else:
            self._is_shown = self._name in self.fields
            self._gap = BETWEEN if self._said else ""

    def _text(self, source: str, at: int, shown: list[str]) -> int:
        """Read on inside a text: a run of plain characters, an escape, or the end."""
        if plain := PLAIN.match(source, at):
            self._add(plain[0], shown)
            return plain.end()
        if source[at] == '"':
            self._end_text(shown)
            return at + 1
        return self._escape(source, at, shown)

    def _end_text(self, shown: list[str]) -> None:
        self._in_text = False
        self._flush_half(shown)
        if self._key is not None:
            self._name = "".join(self._key)[:LONGEST_KEY]
            self._key, self._awaits_name = None, False

    def _escape(self, source: str, at: int, shown: list[str]) -> int:
        kind = source[at + 1 : at + 2]
        length = 6 if kind == "u" else 2
        if len(source) < at + length:
            self._rest = source[at:]
            return len(source)
        if kind == "u" and HEX.fullmatch(source, at + 2, at + 6):
            self._add_unit(int(source[at + 2 : at + 6], 16), shown)
        else:
            self._add(ESCAPES.get(kind, kind), shown)
        return at + length

    def _add_unit(self, unit: int, shown: list[str]) -> None:
        """Add a UTF-16 unit; a character beyond the first 65,536 comes as two."""
        if unit in HIGH:
            self._flush_half(shown)
            self._half = chr(unit)
        elif unit in LOW and self._half:
            pair = (self._half + chr(unit)).encode("utf-16", "surrogatepass").decode("utf-16")
            self._half = ""
            self._add(pair, shown)
        else:
            self._add(chr(unit), shown)

    def _flush_half(self, shown: list[str]) -> None:
        if self._half:
            half, self._half = self._half, ""
            self._add(half, shown)

    def _add(self, text: str, shown: list[str]) -> None:
        self._flush_half(shown)
        if self._key is not None:
            self._key.append(text)
        elif self._is_shown:
            shown += (self._gap, text)
            self._gap, self._said = "", True
