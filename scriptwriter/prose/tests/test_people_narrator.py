"""The "I" of a book, and people who go without a name."""

from __future__ import annotations

import re

from scriptwriter.prose.people import find_people

SCHOOL = """Chapter 1

My mother says I was born angry. I think she is right, and I told her so.

"Zoë!" she yelled up the stairs. "Bus!"

I yelled back that I knew about the bus. I ran down. Mateo was in the back row, where I always sat.

"You look terrible, Zoë," he said. I said thanks. Mateo listened with his mouth open.

"Zoë," said Mateo, "you have to tell your mom."

I shook my head. My hands were cold. I looked at Mateo. "Zoë, don't go," he said, but I went.
"""
PRIEST = """I walked on with the curate. The curate said that I was mad, and I laughed at my own fear.

"We must wait," said the curate. I nodded. The curate sat down. My hand shook as I drank.

"I can bear no more," the curate whispered. I told him to be still. The curate looked at me.

The curate wept, and I hated him. "It is just," cried the curate. I took the axe. The curate turned.
"""
DIARIES = [
    f"JONATHAN HARKER'S JOURNAL\n\nI rose early and I wrote my notes. I saw the Count{n}. I feared my host.\n"
    for n in range(2)
] + [
    f"DR. SEWARD'S DIARY\n\nI called on Lucy{n}, and I found Jonathan Harker there. I gave my advice.\n"
    "“Come,” said Jonathan Harker. I went with him.\n"
    for n in range(2)
]


def test_the_narrator_is_whom_the_others_call_by_name() -> None:
    narrator = find_people([SCHOOL]).narrator
    assert narrator is not None
    assert narrator.name == "Zoë"


def test_an_unnamed_narrator_is_a_person_without_aliases() -> None:
    narrator = find_people([PRIEST]).narrator
    assert narrator is not None
    assert narrator.aliases == ()
    in_quotes = 1
    assert narrator.mentions == len(re.findall(r"\bI\b", PRIEST)) - in_quotes


def test_a_book_told_about_others_has_no_narrator() -> None:
    assert (
        find_people(["“I am here,” said Brandt. Brandt sat. “I know,” said Reyes."]).narrator
        is None
    )


def test_the_narrator_may_name_himself() -> None:
    text = "My name is Edith Crane. I live alone, and I like my house. I saw Brandt. “No,” said Brandt to me. "
    narrator = find_people([text * 3]).narrator
    assert narrator is not None
    assert narrator.name == "Edith Crane"


def test_of_several_narrators_the_heading_says_who_tells_the_chapter() -> None:
    cast = find_people(DIARIES)
    assert cast.narrator is None
    told = [cast.narrator_in(text) for text in (DIARIES[0], DIARIES[2])]
    assert [person and person.name for person in told] == ["Jonathan Harker", "Dr. Seward"]


def test_somebody_without_a_name_goes_by_what_he_is() -> None:
    curate = find_people([PRIEST]).named("the curate")
    assert curate is not None
    assert curate.name == "the curate"
    assert curate.gender == "male"
