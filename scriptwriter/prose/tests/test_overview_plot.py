"""The plot on one page claims only what a book supports."""

from scriptwriter.prose.overview import opponent, read_overview
from scriptwriter.prose.types import Person, Place

NORA = Person(key="p1", name="Nora Vance", aliases=("Nora",), gender="female", mentions=9)
BRECK = Person(key="p2", name="Captain Breck", aliases=("Breck",), gender="male", mentions=6)
QUIET = [
    "Nora walked down to Port Ellen in the rain. In Port Ellen she bought bread and a loaf for Breck.",
    "Nora came to Port Ellen again and stood at the pump. Breck waved to her from the other side.",
    "Nora slept until the bell rang in the square and then she ate an apple with some cheese.",
]
ELLEN = Place(name="Port Ellen", mentions=3, first=0)


def test_a_book_without_signs_has_no_story_type() -> None:
    found = read_overview(QUIET, [NORA, BRECK], [ELLEN])
    assert found.story_type == ""
    assert "treasure" not in found.logline


def test_one_word_repeated_makes_no_kind_of_story() -> None:
    text = ["Nora looked at the island. " * 30, "Nora left the island. " * 30]
    assert read_overview(text, [NORA], []).story_type == ""


def test_words_of_a_kind_all_over_the_book_make_it_one() -> None:
    text = "The pirates read the map. Nora began to dig for the treasure, and found gold and doubloons. "
    found = read_overview([text * 3, text * 3, text * 3], [NORA], [])
    assert found.story_type == "treasure hunt"
    assert found.logline.startswith("A treasure hunt follows Nora Vance")


def test_a_place_needs_people_in_it_in_two_chapters() -> None:
    paris = Place(name="Paris", mentions=2, first=0)
    talk = ["“London is the capital of Paris,” said Nora. “In Paris! In Paris! In Paris!”", *QUIET]
    found = read_overview(talk, [NORA], [ELLEN, paris])
    assert "Port Ellen" in found.logline
    assert "Paris" not in found.setting + found.logline


def test_the_logline_is_one_sentence_of_at_most_fifty_words() -> None:
    logline = read_overview(QUIET, [NORA, BRECK], [ELLEN]).logline
    assert logline.endswith(".")
    assert len(logline.split()) <= 50
    assert read_overview([], [], []).logline


def test_a_season_is_named_only_where_it_dominates() -> None:
    both = ["In the winter they sat. In the summer they ran. " * 4]
    assert "winter" not in read_overview(both, [], []).setting
    assert "Mostly in winter." in read_overview(["In the winter they sat. " * 5], [], []).setting


def test_passages_of_a_theme_are_whole_sentences_from_different_parts() -> None:
    line = "Nora knew that the old man was dead and buried beside the grave of his widow. "
    found = read_overview([line, line, line], [NORA], [])
    theme = next(t for t in found.themes if t.name == "death and mourning")
    assert [p.chapter for p in theme.passages] == [0, 1, 2]
    assert all(p.quote == line.strip() for p in theme.passages)


def test_nobody_opposes_whoever_is_alone_or_at_peace() -> None:
    assert opponent(QUIET, [NORA]) is None
    assert opponent(QUIET, [NORA, BRECK]) is None
