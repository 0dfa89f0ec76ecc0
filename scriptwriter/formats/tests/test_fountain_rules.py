"""One test for each rule of the Fountain syntax, in small scripts of our own."""

from __future__ import annotations

import pytest

from scriptwriter.formats.elements import Document, Kind
from scriptwriter.formats.fountain import parse
from scriptwriter.formats.tests.scripts import OWN, source_of


def read(source: str) -> list[tuple[str, str]]:
    return [(element.kind.value, element.text) for element in parse(source).elements]


def kinds(source: str) -> list[str]:
    return [element.kind.value for element in parse(source).elements]


@pytest.fixture(scope="module")
def own() -> Document:
    return parse(source_of(OWN))


def test_title_page_keeps_keys_in_order_and_joins_lines(own: Document) -> None:
    assert own.title_page == (
        ("Title", "_**THE LAMP ROOM**_\na short one"),
        ("Credit", "written by"),
        ("Author", "Nobody in Particular"),
        ("Draft date", "1 May 2031"),
        ("Contact", "3 Quay Street\nPort Hollow"),
    )


@pytest.mark.parametrize("first", ["FADE IN:", "CUT TO:", "INT. HOUSE: NIGHT", "Nothing here"])
def test_first_lines_that_are_no_title_page(first: str) -> None:
    assert parse(f"{first}\n\nHe waits.\n").title_page == ()


def test_title_page_ends_at_the_first_line_that_is_no_entry() -> None:
    document = parse("Title: A\nNot an entry.\nStill: none.\n")
    assert document.title_page == (("Title", "A"),)
    assert [element.text for element in document.elements] == ["Not an entry.\nStill: none."]


def test_a_byte_order_mark_is_no_part_of_the_script() -> None:
    document = parse("\ufeffINT. HOUSE - DAY\n")
    assert document.elements[0].kind is Kind.HEADING
    assert document.title_raw == "\ufeff"


HEADINGS = ["INT. HOUSE", "int. house", "EXT HOUSE", "EST. HOUSE", "INT - HOUSE"]
DOUBLE_HEADINGS = ["INT./EXT. CAR", "INT/EXT CAR", "I/E. CAR", "I./E. CAR", "EXT./INT. CAR"]


@pytest.mark.parametrize("heading", HEADINGS + DOUBLE_HEADINGS)
def test_headings_by_their_first_word(heading: str) -> None:
    assert read(f"{heading}\n\nHe waits.") == [("heading", heading), ("action", "He waits.")]


@pytest.mark.parametrize(
    "line", ["ESTABLISHING", "Est-ce que tu viens ?", "INTERIOR", "EXT.", "..."]
)
def test_lines_that_only_begin_like_headings(line: str) -> None:
    assert kinds(f"{line}\n\nHe waits.") == ["action", "action"]


def test_a_heading_needs_a_blank_line_after_it() -> None:
    assert kinds("INT. HOUSE - DAY\nHe waits.") == ["action"]
    assert kinds("INT. HOUSE - DAY\n= He waits.\n[[Why?]]\n") == ["heading", "synopsis", "note"]


def test_forced_headings_and_ellipses() -> None:
    assert read(".SNIPER POV\n\n...and then\n\n. no\n") == [
        ("heading", "SNIPER POV"),
        ("action", "...and then"),
        ("action", ". no"),
    ]


@pytest.mark.parametrize("number", ["1", "1A", "110-A", "I-1-A", "1."])
def test_scene_numbers_leave_the_text(number: str) -> None:
    (heading,) = parse(f"INT. HOUSE - DAY (1944) #{number}#").elements
    assert (heading.text, heading.number) == ("INT. HOUSE - DAY (1944)", number)


def test_a_number_sign_without_its_partner_is_text() -> None:
    assert [e.number for e in parse("INT. SUITE #4\n\nINT. #\n\n.A ##\n").elements] == ["", "", ""]


@pytest.mark.parametrize("name", ["R2D2", "STEEL (V.O.) (CONT'D)", "HANS (on the radio)", "JIM😆"])
def test_cues(name: str) -> None:
    assert read(f"{name}\nHello.") == [("cue", name), ("dialogue", "Hello.")]


@pytest.mark.parametrize("name", ["23 (O.S.)", "Han (O.S.)", "McCLANE", "AND ^ (Dual)", "太郎"])
def test_lines_that_are_no_cues(name: str) -> None:
    assert kinds(f"{name}\nHello.") == ["action"]


def test_a_cue_needs_somebody_speaking() -> None:
    assert kinds("BANG!\n\nTHE END\n[[Really?]]\n") == ["action", "action"]


def test_speakers_have_no_extensions() -> None:
    cues = [e for e in parse("@McCLANE (V.O.)\nHi.\n\n**BOB** (O.S.) ^\nHo.").elements if e.speaker]
    assert [(cue.text, cue.speaker, cue.dual) for cue in cues] == [
        ("McCLANE (V.O.)", "McCLANE", False),
        ("**BOB** (O.S.)", "BOB", True),
    ]


