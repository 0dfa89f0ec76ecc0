"""Emphasis, escapes and hidden text inside lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scriptwriter.formats.inline import Run, escape, inline, plain_text, speaker_name
from scriptwriter.formats.tests.scripts import SOUP


def shown(text: str) -> str:
    """Write runs the way the notes on emphasis of the syntax page are easiest to compare."""
    return "".join(
        "<b>" * run.bold
        + "<i>" * run.italic
        + "<u>" * run.underline
        + run.text
        + "</u>" * run.underline
        + "</i>" * run.italic
        + "</b>" * run.bold
        for run in inline(text)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*italics*", "<i>italics</i>"),
        ("**bold**", "<b>bold</b>"),
        ("***both***", "<b><i>both</i></b>"),
        ("_under_", "<u>under</u>"),
        ("_a *b* c_", "<u>a </u><i><u>b</u></i><u> c</u>"),
        ("**bold *both***", "<b>bold </b><b><i>both</i></b>"),
        ("***both* bold**", "<b><i>both</i></b><b> bold</b>"),
        ("**\\*9765\\***", "<b>*9765*</b>"),
        ("*69 and then *23, and", "*69 and then *23, and"),
        ("*69 and then 23*, and", "<i>69 and then 23</i>, and"),
        ("_69 and then 23 _, and", "_69 and then 23 _, and"),
        ("*69 and then 23\\*, and", "*69 and then 23*, and"),
        ("*share a look.\nThis is BAD.*", "*share a look.\nThis is BAD.*"),
        ("a_file_name.txt", "a_file_name.txt"),
        ("____", "____"),
        ("**** stars", "**** stars"),
        ("C:\\dir \\\\ end\\", "C:\\dir \\ end\\"),
        ("***a*", "**<i>a</i>"),
    ],
)
def test_emphasis(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("An [[inner]] note.", "An note."),
        ("JACK[[who?]]. They", "JACK. They"),
        ("Before [[two\nlines]] after", "Before after"),
        ("One\n[[alone]]\nTwo", "One\nTwo"),
        ("One\n[[last]]", "One"),
        ("[[first]] One", "One"),
        ("cut /*this*/out", "cut out"),
        ("not \\[[a note]]", "not [[a note]]"),
        ("open [[ end", "open [[ end"),
    ],
)
def test_hidden_text_goes_and_leaves_no_gap(text: str, expected: str) -> None:
    assert plain_text(text) == expected


@given(st.text())
def test_escaped_text_shows_letter_for_letter(text: str) -> None:
    assert plain_text(escape(text)) == text
    assert not any(run.bold or run.italic or run.underline for run in inline(escape(text)))


@given(SOUP)
def test_emphasis_only_ever_takes_marks_away(text: str) -> None:
    shown_letters = [letter for letter in plain_text(text) if letter not in "*_\\ \n"]
    letters = iter(text)
    assert all(letter in letters for letter in shown_letters)


def test_runs_carry_one_style_each() -> None:
    assert inline("a **b** c") == [Run(text="a "), Run(text="b", bold=True), Run(text=" c")]
    assert inline("") == []


@pytest.mark.parametrize(
    ("cue", "name"),
    [
        ("BOB (V.O.) (CONT’D)", "BOB"),
        ("MRS.  DALLOWAY", "MRS. DALLOWAY"),
        ("_BOB_ [[the elder]]", "BOB"),
        ("BOB (O.S.", "BOB (O.S."),
    ],
)
def test_speaker_names(cue: str, name: str) -> None:
    assert speaker_name(cue) == name
