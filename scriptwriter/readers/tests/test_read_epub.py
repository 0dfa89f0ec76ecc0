"""EPUB: pages become one text, the table of contents cuts it into chapters."""

from __future__ import annotations

import pytest

from scriptwriter.readers.read import read_book
from scriptwriter.readers.tests.samples import LOREM, epub, epub_members, link, nav, page, zip_of
from scriptwriter.readers.types import ReadBook
from storyforge.core.errors import FileTooLarge, UnreadableFile

PROSE = f"<p>{LOREM * 5}</p>"


def read(pages: dict[str, str], **parts: str) -> ReadBook:
    return read_book(epub(pages, **parts), "book.epub")


def shown(book: ReadBook) -> list[tuple[int, str, str]]:
    return [(c.level, c.label, c.title) for c in book.chapters]


def test_one_chapter_a_page_by_the_contents() -> None:
    pages = {"1.xhtml": page(f"<h1>Fog</h1>{PROSE}"), "2.xhtml": page(f"<h1>Rain</h1>{PROSE}")}
    book = read(pages, contents=nav(link("1.xhtml", "Fog"), link("2.xhtml", "Rain")))
    assert shown(book) == [(1, "", "Fog"), (1, "", "Rain")]
    assert all(book.text[c.body :].startswith("The harbor") for c in book.chapters)
    assert book.text[book.chapters[0].start :].startswith("Fog\n\nThe harbor")
    assert book.chapters[0].end == book.chapters[1].start


def test_several_chapters_in_one_page_are_cut_at_their_fragments() -> None:
    body = "".join(f'<h2 id="c{n}">Chapter {n}</h2>{PROSE}' for n in (1, 2, 3))
    lines = [link(f"all.xhtml#c{n}", f"Chapter {n}: The {n}th") for n in (1, 2, 3)]
    book = read({"all.xhtml": page(body)}, contents=nav(*lines))
    assert shown(book) == [(1, f"Chapter {n}", f"The {n}th") for n in (1, 2, 3)]


def test_a_chapter_may_run_over_several_pages() -> None:
    pages = {
        "1.xhtml": page(f"<h1>One</h1>{PROSE}"),
        "1b.xhtml": page("<p>It went on.</p>"),
        "2.xhtml": page(f"<h1>Two</h1>{PROSE}"),
    }
    book = read(pages, contents=nav(link("1.xhtml", "One"), link("2.xhtml", "Two")))
    first = book.chapters[0]
    assert "It went on." in book.text[first.start : first.end]


def test_parts_are_spans_without_text_above_their_chapters() -> None:
    pages = {
        "p1.xhtml": page("<h1>Part One</h1>"),
        "1.xhtml": page(f"<h2>I</h2>{PROSE}"),
        "2.xhtml": page(f"<h2>II</h2>{PROSE}"),
        "p2.xhtml": page("<h1>Part Two</h1>"),
        "3.xhtml": page(f"<h2>III</h2>{PROSE}"),
        "end.xhtml": page(f"<h1>Epilogue</h1>{PROSE}"),
    }
    contents = nav(
        link("p1.xhtml", "Part One", link("1.xhtml", "I"), link("2.xhtml", "II")),
        link("p2.xhtml", "Part Two", link("3.xhtml", "III")),
        link("end.xhtml", "Epilogue"),
    )
    book = read(pages, contents=contents)
    assert [(c.level, c.title) for c in book.chapters] == [
        (1, "Part One"),
        (2, "I"),
        (2, "II"),
        (1, "Part Two"),
        (2, "III"),
        (1, "Epilogue"),
    ]
    empty = [c.title for c in book.chapters if not book.text[c.body : c.end].strip()]
    assert empty == ["Part One", "Part Two"]


