"""Small files made in code, so that the promises of the readers hold without sample books."""

from __future__ import annotations

import io
import zipfile
from html import escape

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf"/></rootfiles></container>'
)
LOREM = (
    "The harbor lay still under the fog, and nobody spoke of the lamp that had gone out. "
    "She counted the steps to the door, as her father had taught her, and stopped at nine. "
)


def zip_of(members: dict[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack members in the order given."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def page(body: str, *, types: str = "") -> str:
    """An XHTML page; `types` is the epub:type of its body."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f"<head><title>t</title></head><body epub:type={types!r}>{body}</body></html>"
    )


def nav(*lines: str) -> str:
    """A nav document from its `li` elements."""
    return page(f'<nav epub:type="toc"><ol>{"".join(lines)}</ol></nav>')


def link(href: str, title: str, *inside: str) -> str:
    """One line of a nav document, with lines below it."""
    below = f"<ol>{''.join(inside)}</ol>" if inside else ""
    return f'<li><a href="{href}">{escape(title)}</a>{below}</li>'


def epub_members(
    pages: dict[str, str], *, contents: str = "", metadata: str = "", spine: str = ""
) -> dict[str, str | bytes]:
    """The members of an EPUB 3: pages by file name, in reading order."""
    items = [
        f'<item id="p{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(pages)
    ]
    references = spine or "".join(f'<itemref idref="p{n}"/>' for n in range(len(pages)))
    if contents:
        items.append(
            '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
        )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"{metadata or '<dc:title>The Lamp</dc:title>'}</metadata>"
        f"<manifest>{''.join(items)}</manifest><spine>{references}</spine></package>"
    )
    members: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OPS/book.opf": package,
    }
    if contents:
        members["OPS/nav.xhtml"] = contents
    return members | {f"OPS/{name}": body for name, body in pages.items()}


def epub(
    pages: dict[str, str], *, contents: str = "", metadata: str = "", spine: str = ""
) -> bytes:
    """A packed EPUB 3."""
    return zip_of(epub_members(pages, contents=contents, metadata=metadata, spine=spine))


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def docx_members(
    paragraphs: list[tuple[str, str]], *, styles: str = "", properties: str = ""
) -> dict[str, str | bytes]:
    """The members of a Word document from (style id, text) pairs; "" is the normal style."""
    body = "".join(_paragraph(style, text) for style, text in paragraphs)
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{RELATIONS}/officeDocument" Target="word/document.xml"/></Relationships>'
        ),
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        "word/styles.xml": f'<w:styles xmlns:w="{W}">{STYLES}{styles}</w:styles>',
    }
    if properties:
        members["docProps/core.xml"] = properties
    return members


STYLES = (
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>'
)


def docx(paragraphs: list[tuple[str, str]], *, styles: str = "", properties: str = "") -> bytes:
    """A packed Word document."""
    return zip_of(docx_members(paragraphs, styles=styles, properties=properties))


def _paragraph(style: str, text: str) -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{named}<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


Placed = tuple[float, float, float, str]


def pdf(pages: list[list[Placed]], *, info: str = "") -> bytes:
    """A PDF in Helvetica from lines (x, y, size, text) on pages of 400 x 600 points."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1"]
    objects[2] += b"/BaseFont/Courier/Encoding/WinAnsiEncoding>>"
    kids = []
    for lines in pages:
        content = "\n".join(
            f"BT /F1 {size} Tf {x} {y} Td ({_quoted(text)}) Tj ET" for x, y, size, text in lines
        ).encode("cp1252")
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 600]/Contents %d 0 R"
            b"/Resources<</Font<</F1 3 0 R>>>>>>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(pages))
    objects.append(f"<<{info}>>".encode("cp1252"))
    return _pdf_file(objects)


def _quoted(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _pdf_file(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R/Info %d 0 R>>\n" % (len(objects) + 1, len(objects))
    return bytes(out + b"startxref\n%d\n%%%%EOF" % table)


def prose_lines(top: float, lines: list[str], *, left: float = 40) -> list[Placed]:
    """Lines of 10 points, 12 apart, downward from `top`; leading spaces indent by 6 points each."""
    return [
        (left + 6 * (len(line) - len(line.lstrip())), top - 12 * n, 10, line.lstrip())
        for n, line in enumerate(lines)
    ]
