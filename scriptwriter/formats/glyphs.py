"""Which letters our fonts can print, and what is printed for the others."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from scriptwriter.formats.elements import Document
from scriptwriter.formats.inline import plain_text

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Code points that Courier Prime 3.018 or the DejaVu Sans Mono inside typst 0.15 have in all four
# styles. Tagged PDF refuses any other; a test prints every one of these.
_PRINTABLE = (
    "20-7E A0-AC AE-1C3 1CD-1E3 1E6-1F0 1F4-1F6 1F8-1F9 1FC-21F 221 224-241 243-245 24C-24D "
    "250-2B9 2BB-2C1 2C6-2C9 2CC-2D3 2D6-2DE 2E0-2E9 2EE 2F3 300-33F 343 358 361 374-377 37A-37F "
    "384-38A 38C 38E-3A1 3A3-3CE 3D0-3E1 3F0-45F 462-463 472-473 490-49B 4A2-4A5 4AA-4B3 4BA-4BB "
    "4C0-4C4 4C7-4C8 4CB-4CC 4CF-4F9 510-511 51A-51D 531-556 559-55F 561-587 589-58A E3F E81-E82 "
    "E84 E87-E88 E8A E8D E94-E97 E99-E9F EA1-EA3 EA5 EA7 EAA-EAB EAD-EB9 EBB-EBC EC8-ECD "
    "10D0-10FC 1D02 1D08-1D09 1D14 1D16-1D17 1D1D-1D1F 1D2C-1D2E 1D30-1D3C 1D3E-1D5B 1D62-1D65 "
    "1D77-1D78 1D7B 1D85 1D9B-1DB7 1DB9-1DBF 1E00-1E13 1E18-1E2D 1E30-1E4D 1E54-1E63 1E68-1E79 "
    "1E7C-1E99 1E9B 1E9F-1EA1 1EAC-1EAD 1EB0-1EB1 1EB6-1EB9 1EBC-1EBD 1EC6-1EC7 1ECA-1ECD "
    "1ED8-1EDD 1EE0-1EE5 1EE8-1EEB 1EEE-1EF5 1EF8-1EF9 1F00-1F15 1F18-1F1D 1F20-1F45 1F48-1F4D "
    "1F50-1F57 1F59 1F5B 1F5D 1F5F-1F7D 1F80-1FB4 1FB6-1FC4 1FC6-1FD3 1FD6-1FDB 1FDD-1FEF "
    "1FF2-1FF4 1FF6-1FFE 2000-200A 2010-2023 2026 202F-2037 2039-203A 203C-203F 2044-2049 204B "
    "205F 2070-2071 2074-208E 2090-209C 20A0-20B5 20B8-20BA 20BD 2102 2105 210D-210F 2115-2117 "
    "2119-211A 211D 2122 2124 2126 212A-212B 212E 2148 2150-2151 2153-215F 2189 2190-2213 2215 "
    "2217-2220 2223 2227-222D 2234-223D 2241-2269 226D-228B 228D-22A5 22B2-22B5 22B8 22C2-22C6 "
    "22CD-22D1 22DA-22E9 22EF 2300-2306 2308-2315 2318-2319 231C-2321 2325-2328 232B 2335-237A "
    "237D 2380-2383 2388-238B 2395 239B-23AE 23CE-23CF 2423 2500-2600 2638-263C 263F-2647 "
    "2660-2667 2669-266F 27C2 27C5-27C6 27DC 27E0 27E6-27EB 27F5-27F7 2987-2988 2997-2998 29EB "
    "29FA-29FB 2A00 2A2F 2A6A-2A6B 2B05-2B0D 2B12-2B1A 2C64 2C6D-2C70 2C75-2C77 2C79-2C7A "
    "2C7C-2C7F 2E18 2E1F 2E22-2E25 2E2E A708-A716 A71B-A71F A722-A727 A789-A78E A790-A791 A7AA "
    "A7F8-A7F9 FB01-FB02 FFFC-FFFD 1D55A "
)
_SPACES = re.compile(r"[\t\v\f\x1c-\x1f\x85\u2028\u2029]")
_TAB = "    "


@cache
def printable_letters() -> frozenset[str]:
    """Return every letter that can be printed as it is."""
    letters: set[str] = set()
    for part in _PRINTABLE.split():
        first, _, last = part.partition("-")
        letters.update(chr(code) for code in range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(letters)


def printable(text: str) -> str:
    """Return text that can be printed: newlines stay, tabs are four spaces, marks that only steer
    the direction or the joining of letters go, letters without a shape become U+FFFD.
    """
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    text = _SPACES.sub(lambda found: _TAB if found.group() == "\t" else " ", text)
    return "".join(_print_letter(letter) for letter in unicodedata.normalize("NFC", text))


def missing_letters(document: Document) -> str:
    """Return the letters of a document that its PDF shows as U+FFFD, sorted, each once."""
    texts = [element.text + element.number for element in document.elements]
    texts += [text for entry in document.title_page for text in entry]
    letters = set().union(*(unicodedata.normalize("NFC", plain_text(text)) for text in texts))
    return "".join(sorted(letter for letter in letters if _print_letter(letter) == REPLACEMENT))


@cache
def _print_letter(letter: str) -> str:
    if letter == "\n" or letter in printable_letters():
        return letter
    if unicodedata.category(letter) in ("Cc", "Cf"):
        return ""
    for parts in (unicodedata.normalize("NFD", letter), unicodedata.normalize("NFKD", letter)):
        if printable_letters().issuperset(parts):
            return parts
    return REPLACEMENT
