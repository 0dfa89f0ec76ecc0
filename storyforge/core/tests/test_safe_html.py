"""Markdown of people and models: what may stand in it, and that nothing else comes through."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from storyforge.core.safe_html import ATTRIBUTES, LONGEST, REL, SCHEMES, TAGS, safe_html
from storyforge.web.templatetags.prose import markdown
from tests.payloads import PAYLOADS

SHOWN = [
    ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>\n"),
    ("One\ntwo", "<p>One<br>\ntwo</p>\n"),
    ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>\n"),
    ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
    ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
    ("> said", "<blockquote>\n<p>said</p>\n</blockquote>\n"),
    ("# Title", "<p><strong>Title</strong></p>\n"),
    ("    indented, as books are", "<p>indented, as books are</p>\n"),
    ("5 < 6 & 7", "<p>5 &lt; 6 &amp; 7</p>\n"),
    ("", ""),
]


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def links(text):
    return [attrs.get("href") for tag, attrs in Elements(safe_html(text)).found if tag == "a"]


@pytest.mark.parametrize(("text", "html"), SHOWN)
def test_what_people_write_is_shown_as_they_meant_it(text, html):
    assert safe_html(text) == html


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(1, len(PAYLOADS) + 1))
@pytest.mark.parametrize(
    "frame", ["{}", "before\n\n{}\n\nafter", "- {}", "> {}", "| a |\n|---|\n| {} |"]
)
def test_a_hostile_text_has_harmless_elements_only(payload, frame):
    for tag, attributes in Elements(safe_html(frame.format(payload))).found:
        assert tag in TAGS
        assert set(attributes) - {"rel"} <= ATTRIBUTES.get(tag, set())
        if tag == "a":
            assert attributes["rel"] == REL
            assert str(attributes.get("href", "https:")).split(":")[0].lower() in SCHEMES


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java&#10;script:alert(1)", "vbscript:x",
        "data:text/html,x", "data:image/png;base64,x", "//evil.example/x", "/sign-out", "?page=2",
        "file:///etc/passwd", "https:evil.example", "http://[::1",
    ],
)  # fmt: skip
def test_a_link_goes_to_a_whole_web_address_or_nowhere(url):
    assert [where for where in links(f"[here]({url})") if where] == []


def test_links_say_where_they_go():
    said = re.sub(r"<[^>]+>", "", safe_html("[the bank](https://evil.example/login)"))
    assert said.strip() == "the bank (evil.example)"
    assert safe_html("<https://a.example/b>").count("a.example") == 2  # address and words, no more
    assert safe_html("[https://bank.example](https://evil.example)").count("(evil.example)") == 1


def test_an_image_is_never_loaded():
    assert "<img" not in safe_html("![x](https://evil.example/p.png)")
    assert "<img" not in safe_html("![x][y]\n\n[y]: https://evil.example/p.png")


def test_a_text_beyond_every_field_is_shown_by_paragraphs():
    html = safe_html("*a* <b>\n\n" + "b" * LONGEST)
    assert html.startswith("<p>*a* &lt;b&gt;</p>")


def test_deep_and_long_texts_end():
    for text in ("> " * 9_000, "[" * 19_000, "*a " * 6_000, "`" * 19_999, "<" * 19_999):
        assert safe_html(text)


def test_the_filter_takes_what_templates_have():
    assert markdown(None) == markdown("") == ""
    assert markdown(12) == "<p>12</p>\n"
