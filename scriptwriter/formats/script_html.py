"""A script as an HTML fragment for the reading page: escaped text, one class for each kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from scriptwriter.formats.elements import SPOKEN, Document, Element, Kind
from scriptwriter.formats.inline import Run, inline

# HTML allows none of these, and no half of a surrogate pair.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def script_html(document: Document) -> str:
    """Return markup without styles, scripts or addresses.

    Scenes have the anchors scene-1, scene-2 and so on. Boneyards and notes inside lines are left
    out. Headings begin at h2: sections there, and scenes below them where there are any sections.
    """
    has_sections = any(element.kind is Kind.SECTION for element in document.elements)
    body = "\n".join(_body(document.elements, scene_tag="h3" if has_sections else "h2"))
    return f'<div class="script">\n{_title_page(document)}{body}\n</div>'


def _title_page(document: Document) -> str:
    rows = "\n".join(
        f"<dt>{_plain(key)}</dt><dd>{_marked_up(value)}</dd>" for key, value in document.title_page
    )
    return f'<dl class="script-title-page">\n{rows}\n</dl>\n' if rows else ""


def _body(elements: tuple[Element, ...], *, scene_tag: str) -> Iterator[str]:
    scene = 0
    waiting: str | None = None
    for is_speech, group in _grouped(elements):
        if is_speech:
            speech = _speech(group)
            if waiting and group[0].dual:
                yield f'<div class="script-dual">\n{waiting}\n{speech}\n</div>'
                waiting = None
                continue
            if waiting:
                yield waiting
            waiting = speech
            continue
        if waiting:
            yield waiting
            waiting = None
        scene += group[0].kind is Kind.HEADING
        yield _one(group[0], scene, scene_tag=scene_tag)
    if waiting:
        yield waiting


def _grouped(elements: tuple[Element, ...]) -> Iterator[tuple[bool, list[Element]]]:
    """Put cues together with what is spoken after them; everything else stands alone."""
    number = 0

    def key(element: Element) -> int:
        nonlocal number
        number += element.kind is Kind.CUE or element.kind not in SPOKEN
        return number

    shown = (element for element in elements if element.kind is not Kind.BONEYARD)
    for _, members in groupby(shown, key=key):
        group = list(members)
        if group[0].kind is Kind.CUE:
            yield True, group
        else:
            for element in group:
                yield False, [element]


def _speech(group: list[Element]) -> str:
    lines = "\n".join(_paragraph(element) for element in group)
    return f'<div class="script-speech">\n{lines}\n</div>'


def _one(element: Element, scene: int, *, scene_tag: str) -> str:
    if element.kind is Kind.PAGE_BREAK:
        return '<hr class="script-page_break">'
    if element.kind is Kind.SECTION:
        return f'<h2 class="script-section">{_marked_up(element.text)}</h2>'
    if element.kind is not Kind.HEADING:
        return _paragraph(element)
    number = _plain(element.number)
    label = f'<span class="script-number">{number}</span> ' if number else ""
    text = f"{label}{_marked_up(element.text)}"
    return f'<{scene_tag} class="script-heading" id="scene-{scene}">{text}</{scene_tag}>'


def _paragraph(element: Element) -> str:
    text = element.text or element.speaker
    return f'<p class="script-{element.kind.value}">{_marked_up(text)}</p>'


def _marked_up(text: str) -> str:
    return "".join(_run(run) for run in inline(text))


def _run(run: Run) -> str:
    text = _plain(run.text).replace("\n", "<br>")
    text = f"<u>{text}</u>" if run.underline else text
    text = f"<em>{text}</em>" if run.italic else text
    return f"<strong>{text}</strong>" if run.bold else text


def _plain(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text))
