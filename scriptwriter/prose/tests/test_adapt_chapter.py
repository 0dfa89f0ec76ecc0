"""A whole chapter as a screenplay: nothing said is lost, nothing is told twice."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from scriptwriter.formats.elements import Element, Kind
from scriptwriter.formats.tighten import LONGEST_ACTION, blocks_of
from scriptwriter.prose.adapt import AdaptedScene, Reading, Sourced, adapt
from scriptwriter.prose.people import find_people
from scriptwriter.prose.quotes import find_quotes
from scriptwriter.prose.reading import read_chapter
from scriptwriter.prose.speeches import cue_of
from scriptwriter.prose.spoken import fold, words_of
from scriptwriter.prose.types import Attribution, Method
from scriptwriter.readers.normal import normalize

SHARED = Path(os.environ.get("STORYFORGE_SHARED", Path(__file__).resolve().parents[4] / "shared"))
STORY = """Anna Brandt sat in the kitchen and waited. “You are late,” said Anna. “The soup is cold.”

“I know,” whispered Tom, looking at the floor. “I ran,” he went on, “all the way.”

“From the wharf?” said Anna, and pushed the plate over to him. Tom ate. He had not eaten since the boat
put out, and the bread was good, and for a while there was only the clock and the spoon and the wind in the chimney.

“There is,” Tom said at last, and he laid down the spoon, “a man at the door.”

Anna rose; but all she said was, “Let him in.”

The word “door” was painted on it. “Who is there?” shouted Anna.
"""


def read(text: str) -> Reading:
    return read_chapter(text, find_people([text]))


def items(scenes: tuple[AdaptedScene, ...]) -> list[Sourced]:
    return [item for scene in scenes for item in scene.elements]


def elements(text: str) -> list[Element]:
    return [item.element for item in items(adapt(read(text)))]


def of(kind: Kind, text: str = STORY) -> list[str]:
    return [element.text for element in elements(text) if element.kind == kind]


def test_a_speech_parted_by_its_tag_is_one_speech() -> None:
    assert of(Kind.DIALOGUE)[0] == "You are late, The soup is cold."


def test_no_speech_ends_in_the_comma_of_its_tag() -> None:
    assert not any(text.endswith(",") for text in of(Kind.DIALOGUE))


def test_a_sentence_is_not_torn_by_the_action_inside_it() -> None:
    assert "There is, a man at the door." in of(Kind.DIALOGUE)
    assert "He laid down the spoon." in of(Kind.ACTION)


def test_a_parenthetical_stands_once_in_a_speech() -> None:
    assert of(Kind.PARENTHETICAL) == ["(whispering; looking at the floor)", "(shouting)"]


def test_acts_behind_a_tag_keep_their_subject_and_stubs_go() -> None:
    told = of(Kind.ACTION)
    assert any(text.startswith("Anna pushed the plate over to him.") for text in told)
    assert "Anna rose." in told
    assert not any("went on" in text for text in told)


def test_a_second_tag_leaves_no_half_sentence() -> None:
    text = f"{STORY}\n“Quite so,” said Tom, digging his chin into his collar as he added, “and I ran.”\n"
    told = of(Kind.ACTION, text)
    assert not any(block.rstrip(".").endswith(" as") for block in told)


def test_a_quoted_word_stays_in_the_narration() -> None:
    assert "The word “door” was painted on it." in of(Kind.ACTION)


@pytest.mark.parametrize(
    ("tag", "cue"), [("asked the old porter.", "OLD PORTER"), ("he asked.", "UNKNOWN SPEAKER")]
)
def test_somebody_without_a_name_is_called_what_the_tag_says(tag: str, cue: str) -> None:
    text = f"“Coals?” {tag}"
    quotes = find_quotes(text)
    found = Attribution(
        code=quotes[0].code,
        speaker="",
        method=Method.ANAPHORIC,
        confidence=0.0,
        tag_start=text.index(tag),
        tag_end=len(text),
        verb="asked",
    )
    reading = Reading(
        text=text, quotes=quotes, attributions={found.code: found}, scenes=(), people={}
    )
    assert cue_of(reading, quotes[0]) == cue


def test_the_same_chapter_gives_the_same_script() -> None:
    assert adapt(read(STORY)) == adapt(read(STORY))


def test_long_action_is_cut_at_sentence_ends_only() -> None:
    text = "Mr. Bent came in. He sat down by the fire at No. 4 and said nothing. " * 12
    blocks = blocks_of(text.strip())
    assert " ".join(blocks) == text.strip()
    assert all(len(block.split()) <= LONGEST_ACTION for block in blocks)
    assert all(block.endswith((".", "in.")) and not block.endswith("Mr.") for block in blocks)


def test_one_endless_sentence_is_one_block() -> None:
    assert blocks_of("and on " * 90) == [("and on " * 90).strip()]


def chapter_of(name: str, number: int) -> str:
    path = SHARED / "data" / "books" / "txt" / name
    if not path.exists():
        pytest.skip(f"the shared books are not here: {name}")
    text = normalize(path.read_text(encoding="utf-8", errors="replace"))
    parts = re.split(r"\n\s*\n(?=(?:CHAPTER|Chapter|ADVENTURE)\b)", text)
    longest = [part for part in parts if len(part) > 4000]
    return longest[number % len(longest)][:60_000]


CHAPTERS = [
    ("alice_in_wonderland.txt", 6),
    ("pride_and_prejudice.txt", 2),
    ("sherlock_holmes_adventures.txt", 1),
    ("treasure_island.txt", 2),
    ("dubliners_caps_titles.txt", 3),
]


def check(text: str) -> None:
    reading = read(text)
    scenes = adapt(reading)
    made = items(scenes)
    said = [item for item in made if item.element.kind == Kind.DIALOGUE]
    codes = [code for item in said for code in item.codes]
    assert codes == [quote.code for quote in reading.quotes if quote.is_speech]
    texts = {code: fold(item.element.text) for item in said for code in item.codes}
    quotes = {quote.code: words_of(quote.text) for quote in reading.quotes}
    assert [code for code in codes if quotes[code] not in texts[code]] == []
    assert all(item.element.text.strip() for item in made)
    assert all(0 <= item.start <= item.end <= len(text) for item in made)
    assert all(scene.heading == scene.heading.upper() for scene in scenes)
    told = [item.element.text for item in made if item.element.kind == Kind.ACTION]
    assert [t for t in told if t[-1] not in ".!?:…—”\"’')_*]"] == []
    source = Counter(re.findall(r"\w+", text.lower()))
    script = Counter(re.findall(r"\w+", " ".join(told).lower()))
    subjects = {word for word in script if script[word] > source[word]}
    assert subjects == set(), "action tells something twice"


def test_the_promises_hold_for_a_small_story() -> None:
    check(STORY)


@pytest.mark.parametrize(("name", "number"), CHAPTERS)
def test_the_promises_hold_for_real_chapters(name: str, number: int) -> None:
    check(chapter_of(name, number))