def test_sections_of_a_chapter_are_not_chapters() -> None:
    body = f'<h1>Chapter 1</h1>{PROSE}<h2 id="s">A Letter Home</h2>{PROSE}'
    pages = {"1.xhtml": page(body), "2.xhtml": page(f"<h1>Chapter 2</h1>{PROSE}")}
    contents = nav(
        link("1.xhtml", "Chapter 1", link("1.xhtml#s", "A Letter Home")),
        link("2.xhtml", "Chapter 2"),
    )
    book = read(pages, contents=contents)
    assert [c.title for c in book.chapters] == ["Chapter 1", "Chapter 2"]
    assert "A Letter Home" in book.text[book.chapters[0].body : book.chapters[0].end]


def test_a_label_and_its_title_listed_apart_are_one_chapter() -> None:
    body = "".join(
        f'<h3 id="n{n}">CHAPTER {w}</h3><h3 id="t{n}">{t}</h3>{PROSE}'
        for n, (w, t) in enumerate([("ONE", "THE LAMP"), ("TWO", "FRIDAY NIGHT")])
    )
    lines = []
    for n, (word, title) in enumerate([("ONE", "THE LAMP"), ("TWO", "FRIDAY NIGHT")]):
        lines += [link(f"a.xhtml#n{n}", f"CHAPTER {word}"), link(f"a.xhtml#t{n}", title)]
    book = read({"a.xhtml": page(body)}, contents=nav(*lines))
    assert shown(book) == [(1, "CHAPTER ONE", "THE LAMP"), (1, "CHAPTER TWO", "FRIDAY NIGHT")]


def test_front_and_back_matter_are_kept_but_are_no_chapters() -> None:
    pages = {
        "t.xhtml": page("<section epub:type='titlepage'><h1>The Lamp</h1></section>"),
        "pre.xhtml": page(f"<h1>Preface</h1>{PROSE}"),
        "1.xhtml": page(f"<h1>One</h1>{PROSE}"),
        "2.xhtml": page(f"<h1>Two</h1>{PROSE}"),
        "col.xhtml": page("<section epub:type='colophon'><h1>Made by</h1><p>Us.</p></section>"),
    }
    contents = nav(
        link("t.xhtml", "The Lamp"),
        link("pre.xhtml", "Preface"),
        link("1.xhtml", "One"),
        link("2.xhtml", "Two"),
    )
    book = read(pages, contents=contents)
    assert [c.title for c in book.chapters] == ["One", "Two"]
    assert "Made by" not in book.text[book.chapters[1].start : book.chapters[1].end]
    assert any("no chapter: The Lamp; Preface; Made by" in warning for warning in book.warnings)


def test_an_ncx_serves_where_there_is_no_nav() -> None:
    ncx = (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>'
        "<navPoint><navLabel><text>One</text></navLabel><content src='1.xhtml'/></navPoint>"
        "<navPoint><navLabel><text>Two</text></navLabel><content src='2.xhtml'/></navPoint>"
        "</navMap></ncx>"
    )
    pages = {"1.xhtml": page(f"<p>first</p>{PROSE}"), "2.xhtml": page(f"<p>next</p>{PROSE}")}
    members = epub_members(pages)
    package = str(members["OPS/book.opf"]).replace(
        "<manifest>",
        '<manifest><item id="x" href="toc.ncx" media-type="application/x-dtbncx+xml"/>',
    )
    members |= {"OPS/book.opf": package, "OPS/toc.ncx": ncx}
    book = read_book(zip_of(members), "book.epub")
    assert [c.title for c in book.chapters] == ["One", "Two"]


def test_without_contents_the_headings_cut() -> None:
    pages = {"a.xhtml": page(f"<h1>Alpha</h1>{PROSE}<h1>Beta</h1>{PROSE}")}
    assert [c.title for c in read(pages).chapters] == ["Alpha", "Beta"]


