"""Where a text names the people of a cast."""

from __future__ import annotations

from itertools import pairwise

from scriptwriter.prose.cast import Alias, Cast
from scriptwriter.prose.people import find_people
from scriptwriter.prose.types import Person


def cast_of(**aliases: list[str]) -> Cast:
    people = tuple(
        Person(key=key, name=names[0], aliases=tuple(names)) for key, names in aliases.items()
    )
    names = tuple(
        Alias(key=key, words=tuple(alias.split()), is_role=alias.startswith("the "), rank=1)
        for key, group in aliases.items()
        for alias in group
    )
    return Cast(people=people, names=names)


def found(cast: Cast, text: str) -> list[tuple[str, str]]:
    return [(text[one.start : one.end], one.key) for one in cast.mentions(text)]


def test_the_longest_name_wins() -> None:
    cast = cast_of(p1=["Rabbit", "White Rabbit"], p2=["White"])
    assert found(cast, "The White Rabbit saw White.") == [("White Rabbit", "p1"), ("White", "p2")]


def test_a_possessive_is_no_part_of_the_name() -> None:
    cast = cast_of(p1=["Alice"], p2=["Kel'Tharin"])
    text = "Alice's cat, Alice’s cup, Kel'Tharin's axe, Alice'll go."
    assert [name for name, _ in found(cast, text)] == ["Alice", "Alice", "Kel'Tharin", "Alice"]


def test_a_name_inside_a_longer_word_is_no_mention() -> None:
    cast = cast_of(p1=["Ann"], p2=["Kel"])
    assert found(cast, "Anna, Mary-Ann, Ann-like, Kel'Tharin, annals.") == []


def test_a_name_may_run_over_a_line_end() -> None:
    cast = cast_of(p1=["Mr. Darcy"])
    assert found(cast, "She saw Mr.\nDarcy there.") == [("Mr.\nDarcy", "p1")]
    assert found(cast, "She saw Mr.\n\nDarcy there.") == []


def test_capitals_of_a_heading_are_the_same_name() -> None:
    cast = cast_of(p1=["Marley"], p2=["Jonathan Harker"])
    assert found(cast, "MARLEY was dead. JONATHAN HARKER'S JOURNAL") == [
        ("MARLEY", "p1"),
        ("JONATHAN HARKER", "p2"),
    ]


def test_a_street_is_nobody() -> None:
    assert found(cast_of(p1=["Baker"]), "Baker went to Baker Street.") == [("Baker", "p1")]


def test_a_role_means_whoever_of_its_bearers_is_named_in_the_text() -> None:
    cast = cast_of(p1=["Smollett", "the captain"], p2=["Flint", "the captain"])
    assert found(cast, "Smollett sat. The captain ate.")[1] == ("The captain", "p1")
    assert found(cast, "Flint sat. The captain ate.")[1] == ("The captain", "p2")
    assert found(cast, "The captain ate.") == []


def test_a_name_that_is_also_a_word_needs_a_verb_at_the_head_of_a_sentence() -> None:
    text = "“Aye,” said Israel Hands. His hands shook; hands, hands. I saw Hands laugh. Hands cursed. Hands were everywhere."
    cast = find_people([text])
    named = [text[one.start : one.end + 4] for one in cast.mentions(text)]
    assert named == ["Israel Hands. Hi", "Hands lau", "Hands cur"]


def test_mentions_are_in_order_and_do_not_overlap() -> None:
    text = "Mr. Darcy said no. Miss Darcy said yes. Darcy laughed. " * 20
    spans = [(one.start, one.end) for one in find_people([text]).mentions(text)]
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_counts_of_the_cast_are_the_counts_of_its_mentions() -> None:
    chapters = ["“No,” said Brandt. Brandt sat.", "Reyes said yes. “Go,” said Reyes to Brandt."]
    cast = find_people(chapters)
    keys = [one.key for text in chapters for one in cast.mentions(text)]
    assert {person.key: person.mentions for person in cast} == {k: keys.count(k) for k in keys}


def test_the_first_mention_counts_chapters_through() -> None:
    chapters = ["“No,” said Brandt. Brandt sat.", "“Go,” said Reyes. Reyes sat."]
    reyes = find_people(chapters).named("Reyes")
    assert reyes is not None
    assert "".join(chapters)[reyes.first :].startswith("Reyes")
