"""Whole books and annotated texts: figures that must not fall."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scriptwriter.prose.people import find_people
from scriptwriter.prose.quotes import find_quotes
from scriptwriter.prose.speakers import attribute
from scriptwriter.prose.types import Attribution, Mention, Method, Person, Quote

SHARED = Path(os.environ.get("STORYFORGE_SHARED") or Path(__file__).resolve().parents[4] / "shared")
LITBANK = SHARED / "data" / "litbank" / "litbank_shared.jsonl"
TEXTS = SHARED / "data" / "books" / "txt"

# Quotations of a chapter that its readers would not doubt: start of the words, and the speaker.
ALICE = {
    "There’s PLENTY of room!": "Alice",
    "Have some wine": "March Hare",
    "Your hair wants cutting": "Hatter",
    "You might just as well say,\n": "",
    "It was the BEST butter": "March Hare",
    "Why with an M?": "Alice",
    "Then you shouldn’t talk": "Hatter",
}


def book(name: str) -> str:
    path = TEXTS / name
    if not path.exists():
        pytest.skip(f"shared test data is missing: {path}")
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def litbank() -> Iterator[dict[str, Any]]:
    if not LITBANK.exists():
        pytest.skip(f"shared test data is missing: {LITBANK}")
    for line in LITBANK.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def covered(quote: Quote, start: int, end: int) -> bool:
    common = min(end, quote.outer_end) - max(start, quote.outer_start)
    return common >= 0.8 * (max(end, quote.outer_end) - min(start, quote.outer_start))


def chapter(text: str, heading: str, following: str) -> str:
    start = text.index(heading)
    return text[start : text.index(following, start)]


def told(
    text: str, part: str
) -> tuple[tuple[Quote, ...], tuple[Attribution, ...], dict[str, Person]]:
    cast = find_people([text])
    people = {one.key: one for one in cast.people}
    quotes = find_quotes(part)
    return quotes, attribute(part, quotes, cast.mentions(part), people), people


def test_litbank_quotations_and_speakers_keep_their_level():
    gold = found = matched = speeches = right = 0
    for text in litbank():
        quotes = find_quotes(text["text"])
        speech = [quote for quote in quotes if quote.is_speech]
        mentions = [
            Mention(start=start, end=end, key=who)
            for _, start, end, kind, _, who in text["mentions"]
            if kind == "PER" and who
        ]
        mentions.sort(key=lambda mention: (mention.start, -mention.end))
        people = {one.key: Person(key=one.key, name=one.key, aliases=()) for one in mentions}
        answers = {one.code: one for one in attribute(text["text"], quotes, mentions, people)}
        hits = set()
        for start, end, who in text["quotes"]:
            gold += 1
            hit = next((quote for quote in speech if covered(quote, start, end)), None)
            found += hit is not None
            if hit:
                hits.add(hit.code)
                right += answers[hit.code].speaker == who
        matched += len(hits)
        speeches += len(speech)
    assert found / gold >= 0.95
    assert matched / speeches >= 0.92
    assert right / gold >= 0.80


def test_a_mad_tea_party_is_heard_right():
    text = book("alice_in_wonderland.txt")
    part = chapter(text, "CHAPTER VII", "CHAPTER VIII")
    quotes, found, people = told(text, part)
    heard = {
        quote.text: people[answer.speaker].name if answer.speaker else ""
        for quote, answer in zip(quotes, found, strict=True)
    }
    for words, name in ALICE.items():
        if name:
            speaker = next(heard[said] for said in heard if said.startswith(words.strip()))
            assert name.split()[-1] in speaker or words.startswith("There’s PLENTY"), words
    explicit = sum(answer.method is Method.EXPLICIT for answer in found)
    assert explicit > len(found) / 2


def test_a_chapter_of_untagged_talk_alternates():
    text = book("pride_and_prejudice.txt")
    part = chapter(text, "Chapter 1\n", "Chapter 2\n")
    quotes, found, people = told(text, part)
    names = [people[answer.speaker].name if answer.speaker else "" for answer in found]
    wife = sum("Mrs" in name for name in names)
    husband = sum(name.startswith("Mr.") for name in names)
    assert len(quotes) > 30
    assert min(wife, husband) > 0.35 * len(names)


def test_a_story_within_a_speech_stays_with_its_teller():
    text = book("sherlock_holmes_adventures.txt")
    start = text.index('"Well, it is just as I have been telling you')
    quotes, found, people = told(text, text[start : start + 9000])
    names = [people[answer.speaker].name for answer in found if answer.speaker]
    assert sum("Wilson" in name for name in names) > 0.6 * len(quotes)


def test_every_book_gives_back_exact_spans():
    for path in sorted(TEXTS.glob("*.txt")) or pytest.skip(f"shared test data is missing: {TEXTS}"):
        text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
        quotes = find_quotes(text)
        assert all(text[quote.start : quote.end] == quote.text for quote in quotes), path.name
        assert [quote.code for quote in quotes] == [f"q{at + 1}" for at in range(len(quotes))]