def test_contents_in_another_order_follow_the_text() -> None:
    pages = {f"{n}.xhtml": page(f"<h1>No. {n}</h1>{PROSE}") for n in (1, 2)}
    book = read(pages, contents=nav(link("2.xhtml", "Rain"), link("1.xhtml", "Fog")))
    assert [c.title for c in book.chapters] == ["Fog", "Rain"]
    assert any("reading order" in warning for warning in book.warnings)


def test_text_is_paragraphs_headings_and_scene_breaks() -> None:
    body = (
        "<h1>One <br/> more</h1><p>First\n   line.<br/>Second <b>line</b>.</p><hr/>"
        "<p>After&#160;the break.</p><hr/><h2>Next</h2><ul><li>a</li><li>b</li></ul>"
    )
    text = read({"a.xhtml": page(body)}).text
    assert text == (
        "One more\n\nFirst line.\nSecond line.\n\n* * *\n\nAfter\u00a0the break.\n\nNext\n\na\n\nb"
    )


def test_hidden_script_and_note_marks_are_not_text() -> None:
    body = (
        "<p>Seen<script>alert(1)</script><a epub:type='noteref' href='#n'>1</a>"
        "<sup><a href='#m'>[2]</a></sup>.<span epub:type='pagebreak'>17</span></p>"
        "<p hidden='hidden'>no</p><p style='display: none'>no</p><style>p {}</style>"
        "<span class='pagenum'>[12]</span>"
        "<aside epub:type='footnote' id='n'>no</aside><svg><text>no</text></svg>"
        "<p onclick='x()'>Also <a href='javascript:x()'>seen</a>.</p><iframe>no</iframe>"
    )
    book = read({"a.xhtml": page(body)})
    assert book.text == "Seen.\n\nAlso seen."
    assert any("note numbers left out of the text: 3" in warning for warning in book.warnings)


def test_rows_of_a_play_name_the_speaker() -> None:
    row = "<tr><td epub:type='z3998:persona'>Lane</td><td>Yes, sir.</td></tr>"
    assert read({"a.xhtml": page(f"<table>{row}{row}</table>")}).text == (
        "Lane: Yes, sir.\n\nLane: Yes, sir."
    )


def test_directions_of_a_play_stand_in_brackets() -> None:
    direction = "<i epub:type='z3998:stage-direction'>{}</i>"
    bows, enter = (
        direction.format("Bows."),
        direction.format("[Enter <i epub:type='z3998:persona'>Lane</i>.]"),
    )
    nested = direction.format(f"Sits. {direction.format('Rises.')}")
    body = f"<p>Yes, sir. {bows} No.</p><p>{enter}</p><p>{nested}</p>"
    assert read({"a.xhtml": page(body)}).text == (
        "Yes, sir. [Bows.] No.\n\n[Enter Lane.]\n\n[Sits. Rises.]"
    )


def test_a_broken_page_is_read_as_html_and_told() -> None:
    book = read({"a.xhtml": "<html><body><p>Caf&eacute; &mdash; open<p>Second</body>"})
    assert book.text == "Café — open\n\nSecond"
    assert any("1 page not well-formed" in warning for warning in book.warnings)


def test_named_entities_of_an_xhtml_page_are_letters() -> None:
    doctype = "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.1//EN' 'http://127.0.0.1:9/x.dtd'>"
    text = f"{doctype}<html xmlns='http://www.w3.org/1999/xhtml'><body><p>a&nbsp;b&mdash;c</p></body></html>"
    assert read({"a.xhtml": text}).text == "a\u00a0b—c"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://127.0.0.1:9/x"])
def test_declared_entities_are_refused_everywhere(target: str) -> None:
    evil = f'<!DOCTYPE html [<!ENTITY e SYSTEM "{target}">]><html><body><p>&e;</p></body></html>'
    for encoding in ("utf-8", "utf-16"):
        members = epub_members({"a.xhtml": page("<p>x</p>")})
        members["OPS/a.xhtml"] = evil.encode(encoding)
        with pytest.raises(UnreadableFile, match="entities"):
            read_book(zip_of(members), "book.epub")


