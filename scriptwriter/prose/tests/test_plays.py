"""Plays are read as plays, however their printer set the names."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scriptwriter.formats.elements import Kind
from scriptwriter.prose.adapt import adapt
from scriptwriter.prose.overview import read_overview
from scriptwriter.prose.people import find_people
from scriptwriter.prose.plays import speeches_of
from scriptwriter.prose.quotes import find_quotes
from scriptwriter.prose.reading import read_chapter
from scriptwriter.prose.types import Method
from scriptwriter.readers.chapters import holds_text
from scriptwriter.readers.normal import normalize
from scriptwriter.readers.read import read_book

HEAD = "A lamp room, in the evening.\n\n[Ada polishes the glass. Enter Mrs. Bell.]\n\n"
# Who speaks, a manner, the words.
SPEECHES = [
    ("Mrs. Bell", "", "Is it lit?"),
    (
        "Ada",
        "laughing",
        "It was lit before the tide turned, and it will burn until the morning comes again.",
    ),
    ("Mrs. Bell", "", "Then sit. (I mean the chair, not the coal.)"),
    ("Ada", "", "I would sooner stand."),
    ("First Sailor", "outside", "Is anybody there?"),
    ("Mrs. Bell", "", "Nobody you know."),
    ("Ada", "", "Let him in."),
    ("Ada and Mrs. Bell", "together", "Come in!"),
]
LAYOUTS = {
    "Algernon.  Text": lambda who, how, what: f"{who}.  {f'[{how.title()}.]  ' if how else ''}{what}",
    "ALGERNON. Text": lambda who, how, what: f"{who.upper()}. {f'({how}) ' if how else ''}{what}",
    "NORA (laughing). Text": lambda who, how, what: f"{who.upper()}{f' ({how})' if how else ''}. {what}",
    "MORELL [grimly] Text": lambda who, how, what: f"{who.upper()} [{how or 'at once'}] {what}",
    "_Nora._ Text": lambda who, how, what: f"_{who}._ {f'({how}) ' if how else ''}{what}",
    "_Nora_ (laughing). Text": lambda who, how, what: f"_{who}_{f' ({how})' if how else ''}. {what}",
    "Jack: Text": lambda who, how, what: f"{who}: {f'({how}) ' if how else ''}{what}",
    "NEVILLE.--Text": lambda who, how, what: f"{who.upper()}.--{f'({how}) ' if how else ''}{what}",
    "a line of its own": lambda who, how, what: f"{who.upper()}\n{f'({how}) ' if how else ''}{what}",
    "a paragraph of its own": lambda who, how, what: f"{who.upper()}\n\n{f'({how})' if how else ''}\n\n{what}",
    "a line of its own, with a stop": lambda who, how, what: f"{who.upper()}.\n{what}",
}  # fmt: skip


def play(layout, gap="\n\n"):
    return HEAD + gap.join(LAYOUTS[layout](*one) for one in SPEECHES)


def told(text):
    return [
        (speech.name, " ".join(text[slice(*span)] for span in speech.spoken))
        for speech in speeches_of(text)
    ]


def scripted(text):
    reading = read_chapter(text, find_people([text]))
    return [
        (sourced.element.kind, sourced.element.text)
        for scene in adapt(reading)
        for sourced in scene.elements
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_speakers_and_words_are_found_in_every_layout(layout):
    assert told(play(layout)) == [(who, what) for who, _, what in SPEECHES]


@pytest.mark.parametrize("layout", ["ALGERNON. Text", "NORA (laughing). Text", "a line of its own"])
def test_speeches_need_no_blank_lines_between_them(layout):
    assert told(play(layout, gap="\n")) == [(who, what) for who, _, what in SPEECHES]


@pytest.mark.parametrize(
    "text",
    [
        "\n\n".join(f"{word}. A thing that nobody needs." for word in ("Anchor", "Bell", "Buoy", "Lamp", "Oil", "Wick", "Tide")),
        "\n\n".join(["“Is it lit?” said Ada.", "Ada. That was her name.", "She sat."] * 3),
        "\n\n".join(f"Chapter {n}. The tide came in, and Ada waited for it." for n in range(1, 9)),
        "\n".join(["Well. I never.", "I went to the sea.", "It was cold there.", "Nobody spoke."] * 4),
        "Ada: Is it lit?\n\nBell: No.",
        "",
    ],
)  # fmt: skip
def test_other_texts_are_no_plays(text):
    assert speeches_of(text) == ()


def test_a_name_alone_and_an_entrance_are_nobodys_speech():
    text = "THE PERSONS OF THE PLAY\nAda, a keeper.\nMrs. Bell, her aunt.\n\n" + play(
        "ALGERNON. Text"
    )
    text += "\n\nWHAT CAME OF IT LATER\nNothing.\n\nENTER ADA.\n\nCURTAIN.\n\nACT II.\n\nA cellar."
    assert len(speeches_of(text)) == len(SPEECHES)


def test_quotes_are_what_is_said_between_directions():
    text = play("Algernon.  Text") + "\n\nAda.  Sit.  [She points.]  There."
    quotes = find_quotes(text)
    assert all(text[quote.start : quote.end] == quote.text for quote in quotes)
    assert [quote.text for quote in quotes[-2:]] == ["Sit.", "There."]
    assert quotes[-1].turn == quotes[-2].turn != quotes[-3].turn
    assert all(quote.is_speech for quote in quotes)


def test_everybody_who_speaks_is_of_the_cast_and_nobody_tells():
    text = play("ALGERNON. Text") + "\n\nADA. I and I and I, my own, and me and I; my lamp and I."
    cast = find_people([text])
    assert {"Ada", "Mrs. Bell", "First Sailor"} <= {person.name for person in cast}
    assert cast.narrator is None
    assert not any("and" in name.lower().split() for one in cast for name in one.aliases)
    assert cast.named("Mrs. Bell").gender == "female"


def test_a_play_calls_people_what_stands_before_their_speeches():
    text = (
        play("Algernon.  Text")
        + "\n\nAda.  Dr. Rowan Chase, my dear Dr. Chase!\n\nChase.  Dr. Chase it is."
    )
    text += "\n\nAda.  Dr. Chase.\n\nChase.  Ada.\n\nAda.  Dr. Chase!"
    assert "Chase" in {person.name for person in find_people([text])}


def test_each_speech_is_its_speakers():
    text = play("Algernon.  Text")
    reading = read_chapter(text, find_people([text]))
    for quote, (who, _, _) in zip(reading.quotes, SPEECHES, strict=True):
        found = reading.attributions[quote.code]
        if " and " in who:
            assert found.speaker == ""
        else:
            assert reading.people[found.speaker].name == who
        assert found.method == Method.EXPLICIT
        assert text[found.tag_start : found.tag_end].startswith(who)


def test_names_become_cues_and_directions_parentheticals_or_action():
    text = play("Algernon.  Text") + (
        "\n\nAda.  Sit.  [She points.]  There.  [Enter the sailor, who is wet.]  Not there!"
        "\n\nFirst Sailor.  [Bows.]\n\nMrs. Bell.  [To Ada.]  Who is he?  [Takes the lamp.]"
    )  # fmt: skip
    made = scripted(text)
    assert made[0] == (Kind.HEADING, "INT. LAMP ROOM - EVENING")
    assert made[1:6] == [
        (Kind.ACTION, "A lamp room, in the evening."),
        (Kind.ACTION, "Ada polishes the glass. Enter Mrs. Bell."),
        (Kind.CUE, "MRS. BELL"),
        (Kind.DIALOGUE, "Is it lit?"),
        (Kind.CUE, "ADA"),
    ]
    assert made[6] == (Kind.PARENTHETICAL, "(laughing)")
    assert (Kind.CUE, "ADA AND MRS. BELL") in made
    assert made[-12:] == [
        (Kind.CUE, "ADA"),
        (Kind.DIALOGUE, "Sit."),
        (Kind.PARENTHETICAL, "(she points)"),
        (Kind.DIALOGUE, "There."),
        (Kind.ACTION, "Enter the sailor, who is wet."),
        (Kind.CUE, "ADA"),
        (Kind.DIALOGUE, "Not there!"),
        (Kind.ACTION, "First Sailor bows."),
        (Kind.CUE, "MRS. BELL"),
        (Kind.PARENTHETICAL, "(to Ada)"),
        (Kind.DIALOGUE, "Who is he?"),
        (Kind.ACTION, "Takes the lamp."),
    ]


def test_brackets_inside_a_sentence_are_said():
    assert "Then sit. (I mean the chair, not the coal.)" in told(play("MORELL [grimly] Text"))[2][1]
    text = play("ALGERNON. Text") + "\n\nADA. Your lamp (the old one) is out."
    assert told(text)[-1] == ("Ada", "Your lamp (the old one) is out.")


def test_the_number_of_a_note_is_no_direction():
    text = play("ALGERNON. Text") + "\n\nADA. The lamp[12] is out. [3]"
    assert told(text)[-1] == ("Ada", "The lamp[12] is out. [3]")


def test_verse_keeps_its_lines_and_wrapped_prose_does_not():
    text = play("ALGERNON. Text") + (
        "\n\nADA.\nThe lamp is lit,\nThe tide is out,\nAnd all the boats are home."
        "\n\nMRS. BELL. A long line that fills the width of the page up to Ada's\nName, and goes on."
    )
    said = [words for kind, words in scripted(text) if kind == Kind.DIALOGUE]
    assert said[-2] == "The lamp is lit,\nThe tide is out,\nAnd all the boats are home."
    assert "\n" not in said[-1]


def test_scenes_begin_at_headings_and_play_where_these_say():
    speeches = play("ALGERNON. Text").removeprefix(HEAD)
    text = (
        f"SCENE I. Seal Point. A lamp room.\n\n[Enter Ada.]\n\n{speeches}\n\nSCENE II. The same.\n\n{speeches}"
        f"\n\nSCENE III.\n\nThe quay, at night, with barrels and nets.\n\n{speeches}"
    )
    reading = read_chapter(text, find_people([text]))
    assert [(scene.place, scene.time) for scene in reading.scenes] == [
        ("Seal Point. A lamp room", ""), ("Seal Point. A lamp room", ""), ("The quay", "at night"),
    ]  # fmt: skip
    assert next(one.heading for one in adapt(reading)) == "INT. SEAL POINT. A LAMP ROOM"
    assert "".join(text[scene.start : scene.end] for scene in reading.scenes) == text
    ada = reading.people[reading.attributions["q2"].speaker]
    assert all(ada.key in scene.cast for scene in reading.scenes)
    assert (Kind.ACTION, "The same.") in scripted(text)


def test_the_overview_says_where_a_play_is_set():
    text = play("ALGERNON. Text")
    assert read_overview([text], find_people([text]).people, []).setting.startswith("A lamp room")


@pytest.mark.parametrize(
    "file", ["txt/importance_of_being_earnest_pg.txt", "epub/importance_of_being_earnest_se.epub"]
)
def test_every_speech_of_a_real_play_has_its_speaker_and_its_words(shared, file):
    truth = json.loads(
        (shared / "plays" / "importance_of_being_earnest.truth.json").read_text("utf-8")
    )
    expected = [
        (
            item["speaker"],
            letters("".join(words for kind, words in item["parts"] if kind == "text")),
        )
        for act in truth["items"]
        for item in act
        if item["type"] == "speech"
    ]
    path = shared / "books" / file
    book = read_book(path.read_bytes(), path.name)
    texts = [
        normalize(book.text[c.body : c.end]) for c in book.chapters if holds_text(book.text, c)
    ]
    found = [(who, letters(words)) for text in texts for who, words in told(text)]
    assert found == expected


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_speech_of_hamlet_is_found_in_other_settings(shared, layout):
    truth = json.loads((shared / "plays" / "hamlet.truth.json").read_text("utf-8"))
    right = total = 0
    for scene in truth["items"]:
        expected, blocks = [], []
        for item in scene:
            if item["type"] != "speech":
                blocks.append(f"[{item['text']}]")
                continue
            words = " ".join(
                text if kind == "text" else f"[{text}]" for kind, text in item["parts"]
            )
            blocks.append(LAYOUTS[layout](item["speaker"], "", words))
            said = "".join(text for kind, text in item["parts"] if kind == "text")
            expected.append((item["speaker"].casefold(), letters(said)))
        found = {(who.casefold(), letters(words)) for who, words in told("\n\n".join(blocks))}
        right += sum(one in found for one in expected)
        total += len(expected)
    assert total == 1138
    assert right >= 0.99 * total


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "ADA. ",
                    "MRS. BELL (",
                    "Ada: ",
                    "_Ada._ ",
                    "FIRST SAILOR\n",
                    "ADA\n\n",
                    "SCENE II. ",
                    "",
                ]
            ),
            st.text("aI .,!?[]()_—-\n'1", max_size=40),
        ),
        min_size=8,
        max_size=30,
    )
)
def test_whatever_stands_in_a_play_is_said_or_directed_once_and_in_order(parts):
    text = "\n\n".join(label + words for label, words in parts)
    at = 0
    for speech in speeches_of(text):
        assert at <= speech.start == speech.label[0] < speech.label[1] <= speech.end <= len(text)
        at = speech.label[1]
        for start, end in sorted((*speech.spoken, *speech.directions)):
            assert at <= start < end <= speech.end
            assert re.search(r"[^\W_]", text[at:start]) is None
            at = end
        assert re.search(r"[^\W_]", text[at : speech.end]) is None
        at = speech.end
    quotes = find_quotes(text) if speeches_of(text) else ()
    script = letters("".join(words for _, words in scripted(text)))
    assert [quote.text for quote in quotes if letters(quote.text) not in script] == [], text


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize(
    "text",
    [
        "JACK. " + "[" * 300_000,
        ("JACK. " + "(" * 300 + "\n\n") * 1_000,
        "JACK. a\n\n" * 10 + "JACK. " + "[a] " * 100_000,
        "A\n" * 200_000,
        "A" * 1_000_000,
        "Jack and " * 100_000,
        "\n \n" * 200_000,
    ],
    ids=[
        "open brackets",
        "parentheses",
        "many directions",
        "short lines",
        "a word",
        "names",
        "blank",
    ],
)
def test_hostile_texts_take_no_time(text):
    speeches_of(text)


@pytest.mark.usefixtures("no_hang")
def test_thousands_of_scenes_take_no_time():
    text = "SCENE I. A room.\n\nADA. Sit.\n\n[Bell sits.]\n\nBELL. There. [Rises.]\n\n" * 3_000
    reading = read_chapter(text, find_people([text]))
    assert len(adapt(reading)) == len(reading.scenes) == 3_000


def letters(words):
    return re.sub(r"[\W_]+", "", words.casefold())
