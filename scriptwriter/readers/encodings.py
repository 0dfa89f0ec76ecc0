"""Bytes of a text file to a string, with every guess and every loss told."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from scriptwriter.readers.phrases import said
from storyforge.core.errors import UnreadableFile

BINARY = "The file is not a text: it holds bytes that no text has."
REPLACEMENT = "\ufffd"

# UTF-32 first: its little-endian mark begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A guess needs some thousand letters and gains nothing from more; detection reads 2 MB a second.
SAMPLE_BYTES = 100_000
# Below this the detector's answer is a coin toss, and Windows-1252 is the likeliest file.
LEAST_CONFIDENCE = 0.3
# Random bytes hold 11 % control characters, a text of a wrongly guessed encoding next to none.
MOST_CONTROLS = 0.01
# A valid UTF-8 text of which more than this are control characters is no text either.
MOST_REMOVED = 0.6

# This share of the characters outside ASCII has to look right for a guess without evidence.
MOST_WORDS = 0.7

CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff\U0001fffe\U0001ffff]"
)
SURROGATES = re.compile("[\ud800-\udfff]")
TWICE_ENCODED = re.compile("â€[œ\x9d™˜”“\x9c]|Ã[\xa0-\xbf©¨¤¶¼]")
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
IN_WORD = re.compile(r"[À-ÿœŒšŠžŽŸ](?=[a-z])|(?<=[a-zA-Z])[À-ÿœšž]|[“”‘’„‚–—…«»©£€°§\xa0•]")
UTF8_PAIRS = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
JAPANESE_MAIL = re.compile(rb"\x1b\$[@B]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """A decoded text, the encoding it was read with, and what was guessed, replaced or removed."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded:
    """Decode by byte order mark, zero bytes, strict UTF-8, UTF-8 with faults, then by statistics.

    Raises UnreadableFile for what is no text.
    """
    return _with_mark(data) or _by_zeros(data) or _utf8(data) or _by_statistics(data)


def _with_mark(data: bytes) -> Decoded | None:
    for mark, name in MARKS:
        if data.startswith(mark):
            return _finished(data[len(mark) :].decode(name, "replace"), name)
    return None


def _by_zeros(data: bytes) -> Decoded | None:
    """Recognize UTF-16 and UTF-32 without a mark: in Latin script most high bytes are zero."""
    sample = data[: SAMPLE_BYTES & ~3]
    if len(sample) < 8 or sample.count(0) < len(sample) * 0.25:
        return None
    shares = [sample[i::4].count(0) / max(len(sample[i::4]), 1) for i in range(4)]
    name = _wide_encoding([share > 0.7 for share in shares])
    return _finished(data.decode(name, "replace"), name, _guess_note(name)) if name else None


def _wide_encoding(zeros: list[bool]) -> str:
    names = {
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
    }
    return names.get((zeros[0], zeros[1], zeros[2], zeros[3]), "")


def _utf8(data: bytes) -> Decoded | None:
    if JAPANESE_MAIL.search(data[:SAMPLE_BYTES]) and data.isascii():
        return _finished(data.decode("iso2022_jp", "replace"), "iso2022_jp")
    try:
        return _finished(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", "replace")
    # A few faults in a text that is plainly UTF-8 beat a wholesale change of the encoding.
    if len(UTF8_PAIRS.findall(data)) > text.count(REPLACEMENT):
        return _finished(text, "utf-8")
    return None


def _by_statistics(data: bytes) -> Decoded:
    # Imported here: most files are UTF-8, and the detector's tables take 70 ms to load.
    import chardet

    found = chardet.detect(_sample(data))
    name = found["encoding"] or ""
    if not name:
        raise UnreadableFile(BINARY)
    if (found["confidence"] or 0.0) < LEAST_CONFIDENCE or not _is_known(name):
        # Too little to go by: Windows-1252 if that makes words, else UTF-8 with its faults shown.
        name = "cp1252" if _makes_words(data.decode("cp1252", "replace")) else "utf-8"
    # Latin-1 has control characters where Windows has quotes; browsers read it the same way.
    name = "cp1252" if codecs.lookup(name).name in ("iso8859-1", "ascii") else name
    name = codecs.lookup(name).name
    text = data.decode(name, "replace")
    if len(CONTROLS.findall(text)) > len(text) * MOST_CONTROLS:
        raise UnreadableFile(BINARY)
    return _finished(text, name, _guess_note(name))


def _makes_words(text: str) -> bool:
    """Say whether most characters outside ASCII stand at a plain letter or are punctuation."""
    return len(BEYOND_ASCII.findall(text)) * MOST_WORDS <= len(IN_WORD.findall(text))


def _sample(data: bytes) -> bytes:
    """Return a part of the file around its first letter outside ASCII, whole lines only."""
    if len(data) <= SAMPLE_BYTES:
        return data
    beyond = re.search(rb"[\x80-\xff]", data)
    start = max(beyond.start() - 1000, 0) if beyond else 0
    start = data.rfind(b"\n", 0, start) + 1 if start else 0
    return data[start : start + SAMPLE_BYTES]


def _is_known(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def _guess_note(name: str) -> str:
    return f"The file does not say its encoding; it was read as {name}. Check accents and quotes."


def _finished(text: str, encoding: str, *notes: str) -> Decoded:
    """Remove what no database or XML can hold, and say how much; line ends stay as they are."""
    warnings = list(notes)
    bad = text.count(REPLACEMENT)
    if bad:
        line = text.count("\n", 0, text.index(REPLACEMENT)) + 1
        warnings.append(f"{said(bad, 'character')} cannot be read (first in line {line:,}).")
    text, halves = SURROGATES.subn(REPLACEMENT, text)
    if halves:
        warnings.append(f"{said(halves, 'broken character')} replaced.")
    length = len(text)
    text, removed = CONTROLS.subn("", text)
    if removed:
        if removed > length * MOST_REMOVED:
            raise UnreadableFile(BINARY)
        warnings.append(f"{said(removed, 'control character')} removed.")
    if len(TWICE_ENCODED.findall(text)) >= 3:
        warnings.append("The text looks encoded twice (“â€œ” for a quote); it was kept as it is.")
    return Decoded(text=text.replace("\ufeff", ""), encoding=encoding, warnings=tuple(warnings))
