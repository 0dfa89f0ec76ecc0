"""Book files that are bombs, broken, crafted or of another kind, made in code, with what becomes of each."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from scriptwriter.readers.tests.samples import (
    LOREM,
    docx,
    docx_members,
    epub,
    epub_members,
    link,
    nav,
    page,
    pdf,
    prose_lines,
    zip_of,
)

MIB = 1 << 20
ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<!DOCTYPE x [<!ENTITY l0 "lol">{ENTITIES}]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
TEXT = f"CHAPTER I\n\n{LOREM * 3}\n\nCHAPTER II\n\n{LOREM * 3}\n"
PAGES = {f"{n}.xhtml": page(f"<h1>Chapter {n}</h1><p>{LOREM * 3}</p>") for n in (1, 2)}


class Becomes(Enum):
    """What becomes of an upload."""

    READ = "a book, whole"
    PART = "a book whose warnings name what is missing or was guessed"
    REFUSED = "a clear problem"
    EITHER = "a book or a clear problem"


@dataclass(frozen=True, kw_only=True, slots=True)
class Nasty:
    """A file, made when it is asked for."""

    name: str
    filename: str
    make: Callable[[], bytes]
    becomes: Becomes = Becomes.REFUSED


def files() -> list[Nasty]:
    """All of them."""
    return [
        Nasty(name=name, filename=filename, make=make, becomes=becomes)
        for part in (archives, books, documents, printed, plain, foreign)
        for name, filename, make, becomes in part()
    ]


Row = tuple[str, str, Callable[[], bytes], Becomes]


def bomb(size: int, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An EPUB whose second page unpacks to so many bytes of one letter."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in epub_members(PAGES).items():
            if name != "OPS/2.xhtml":
                archive.writestr(name, content)
        with archive.open("OPS/2.xhtml", "w", force_zip64=size > 2**31) as member:
            for _ in range(size // MIB):
                member.write(b"a" * MIB)
    return packed.getvalue()


def lying(data: bytes, size: int) -> bytes:
    """An archive whose directory gives another size for its largest member."""
    largest = max(zipfile.ZipFile(io.BytesIO(data)).infolist(), key=lambda i: i.file_size)
    return data.replace(struct.pack("<L", largest.file_size), struct.pack("<L", size))


def members(**more: bytes) -> bytes:
    return zip_of(
        epub_members(PAGES) | {name.replace("__", "/"): body for name, body in more.items()}
    )


def with_member(name: str, *, mode: int = 0) -> bytes:
    """A good EPUB with one member more."""
    packed = io.BytesIO(epub(PAGES))
    with zipfile.ZipFile(packed, "a") as archive:
        info = zipfile.ZipInfo("x")
        info.filename = name
        info.external_attr = mode << 16
        archive.writestr(info, b"../../etc/passwd")
    return packed.getvalue()


def locked(data: bytes) -> bytes:
    """The archive with the flag of a password on each member."""
    changed = bytearray(data)
    at = -1
    while (at := changed.find(b"PK\x01\x02", at + 1)) >= 0:
        changed[at + 8] |= 1
    return bytes(changed)


def archives() -> Iterator[Row]:
    """ZIP itself."""
    no, either = Becomes.REFUSED, Becomes.EITHER
    yield "deflate bomb", "a.epub", lambda: bomb(256 * MIB), no
    yield "deflate bomb below the ratio", "a.epub", lambda: zip_of(
        epub_members(PAGES) | {"OPS/x": random.Random(1).randbytes(1_000) * 40_000}  # noqa: S311
    ), no  # fmt: skip
    yield "bzip2 bomb", "a.epub", lambda: bomb(64 * MIB, zipfile.ZIP_BZIP2), no
    yield "lzma bomb", "a.epub", lambda: bomb(16 * MIB, zipfile.ZIP_LZMA), no
    yield "a size that lies", "a.epub", lambda: lying(bomb(60 * MIB), 1_000), no
    yield "a size of 4 GB", "a.epub", lambda: lying(epub(PAGES), 2**32 - 2), no
    yield (
        "archives in archives",
        "a.epub",
        lambda: zip_of({"a.epub": zip_of({"b.epub": epub(PAGES)})}),
        no,
    )
    yield "5,000 members", "a.epub", lambda: members(**{f"x{n}": b"" for n in range(5_000)}), no
    yield "30,000 members", "a.epub", lambda: zip_of({f"{n}": b"" for n in range(30_000)}), no
    yield "a way up", "a.epub", lambda: with_member("../../evil.xhtml"), no
    yield "an absolute way", "a.epub", lambda: with_member("/etc/cron.d/evil"), no
    yield "a drive", "a.epub", lambda: with_member("C:\\evil"), no
    yield "a link", "a.epub", lambda: with_member("OPS/link", mode=0o120777), no
    yield "control characters in a name", "a.epub", lambda: with_member("a\x1b[2Jb"), no
    yield "a name of 60,000 letters", "a.epub", lambda: with_member("x" * 60_000), either
    yield "a password", "a.epub", lambda: locked(epub(PAGES)), no
    yield "cut in the middle", "a.epub", lambda: epub(PAGES)[:-200], no
    yield "only an end", "a.epub", lambda: b"PK\x05\x06" + b"\0" * 18, no
    yield "only a start", "a.epub", lambda: b"PK\x03\x04" + b"\xff" * 500, no
    yield "an end that lies", "a.epub", lambda: epub(PAGES)[:-10] + b"\xff" * 10, either


def books() -> Iterator[Row]:
    """EPUB."""
    no, part, either = Becomes.REFUSED, Becomes.PART, Becomes.EITHER
    deep = page("<div>" * 100_000 + LOREM)
    yield "a good EPUB", "a.epub", lambda: epub(PAGES), Becomes.READ
    yield (
        "laughs in a page",
        "a.epub",
        lambda: epub({"1.xhtml": f"{LAUGHS}<html><p>&l9;</p></html>"}),
        either,
    )
    yield (
        "laughs in the package",
        "a.epub",
        lambda: members(
            OPS__book=b"", **{"OPS__book.opf": f"{LAUGHS}<package>&l9;</package>".encode()}
        ),
        no,
    )
    yield (
        "an outside entity",
        "a.epub",
        lambda: epub({"1.xhtml": f"{OUTSIDE}<html><p>&e;</p></html>"}),
        no,
    )
    yield "a page of 100,000 levels", "a.epub", lambda: epub({"1.xhtml": deep}), either
    yield (
        "a page of 3 million tags",
        "a.epub",
        lambda: epub({"1.xhtml": page("<b/>" * 3_000_000)}),
        either,
    )
    yield "a page that is not there", "a.epub", lambda: zip_of(
        {k: v for k, v in epub_members(PAGES).items() if k != "OPS/2.xhtml"}
    ), part  # fmt: skip
    yield "no package", "a.epub", lambda: zip_of({"META-INF/container.xml": "<container/>"}), no
    yield "a package of garbage", "a.epub", lambda: members(**{"OPS__book.opf": b"\xff\xfe<<<"}), no
    yield (
        "contents in a circle",
        "a.epub",
        lambda: epub(PAGES, contents=nav(link("nav.xhtml", "x", link("nav.xhtml", "y")))),
        either,
    )
    yield (
        "contents of 50,000 lines",
        "a.epub",
        lambda: epub(PAGES, contents=nav(*[link("1.xhtml", "x")] * 50_000)),
        either,
    )
    yield (
        "contents of 5,000 levels",
        "a.epub",
        lambda: epub(PAGES, contents=nav("<li><ol>" * 5_000)),
        either,
    )
    yield (
        "a spine that repeats a page",
        "a.epub",
        lambda: epub(PAGES, spine='<itemref idref="p0"/>' * 50_000),
        either,
    )
    yield (
        "scripts",
        "a.epub",
        lambda: epub({"1.xhtml": page(f"<script>evil()</script><p onclick='x'>{LOREM}</p>")}),
        Becomes.READ,
    )
    yield (
        "a title of a megabyte",
        "a.epub",
        lambda: epub(PAGES, metadata=f"<dc:title>{'x' * MIB}</dc:title>"),
        either,
    )


def documents() -> Iterator[Row]:
    """Word."""
    no, either = Becomes.REFUSED, Becomes.EITHER
    good = docx_members([("Heading1", "One"), ("", LOREM)])

    def body(xml: str) -> bytes:
        return zip_of(good | {"word/document.xml": xml})

    circle = '<w:style w:type="paragraph" w:styleId="{}"><w:basedOn w:val="{}"/></w:style>'
    yield "a good document", "a.docx", lambda: zip_of(good), Becomes.READ
    yield "laughs in a document", "a.docx", lambda: body(f"{LAUGHS}<w>&l9;</w>"), no
    yield "an outside entity in a document", "a.docx", lambda: body(f"{OUTSIDE}<w>&e;</w>"), no
    yield "a document of 50,000 levels", "a.docx", lambda: body("<w>" * 50_000), either
    yield "a million paragraphs", "a.docx", lambda: docx([("", "x")] * 150_000), either
    yield (
        "styles in a circle",
        "a.docx",
        lambda: docx([("A", LOREM)], styles=circle.format("A", "B") + circle.format("B", "A")),
        Becomes.READ,
    )
    yield (
        "no document in it",
        "a.docx",
        lambda: zip_of({k: v for k, v in good.items() if "document" not in k}),
        no,
    )


def printed() -> Iterator[Row]:
    """PDF."""
    no, either = Becomes.REFUSED, Becomes.EITHER
    good = pdf([prose_lines(540, [TEXT[n : n + 50], LOREM[n : n + 60]]) for n in (11, 70, 99)])

    def bombed() -> bytes:
        stream = zlib.compress(b"BT (x) Tj ET " * 20_000_000, 9)
        return b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(stream), stream)

    yield "a good PDF", "a.pdf", lambda: good, Becomes.READ
    yield (
        "a page of 260 MB",
        "a.pdf",
        lambda: good.replace(b"<</Length", bombed() + b"<</Length", 1),
        either,
    )
    yield "a PDF cut", "a.pdf", lambda: good[: len(good) // 2], either
    yield "only a head", "a.pdf", lambda: b"%PDF-1.7\n", no
    yield "a tree in a circle", "a.pdf", lambda: good.replace(b"/Kids[", b"/Kids[2 0 R "), either
    yield "a billion pages", "a.pdf", lambda: good.replace(b"/Count 3", b"/Count 999999999"), either
    yield "a PDF of noise", "a.pdf", lambda: b"%PDF-1.4\n" + random.Random(3).randbytes(200_000), no  # noqa: S311
    yield "a hundred thousand brackets", "a.pdf", lambda: b"%PDF-1.4\n1 0 obj" + b"[" * 100_000, no


def plain() -> Iterator[Row]:
    """Text and Markdown."""
    no, part, either, read = Becomes.REFUSED, Becomes.PART, Becomes.EITHER, Becomes.READ
    yield "a good text", "a.txt", lambda: TEXT.encode(), read
    for encoding in ("utf-16", "utf-32", "utf-16-le", "utf-8-sig"):
        yield encoding, "a.txt", lambda e=encoding: TEXT.encode(e), either
    yield (
        "Windows-1252",
        "a.txt",
        lambda: ("Größe, Café, naïve. " * 50 + TEXT).encode("cp1252"),
        part,
    )
    yield (
        "broken UTF-8",
        "a.txt",
        lambda: TEXT.encode() + b"\xff\xc3\x28\xed\xa0\x80 \xc3\xa9" * 9,
        part,
    )
    yield "NULs in a text", "a.txt", lambda: TEXT.replace("lamp", "la\0mp").encode(), part
    yield "only NULs", "a.txt", lambda: b"\0" * 100_000, no
    yield "noise", "a.txt", lambda: random.Random(4).randbytes(300_000), no  # noqa: S311
    yield "only a mark", "a.txt", lambda: b"\xef\xbb\xbf", no
    yield "only spaces", "a.txt", lambda: b" \n" * 100_000, no
    yield "11 MB", "a.txt", lambda: b"word " * 2_300_000, no
    yield "one line of 4 MB", "a.txt", lambda: b"word " * 800_000, either
    yield "one word of 4 MB", "a.txt", lambda: b"x" * 4_000_000, either
    yield "100,000 headings", "a.txt", lambda: b"CHAPTER 1\n\nx\n\n" * 100_000, either
    yield "a heading without end", "a.txt", lambda: b"CHAPTER " + b"I" * 1_000_000, either
    yield "quotes that never close", "a.txt", lambda: "“‘«„".encode() * 200_000, either
    yield "marks on marks", "a.txt", lambda: ("a" + "\u0301" * 50_000 + " ").encode() * 10, either
    yield (
        "right to left",
        "a.txt",
        lambda: ("\u202eevil\u202c \u200b" * 500 + TEXT).encode(),
        either,
    )
    yield "brackets in Markdown", "a.md", lambda: b"[" * 100_000 + b"](" * 1_000, either
    yield "quotes in Markdown", "a.md", lambda: b"> " * 50_000 + b"x", either
    yield (
        "lists in Markdown",
        "a.md",
        lambda: "".join(f"{' ' * n}- x\n" for n in range(2_000)).encode(),
        either,
    )
    yield "stars in Markdown", "a.md", lambda: b"*a_ " * 100_000, either
    yield "references in Markdown", "a.md", lambda: b"[a]: b\n" * 50_000 + b"[a]" * 50_000, either


def foreign() -> Iterator[Row]:
    """Other kinds, by content or by name."""
    no = Becomes.REFUSED
    good = epub(PAGES)
    for name, filename, data in (
        ("a picture as a text", "a.txt", b"\x89PNG\r\n\x1a\n" + b"\0" * 99),
        ("a program as a text", "a.txt", b"\x7fELF" + b"\0" * 99),
        ("a page as a text", "a.txt", b"<!doctype html><p>x</p>"),
        ("a text as an EPUB", "a.epub", TEXT.encode()),
        ("an EPUB as a document", "a.docx", good),
        ("an EPUB as a text", "a.txt", good),
        ("a spreadsheet", "a.docx", zip_of({"[Content_Types].xml": "<x/>", "xl/a.xml": "<x/>"})),
        ("an archive", "a.zip", zip_of({"a.txt": TEXT})),
        ("a table", "a.csv", b"name,=cmd|'/C calc'!A0\n"),
        ("a PDF as a text", "a.txt", b"%PDF-1.4\n" + b"x" * 99),
        ("nothing", "a.txt", b""),
    ):
        yield name, filename, lambda d=data: d, no
