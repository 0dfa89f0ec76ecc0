"""The one way from a text that a person or a model wrote to HTML."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from django.utils.html import linebreaks
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

LONGEST = 20_000  # characters; parsing takes longer than the text grows, and no field is near that
SCHEMES = frozenset({"http", "https", "mailto"})
TAGS = frozenset(
    {"p", "em", "strong", "s", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "br", "a"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
)
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
REL = "noopener noreferrer nofollow ugc"
# A page has its own headings, in which those of a text would be lost; they become bold lines.
HEADING = {"heading_open": "<p><strong>", "heading_close": "</strong></p>\n"}


@lru_cache(maxsize=512)
def safe_html(text: str) -> SafeString:
    """Markdown as HTML that can neither run, nor load, nor look like the page around it.

    Raw HTML in the text stays text, images become links, and a link shows the host it goes to. What
    markdown-it writes is then cut down to `TAGS` and `ATTRIBUTES`, so that a mistake in one of the two is
    caught by the other. No other code may call a text safe. A text above `LONGEST` gets its paragraphs only.
    """
    if len(text) > LONGEST:
        return SafeString(linebreaks(text, autoescape=True))
    cleaned = nh3.clean(
        _MARKDOWN.render(text.replace("\0", "")),
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=set(SCHEMES),
        link_rel=REL,
        generic_attribute_prefixes=None,
        strip_comments=True,
    )
    return SafeString(cleaned)


def is_link(url: str) -> bool:
    """Whether a text may link there: a whole address with a scheme that runs nothing."""
    parts = urlsplit(url)
    return parts.scheme.lower() in SCHEMES and bool(parts.netloc or parts.scheme == "mailto")


def _valid(url: str) -> bool:
    try:
        return is_link(url)
    except ValueError:  # such as an unclosed bracket in the host
        return False


def _name_hosts(state: StateCore) -> None:
    """After a link whose words do not say where it goes, say so."""
    for block in state.tokens:
        if block.children:
            block.children = _with_hosts(block.children)


def _with_hosts(tokens: list[Token]) -> list[Token]:
    found: list[Token] = []
    url, words = "", ""
    for token in tokens:
        found.append(token)
        if token.type == "link_open":
            url, words = str(token.attrs.get("href", "")), ""
        elif token.type == "link_close" and words not in (url, _place(url)):
            found.append(Token("text", "", 0, content=f" ({_place(url)})"))
        else:
            words += token.content
    return found


def _place(url: str) -> str:
    """Host of a web address, address of a mail."""
    parts = urlsplit(url)
    return parts.hostname or parts.path


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True})
    # An indented paragraph is one of prose, not of code.
    reader.enable(["table", "strikethrough"]).disable(
        ["code", "image", "html_block", "html_inline"]
    )
    reader.validateLink = _valid  # type: ignore[method-assign]
    reader.core.ruler.push("hosts", _name_hosts)
    for name, html in HEADING.items():
        reader.add_render_rule(name, _always(html))
    return reader


def _always(html: str) -> Callable[..., str]:
    return lambda *_arguments: html


_MARKDOWN = _reader()
