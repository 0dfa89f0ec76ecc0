"""Whose book it is."""

from scriptwriter.prose.presence import most_present, read_presence
from scriptwriter.prose.types import Person

NORA = Person(key="p1", name="Nora Vance", aliases=("Nora",), gender="female", mentions=4)
BRECK = Person(key="p2", name="Captain Breck", aliases=("Breck",), gender="male", mentions=6)

CHAPTERS = [
    "Nora Vance climbed the hill.\n\nShe looked down at the harbor and counted the boats.\n\n"
    "Breck met her at the gate. “Nora,” said Breck, “the boats are late, as they are late every week.”",
    "Breck talked through supper. “I was mate once,” said Breck, “and nobody could tell me a thing.”\n\n"
    "Nora listened.\n\nShe washed the plates.\n\nShe wrote it down.",
    "Nora went to the harbor.\n\nShe stood there until the boats came in.",
]


def test_who_the_narration_follows_leads_before_who_talks_most() -> None:
    spoken = {"p1": 0, "p2": 240}
    presence = read_presence([BRECK, NORA], CHAPTERS, spoken)
    assert [p.key for p in most_present([BRECK, NORA], presence, spoken)] == ["p1", "p2"]


def test_a_pronoun_counts_for_whom_the_narration_named_last() -> None:
    named = read_presence([NORA], ["Nora went out.\n\nThe door fell shut."], {})
    followed = read_presence([NORA], ["Nora went out.\n\nShe let the door fall shut."], {})
    assert followed["p1"] > named["p1"]


def test_somebody_only_spoken_of_is_hardly_present() -> None:
    text = (
        "Nora came in. “Breck is drowned,” said Nora.\n\n“Poor Breck,” said Nora. “Poor old Breck.”"
    )
    presence = read_presence([NORA, BRECK], [text], {})
    assert presence["p2"] < presence["p1"] / 3


def test_a_narrator_with_a_part_in_the_story_leads_and_an_onlooker_does_not() -> None:
    teller = Person(key="p3", name="Narrator", aliases=(), is_narrator=True)
    presence = {"p1": 50.0, "p3": 1.0}
    acting, watching = {"p1": 100, "p3": 60}, {"p1": 100, "p3": 5}
    assert most_present([NORA, teller], presence, acting)[0] is teller
    assert most_present([NORA, teller], presence, watching)[0] is NORA


def test_a_name_that_two_people_share_counts_for_neither() -> None:
    people = [
        Person(key="p1", name="Captain Shaw", aliases=("the captain",), gender="male"),
        Person(key="p2", name="the captain", aliases=("the captain",), gender="male"),
    ]
    presence = read_presence(people, ["The wind rose. “Down!” cried the captain."], {})
    assert presence["p2"] == 0


def test_a_book_without_people_has_nobody_present() -> None:
    assert read_presence([], ["Rain fell."], {}) == {}
    assert most_present([], {}, {}) == []