def test_parentheticals_cut_a_speech_and_need_both_brackets() -> None:
    assert read("BOB\n(beat)\nOne.\nTwo.\n (a pause) \n(so) and (so)\n\n(Jack)") == [
        ("cue", "BOB"),
        ("parenthetical", "(beat)"),
        ("dialogue", "One.\nTwo."),
        ("parenthetical", "(a pause)"),
        ("dialogue", "(so) and (so)"),
        ("action", "(Jack)"),
    ]


def test_notes_do_not_part_a_cue_from_its_speech() -> None:
    assert read("BOB ^ [[loud]]\n[[whispers]]\nHello.") == [
        ("cue", "BOB"),
        ("dialogue", "[[whispers]]\nHello."),
    ]
    assert parse("BOB ^ [[loud]]\nHello.").elements[0].dual
    assert kinds("THE END\n# Act Two\n") == ["action", "section"]


def test_two_spaces_carry_a_speech_over_a_blank_line() -> None:
    assert read("BOB\nOne.\n  \nTwo.\n \nThree.") == [
        ("cue", "BOB"),
        ("dialogue", "One.\n\nTwo."),
        ("action", "Three."),
    ]


def test_marks_inside_a_speech_are_speech() -> None:
    assert read("BOB\n.45 caliber\n@home\n> west\n# 1\nINT. is Latin")[1][1].count("\n") == 4


def test_lyrics_in_and_out_of_speeches(own: Document) -> None:
    assert read("BOB\nListen.\n~La la\n~ la\nYes.\n\n~Oh\nHe stops.") == [
        ("cue", "BOB"),
        ("dialogue", "Listen."),
        ("lyrics", "La la\nla"),
        ("dialogue", "Yes."),
        ("lyrics", "Oh"),
        ("action", "He stops."),
    ]
    assert "The lamp, the lamp,\nit never sleeps." in [e.text for e in own.elements]


@pytest.mark.parametrize("line", ["CUT TO:", "   SMASH CUT TO:", "FADE TO BLACK.", "> Burn out."])
def test_transitions(line: str) -> None:
    assert read(f"He waits.\n\n{line}\n") == [
        ("action", "He waits."),
        ("transition", line.strip(" >")),
    ]


@pytest.mark.parametrize("line", ["CUT TO: ", "boop TO:", "FADE IN:", "CUT TO:\nHe waits."])
def test_lines_that_are_no_transitions(line: str) -> None:
    assert "transition" not in kinds(f"He waits.\n\n{line}\n")


def test_centered_lines_are_elements_of_their_own() -> None:
    assert read("> THE <\n>END<") == [("centered", "THE"), ("centered", "END")]


def test_action_keeps_its_lines_and_indents() -> None:
    assert read("He reads:\n\n    Scott --\n    1:00 pm\n\n!SCANNING...\nWhere?") == [
        ("action", "He reads:"),
        ("action", "    Scott --\n    1:00 pm"),
        ("action", "SCANNING...\nWhere?"),
    ]


def test_page_breaks_sections_and_synopses() -> None:
    source = "# One\n## Two\n= What happens\n===\n====\n#Three"
    assert [(e.kind.value, e.text, e.level) for e in parse(source).elements] == [
        ("section", "One", 1),
        ("section", "Two", 2),
        ("synopsis", "What happens", 0),
        ("page_break", "", 0),
        ("page_break", "", 0),
        ("section", "Three", 1),
    ]


def test_notes_alone_are_elements_and_inside_a_line_stay_there() -> None:
    assert read("[[One]] [[two\n  \nlines]]\n\nHe [[who?]] waits.\n[[Why?]]\nStill.") == [
        ("note", "One"),
        ("note", "two\n  \nlines"),
        ("action", "He [[who?]] waits.\n[[Why?]]\nStill."),
    ]


def test_a_note_with_an_empty_line_is_text() -> None:
    assert kinds("[[not\n\na note]]") == ["action", "action"]


def test_boneyards_hide_whole_scenes() -> None:
    assert read("CUT TO:\n/*\nINT. CELLAR\n\nBOB\nHi.\n*/\nEXT. ROCKS - DAY\n") == [
        ("transition", "CUT TO:"),
        ("boneyard", "\nINT. CELLAR\n\nBOB\nHi.\n"),
        ("heading", "EXT. ROCKS - DAY"),
    ]


def test_unclosed_marks_are_text() -> None:
    assert kinds("/* never\n\nEXT. ROAD - DAY\n\n[[ never\n\nBOB\nHi.") == [
        "action",
        "heading",
        "action",
        "cue",
        "dialogue",
    ]


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_read_the_same(line_end: str) -> None:
    source = source_of(OWN)
    ours, theirs = parse(source), parse(source.replace("\n", line_end))
    assert [e.text for e in theirs.elements] == [e.text for e in ours.elements]
    assert theirs.title_page == ours.title_page
