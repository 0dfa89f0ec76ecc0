"""Markdown inside a paragraph to plain words: emphasis, links and tags go, their words stay."""

from __future__ import annotations

import html
import re

PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
# Escaped punctuation waits as noncharacters, which decoded text never holds (encodings.py).
HELD = {mark: chr(0xFDD0 + index) for index, mark in enumerate(PUNCTUATION)}
RELEASE = {ord(held): mark for mark, held in HELD.items()}

# Each pattern stops at the next mark of its kind, so the time is linear in the text.
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
CODE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`\n]{1,500})\1(?!`)")
IMAGE = re.compile(r"!\[([^\[\]\n]{0,500})\](?:\([^()\n]{0,2000}\)|\[[^\[\]\n]{0,200}\])")
LINK = re.compile(r"\[([^\[\]\n]{1,500})\](?:\([^()\n]{0,2000}\)|\[[^\[\]\n]{0,200}\])")
NOTE = re.compile(r"\[\^[^\]\s]{1,100}\]")
AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000})>")
TAG = re.compile(
    r"</?(?:a|abbr|b|br|cite|del|div|em|i|p|q|s|small|span|strong|sub|sup|u)\b[^<>]{0,500}>"
)
BREAK = re.compile(r"(?:\\|(?<! ) {2,20})(?=\n)")
STRIKE = re.compile(r"~~([^~\n]{1,2000})~~")
STARS = re.compile(r"(?<!\*)(\*{1,3})(?=[^\s*])([^*]+?)(?<=[^\s*])\1(?!\*)")
UNDERSCORES = re.compile(r"(?<![\w_])(_{1,3})(?=[^\s_])([^_]+?)(?<=[^\s_])\1(?![\w_])")
EMPHASIS_DEPTH = 3


def plain_inline(text: str) -> str:
    """Return a paragraph without Markdown marks; a lone `*` or `_` stays."""
    text = CODE.sub(lambda m: _held(m[2]), text)
    text = ESCAPE.sub(lambda m: HELD[m[1]], text)
    text = BREAK.sub("", _without_comments(text))
    text = NOTE.sub("", IMAGE.sub("", text))
    text = LINK.sub(r"\1", text)
    text = TAG.sub("", AUTOLINK.sub(lambda m: _held(m[1]), text))
    text = STRIKE.sub(r"\1", text)
    for _ in range(EMPHASIS_DEPTH):
        text = UNDERSCORES.sub(r"\2", STARS.sub(r"\2", text))
    return html.unescape(text).translate(RELEASE)


def _held(text: str) -> str:
    """Keep text as it is through the later steps."""
    return "".join(HELD.get(c, c) for c in text)


def _without_comments(text: str) -> str:
    parts: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts.append(text[at:start])
        at = end + 3
    return "".join([*parts, text[at:]])
