"""Quotations and speakers against the LitBank half in shared/data, printed as tables.

Run: python tests/bench/bench_quotes.py [--errors]. Texts go in as they are: one sentence a line, tokens set
apart, paragraphs lost, so speakers are harder here than in a book. Books are split by alternate lines of
the file into develop (rules were mended while looking at its wrong speakers) and hold-out (its wrong speakers were
not looked at, but its totals were seen whenever a weight was changed). Missed and surplus quotations were
looked at in both, so their figures are no hold-out figures.
A gold quotation counts as found when a found speech covers at least 80 % of their union. Speakers are counted over all
gold quotations, a missed one as wrong. "all mentions" gives names, noun phrases and
pronouns of the narration with their gold entity (pronouns inside speech are not used); "names" gives
proper names only, so that speakers without a name cannot be found; "cast" uses find_people on the text, where
an answer is right when the person found shares a name or noun phrase with the gold entity.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scriptwriter.prose.people import find_people
from scriptwriter.prose.quotes import find_quotes
from scriptwriter.prose.speakers import attribute
from scriptwriter.prose.types import Attribution, Gender, Mention, Person, Quote

SHARED = Path(os.environ.get("STORYFORGE_SHARED") or Path(__file__).resolve().parents[3] / "shared")
LITBANK = SHARED / "data" / "litbank" / "litbank_shared.jsonl"
COVERED = 0.8
MODES = ("all mentions", "names", "cast")
PRONOUN_GENDER: dict[str, Gender] = {
    **dict.fromkeys(("he", "him", "his", "himself"), "male"),
    **dict.fromkeys(("she", "her", "hers", "herself"), "female"),
}


@dataclass
class Tally:
    """Counts of one split."""

    gold: int = 0
    exact: int = 0
    found: int = 0
    speeches: int = 0
    matched: int = 0
    nearest: int = 0
    named: int = 0
    right: Counter[str] = field(default_factory=Counter)
    methods: dict[str, Counter[tuple[str, bool]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    trust: Counter[tuple[int, bool]] = field(default_factory=Counter)


def main() -> None:
    """Print quotation and speaker figures for both splits."""
    lines = [json.loads(line) for line in LITBANK.read_text(encoding="utf-8").splitlines()]
    tallies = {"develop": Tally(), "hold-out": Tally()}
    started = time.perf_counter()
    for number, book in enumerate(lines):
        split = "hold-out" if number % 2 else "develop"
        errors = "--errors" in sys.argv and split == "develop"
        measure(book, tallies[split], errors=errors)
    tallies["both"] = total(*tallies.values())
    for name, tally in tallies.items():
        show(name, tally)
    print(f"{time.perf_counter() - started:.1f} s for {len(lines)} texts, all modes")


def measure(book: dict[str, Any], tally: Tally, *, errors: bool) -> None:
    """Add one text to the counts."""
    text = book["text"]
    gold = [(start, end, who) for start, end, who in book["quotes"]]
    quotes = find_quotes(text)
    speech = [quote for quote in quotes if quote.is_speech]
    pairs = {(start, end): match(start, end, speech) for start, end, _ in gold}
    spans = {(quote.outer_start, quote.outer_end) for quote in speech}
    tally.gold += len(gold)
    tally.exact += sum((start, end) in spans for start, end, _ in gold)
    tally.found += sum(quote is not None for quote in pairs.values())
    tally.speeches += len(speech)
    tally.matched += len({quote.code for quote in pairs.values() if quote})
    tally.nearest += sum(nearest(book, start, end) == who for start, end, who in gold)
    proper = {
        who for _, _, _, kind, form, who in book["mentions"] if (kind, form) == ("PER", "PROP")
    }
    tally.named += sum(who in proper for _, _, who in gold)
    for mode in MODES:
        mentions, people = given(book, mode)
        answers = {one.code: one for one in attribute(text, quotes, mentions, people)}
        for start, end, who in gold:
            quote = pairs[start, end]
            answer = answers[quote.code] if quote else None
            right = answer is not None and is_right(book, answer, who, mode, people)
            count(tally, mode, answer, right=right)
            if errors and not right and mode == "all mentions" and quote:
                explain(text, quote, answers[quote.code], who)


def count(tally: Tally, mode: str, answer: Attribution | None, *, right: bool) -> None:
    """Count one answer by mode, method and confidence."""
    tally.right[mode] += right
    method = answer.method.value if answer else "missed"
    tally.methods[mode][method, right] += 1
    if answer and mode == "all mentions":
        tally.trust[min(9, int(answer.confidence * 10)), right] += 1


def match(start: int, end: int, speech: list[Quote]) -> Quote | None:
    """Find the speech that covers the gold quotation best, if it covers enough."""
    best, share = None, COVERED
    for quote in speech:
        common = min(end, quote.outer_end) - max(start, quote.outer_start)
        union = max(end, quote.outer_end) - min(start, quote.outer_start)
        if common / union >= share:
            best, share = quote, common / union
    return best


def given(book: dict[str, Any], mode: str) -> tuple[list[Mention], dict[str, Person]]:
    """Return the mentions and people of one mode."""
    if mode == "cast":
        cast = find_people([book["text"]])
        return list(cast.mentions(book["text"])), {one.key: one for one in cast.people}
    forms = ("PROP",) if mode == "names" else ("PROP", "NOM", "PRON")
    mentions = [
        Mention(start=start, end=end, key=who)
        for _, start, end, kind, form, who in book["mentions"]
        if kind == "PER" and who and form in forms
    ]
    mentions.sort(key=lambda mention: (mention.start, -mention.end))
    return mentions, gold_people(book)


def gold_people(book: dict[str, Any]) -> dict[str, Person]:
    """Build people from the gold entities; gender by majority of their pronouns in narration."""
    names: dict[str, dict[str, None]] = defaultdict(dict)
    genders: dict[str, Counter[Gender]] = defaultdict(Counter)
    first_person: Counter[str] = Counter()
    for _, start, end, kind, form, who in book["mentions"]:
        words = book["text"][start:end]
        if kind != "PER" or not who:
            continue
        names.setdefault(who, {})
        if form == "PROP":
            names[who].setdefault(words)
        elif words.lower() in PRONOUN_GENDER:
            genders[who][PRONOUN_GENDER[words.lower()]] += 1
        elif words == "I" and not any(low <= start < high for low, high, _ in book["quotes"]):
            first_person[who] += 1
    narrator = [who for who, times in first_person.most_common(1) if times >= 3]
    return {
        who: Person(
            key=who,
            name=next(iter(aliases), who),
            aliases=tuple(aliases),
            gender=genders[who].most_common(1)[0][0] if genders[who] else "",
            is_narrator=who in narrator,
        )
        for who, aliases in names.items()
    }


def is_right(
    book: dict[str, Any], answer: Attribution, who: str, mode: str, people: dict[str, Person]
) -> bool:
    """Compare with the gold speaker; a person of the own cast is right when a name is shared."""
    if mode != "cast":
        return answer.speaker == who
    if answer.speaker not in people:
        return False
    person = people[answer.speaker]
    gold = gold_people(book)
    if gold[who].is_narrator and person.is_narrator:
        return True
    names = {plain(name) for name in (person.name, *person.aliases)}
    return any(
        form != "PRON" and plain(book["text"][start:end]) in names
        for _, start, end, kind, form, key in book["mentions"]
        if key == who and kind == "PER"
    )


def plain(name: str) -> str:
    """Compare names without article and space."""
    words = name.lower().split()
    return " ".join(words[1:] if words[:1] in (["the"], ["a"], ["an"]) else words)


def nearest(book: dict[str, Any], start: int, end: int) -> str:
    """The baseline: the person mentioned nearest to the quotation, outside all quotations."""
    outside = [
        (min(abs(low - end), abs(start - low)), who)
        for _, low, _, kind, _, who in book["mentions"]
        if kind == "PER" and who and not any(a <= low < b for a, b, _ in book["quotes"])
    ]
    return min(outside, default=(0, ""))[1]


def explain(text: str, quote: Quote, answer: Attribution, who: str) -> None:
    """Print one wrong answer with its surroundings."""
    low, high = quote.outer_start, quote.outer_end
    tag = text[answer.tag_start : answer.tag_end]
    print(f"\n[{answer.method.value} {answer.confidence} tag={tag!r}] {answer.speaker} not {who}")
    print(
        f"   {text[max(0, low - 200) : low]!r}\n   >> {text[low:high][:160]!r}\n   {text[high : high + 120]!r}"
    )
    print("   ", [(key, chance) for key, chance in answer.candidates])


def total(*tallies: Tally) -> Tally:
    """Add up the splits."""
    whole = Tally()
    for tally in tallies:
        for name in ("gold", "exact", "found", "speeches", "matched", "nearest", "named"):
            setattr(whole, name, getattr(whole, name) + getattr(tally, name))
        whole.right.update(tally.right)
        whole.trust.update(tally.trust)
        for mode, counts in tally.methods.items():
            whole.methods[mode].update(counts)
    return whole


def show(name: str, tally: Tally) -> None:
    """Print one split."""
    gold = tally.gold
    print(f"\n{name}: {gold} quotations")
    print(f"  recall {tally.found / gold:.3f} (exact {tally.exact / gold:.3f})", end="  ")
    print(f"precision {tally.matched / tally.speeches:.3f} of {tally.speeches} speeches")
    print(f"  speakers: nearest gold mention {tally.nearest / gold:.3f}", end="  ")
    print(f"with a proper name anywhere in the text {tally.named / gold:.3f}")
    for mode in MODES:
        parts = []
        for method in ("explicit", "anaphoric", "implicit", "none", "missed"):
            right, wrong = (tally.methods[mode][method, flag] for flag in (True, False))
            if right + wrong:
                parts.append(f"{method} {right / (right + wrong):.3f} of {right + wrong}")
        print(f"  speakers: {mode:<13} {tally.right[mode] / gold:.3f}   {', '.join(parts)}")
    bands = []
    for band in range(10):
        right, wrong = (tally.trust[band, flag] for flag in (True, False))
        if right + wrong:
            bands.append(f"{band / 10:.1f}: {right / (right + wrong):.2f} of {right + wrong}")
    print(f"  right by confidence (all mentions): {', '.join(bands)}")


if __name__ == "__main__":
    main()