def test_metadata_comes_from_the_package() -> None:
    metadata = (
        "<dc:title id='s'>A Tale</dc:title><dc:title id='m'>The Lamp</dc:title>"
        "<meta refines='#m' property='title-type'>main</meta>"
        "<dc:creator id='a'>Ada Lund</dc:creator><dc:creator id='b'>Bo Mark</dc:creator>"
        "<dc:creator id='i'>Some Editor</dc:creator>"
        "<meta refines='#i' property='role'>edt</meta>"
        "<meta refines='#a' property='role'>ill</meta><meta refines='#a' property='role'>aut</meta>"
        "<dc:language>deu</dc:language>"
    )
    book = read({"a.xhtml": page("<p>x</p>")}, metadata=metadata)
    assert (book.title, book.author, book.language) == ("The Lamp", "Ada Lund, Bo Mark", "de")


def test_a_title_with_markup_stays_text() -> None:
    title = "&lt;img src=x onerror=alert(1)&gt; {{7*7}} %s"
    book = read({"a.xhtml": page("<p>x</p>")}, metadata=f"<dc:title>{title}</dc:title>")
    assert book.title == "<img src=x onerror=alert(1)> {{7*7}} %s"


def test_missing_pages_are_told_and_the_rest_is_read() -> None:
    members = epub_members({"a.xhtml": page("<p>here</p>"), "b.xhtml": page("<p>gone</p>")})
    del members["OPS/b.xhtml"]
    book = read_book(zip_of(members), "book.epub")
    assert book.text == "here"
    assert any("1 page that the book lists missing" in warning for warning in book.warnings)


def test_a_page_off_the_main_line_is_read_only_when_the_contents_list_it() -> None:
    pages = {"a.xhtml": page("<h1>A</h1><p>x</p>"), "b.xhtml": page("<h1>B</h1><p>y</p>")}
    spine = '<itemref idref="p0"/><itemref idref="p1" linear="no"/>'
    assert "y" not in read(pages, spine=spine).text
    contents = nav(link("a.xhtml", "A"), link("b.xhtml", "B"))
    assert "y" in read(pages, spine=spine, contents=contents).text


def test_copy_protected_books_are_refused_and_scrambled_fonts_are_not() -> None:
    members = epub_members({"a.xhtml": page("<p>x</p>")})
    entry = (
        "<encryption><EncryptedData><EncryptionMethod Algorithm='{}'/><CipherData>"
        "<CipherReference URI='OPS/a.xhtml'/></CipherData></EncryptedData></encryption>"
    )
    members["META-INF/encryption.xml"] = entry.format("http://www.idpf.org/2008/embedding")
    assert read_book(zip_of(members), "book.epub").text == "x"
    members["META-INF/encryption.xml"] = entry.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    with pytest.raises(UnreadableFile, match="copy-protected"):
        read_book(zip_of(members), "book.epub")


@pytest.mark.parametrize("lost", ["META-INF/container.xml", "OPS/book.opf"])
def test_a_book_without_its_package_is_refused_unless_it_can_be_found(lost: str) -> None:
    members = epub_members({"a.xhtml": page("<p>x</p>")})
    del members[lost]
    if lost.endswith("container.xml"):
        assert read_book(zip_of(members), "book.epub").text == "x"
    else:
        with pytest.raises(UnreadableFile, match="where its pages are"):
            read_book(zip_of(members), "book.epub")


def test_a_book_of_pictures_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="no text"):
        read({"a.xhtml": page("<img src='a.png' alt='A long description'/>")})


def test_a_page_over_the_limit_is_refused() -> None:
    members = epub_members({"a.xhtml": page("x")})
    members["OPS/a.xhtml"] = b"<html><body>" + bytes(range(97, 123)) * 900_000
    with pytest.raises(FileTooLarge, match="20 MB"):
        read_book(zip_of(members, method=0), "book.epub")
