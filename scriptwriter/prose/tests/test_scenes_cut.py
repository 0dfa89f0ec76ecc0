"""Where a chapter is cut into scenes, and what each scene says of itself."""

from __future__ import annotations

from itertools import pairwise

import pytest

from scriptwriter.prose.cast import Cast
from scriptwriter.prose.people import find_people
from scriptwriter.prose.scenes import find_scenes
from scriptwriter.prose.types import SceneSpan

HEAD = "Chapter 7\n\nThe Long Night\n\n"
ANNA = (
    "Anna Brandt sat in the kitchen and waited for the kettle. “No,” said Anna. “He is late,” said Anna. "
    "Anna looked at the door, and Tom laughed. “You worry,” said Tom. Tom took his cup.\n\n"
)
REYES = (
    "Reyes nodded. “Drive,” said Reyes. Kovacs turned the wheel. “Where to?” asked Kovacs. Reyes looked at "
    "her map, and Kovacs waited. “North,” said Reyes. Kovacs sighed.\n\n"
)


def cut(text: str) -> tuple[SceneSpan, ...]:
    return find_scenes(text, find_people([text]))


def starts(text: str) -> list[str]:
    return [text[scene.start : scene.start + 24] for scene in cut(text)]


@pytest.mark.parametrize(
    "mark", ["* * *", "***", "#", "---", "⁂", "~", "§", "   *       *       *"]
)
def test_an_author_s_break_starts_a_scene(mark: str) -> None:
    text = f"{HEAD}{ANNA}{mark}\n\n{REYES}"
    scenes = cut(text)
    assert [scene.reason for scene in scenes] == ["start", "break"]
    assert text[scenes[1].start :].startswith("Reyes nodded")


def test_three_lines_of_asterisks_are_one_break() -> None:
    mark = "  *    *    *\n\n    *    *\n\n  *    *    *\n\n"
    assert len(cut(f"{HEAD}{ANNA}{mark}{REYES}")) == 2


def test_a_wider_gap_is_a_break_where_gaps_are_even_otherwise() -> None:
    text = HEAD + ANNA * 8 + "\n\n" + REYES * 8
    assert [scene.reason for scene in cut(text)] == ["start", "break"]


def test_the_first_scene_begins_behind_the_heading() -> None:
    assert starts(HEAD + ANNA)[0].startswith("Anna Brandt sat")


def test_spans_cover_the_body_without_gap_or_overlap() -> None:
    text = (
        f"{HEAD}{ANNA * 12}The next morning Reyes drove to Boston.\n\n{REYES * 12}***\n\n{ANNA * 3}"
    )
    scenes = cut(text)
    assert len(scenes) == 3
    assert all(one.end == other.start for one, other in pairwise(scenes))
    assert scenes[-1].end == len(text)


@pytest.mark.parametrize(
    "opening",
    [
        "The next morning Reyes drove north.",
        "Two days later Reyes drove north.",
        "On Friday, Reyes drove north.",
        "3 May. Reyes drove north.",
        "That same evening Reyes drove north.",
        "At the palace Reyes stopped.",
        "When they reached the inn Reyes stopped.",
    ],
)
def test_another_time_or_place_at_the_head_of_a_paragraph_cuts(opening: str) -> None:
    text = f"{HEAD}{ANNA * 12}{opening}\n\n{REYES * 12}"
    assert opening[:24] in starts(text)


def test_a_complete_change_of_people_cuts() -> None:
    text = f"{HEAD}{ANNA * 12}{REYES * 12}"
    assert [scene.reason for scene in cut(text)] == ["start", "cast"]


def test_a_chapter_without_cues_is_one_scene() -> None:
    assert len(cut(HEAD + ANNA * 30)) == 1


def test_cues_close_together_do_not_make_tiny_scenes() -> None:
    text = HEAD + f"The next morning came. {ANNA}" * 30
    assert all(scene.end - scene.start >= 900 for scene in cut(text))


def test_words_of_a_speech_cut_nothing() -> None:
    speech = "“The next morning we reached the inn,” said Anna. “Two days later he died.”\n\n"
    assert len(cut(HEAD + ANNA * 10 + speech + ANNA * 10)) == 1


def test_a_scene_says_where_when_and_who() -> None:
    text = f"{HEAD}{ANNA * 12}The next morning Reyes waited in the street.\n\n{REYES * 12}"
    cast = find_people([text])
    first, second = find_scenes(text, cast)
    assert (first.place, first.interior, first.time) == ("the kitchen", True, "")
    assert (second.place, second.interior, second.time) == ("the street", False, "The next morning")
    assert text[second.cue_start : second.cue_end] == "The next morning"
    assert [cast[key].name for key in first.cast] == ["Anna Brandt", "Tom"]
    assert [cast[key].name for key in second.cast] == ["Reyes", "Kovacs"]


def test_somebody_only_talked_about_is_not_there() -> None:
    text = f"{HEAD}{ANNA * 3}“Kovacs is gone,” said Anna. “Kovacs has the map,” said Tom.\n\n"
    cast = find_people([text, REYES])
    assert [cast[key].name for key in find_scenes(text, cast)[0].cast] == ["Anna Brandt", "Tom"]


@pytest.mark.parametrize("text", ["", "\n\n", "   ", "***\n\n***\n"])
def test_a_chapter_without_words_has_no_scene_or_one(text: str) -> None:
    assert len(find_scenes(text, Cast(people=()))) <= 1


@pytest.mark.parametrize(
    "text", ["***\n" * 5000, "the next morning " * 5000, "x\n\n\n" * 5000, "“" * 9000]
)
def test_hostile_chapters_are_survived(text: str) -> None:
    scenes = find_scenes(text, Cast(people=()))
    assert all(one.end == other.start for one, other in pairwise(scenes))


def test_a_habit_is_not_the_hour_of_a_scene() -> None:
    text = f"{HEAD}She had written that on every morning of the season. {ANNA * 4}"
    assert cut(text)[0].time == ""


def test_a_place_looked_at_or_remembered_yields_to_where_they_are() -> None:
    text = f"{HEAD}Anna had studied in Rome. She was looking at the house. {ANNA * 4}"
    assert cut(text)[0].place == "the kitchen"


def test_a_dated_line_somebody_writes_cuts_nothing() -> None:
    text = f"{HEAD}{ANNA * 12}Nov. 9, 1907, she wrote. Wind N.W. Anna waited.\n\n{ANNA * 12}"
    assert len(cut(text)) == 1


def test_a_scene_without_a_place_keeps_it_while_somebody_stays() -> None:
    away = "Anna Brandt laughed. “Go,” said Anna. Anna looked at Tom, and Tom ran. “Now?” said Tom.\n\n"
    scenes = cut(f"{HEAD}{ANNA * 4}***\n\n{away * 4}")
    assert [scene.place for scene in scenes] == ["the kitchen", "the kitchen"]
