"""The reading page's markup: whole, in order, and never the user's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from lxml import etree

from scriptwriter.formats.elements import Document, Element, Kind
from scriptwriter.formats.fountain import parse
from scriptwriter.formats.script_html import script_html
from scriptwriter.formats.tests.scripts import OWN, SCREENPLAYS, SOUP, source_of

TAGS = {"div", "dl", "dt", "dd", "h2", "h3", "p", "span", "strong", "em", "u", "br", "hr"}


def tree_of(document: Document) -> etree._Element:
    """Read the fragment as XML, which it is but for its void elements."""
    html = script_html(document).replace("<br>", "<br/>").replace('break">', 'break"/>')
    return etree.fromstring(html)


def classes(root: etree._Element) -> list[str]:
    return [str(node.get("class")) for node in root.iter() if node.get("class")]


def test_every_kind_has_its_class() -> None:
    shown = set(classes(tree_of(parse(source_of(OWN)))))
    wanted = {f"script-{kind.value}" for kind in Kind if kind is not Kind.BONEYARD}
    assert shown == wanted | {
        *("script", "script-title-page", "script-number", "script-speech", "script-dual")
    }


def test_two_speeches_stand_in_one_block() -> None:
    root = tree_of(parse("BOB\nHi.\n\nANNA ^\nHo.\n\nBOB\nWell.\n"))
    assert [len(node) for node in root.iter() if node.get("class") == "script-dual"] == [2]
    assert classes(root).count("script-speech") == 3


def test_scenes_have_anchors_and_numbers() -> None:
    html = script_html(parse(".A\n\n.B #2A#\n"))
    assert '<h2 class="script-heading" id="scene-1">A</h2>' in html
    assert 'id="scene-2"><span class="script-number">2A</span> B</h2>' in html
    assert '<h3 class="script-heading"' in script_html(parse("# Act\n\n.A\n"))


def test_emphasis_line_ends_and_hidden_text() -> None:
    html = script_html(parse("A **b** _*c*_ [[note]]\n/* cut */ d & <e>\n"))
    assert "A <strong>b</strong> <em><u>c</u></em> <br>d &amp; &lt;e&gt;" in html.replace(
        " <br> ", " <br>"
    )
    assert "note" not in html
    assert "cut" not in html


@pytest.mark.parametrize("text", ["<script>", '" onload="x', "&lt;", "javascript:x", "\x00\ud800"])
def test_text_of_any_field_is_escaped(text: str) -> None:
    document = Document(
        title_page=((text, text),),
        elements=tuple(Element(kind=kind, text=text, number=text, speaker=text) for kind in Kind),
    )
    root = tree_of(document)
    assert {str(node.tag) for node in root.iter()} <= TAGS
    assert {name for node in root.iter() for name in node.attrib} <= {"class", "id"}


@settings(max_examples=200, deadline=None)
@given(SOUP)
def test_any_script_gives_well_formed_markup_of_known_tags(source: str) -> None:
    root = tree_of(parse(source))
    assert {str(node.tag) for node in root.iter()} <= TAGS


@pytest.mark.shared
def test_injection_in_every_field_stays_text() -> None:
    source = source_of(SCREENPLAYS / "nasty" / "title_page_injection.fountain")
    root = tree_of(parse(source))
    assert {str(node.tag) for node in root.iter()} <= TAGS
    assert "<script>alert(1)</script> {{7*7}}" in "".join(root.itertext())
