"""How well the rules find people: hand-made truth for six novels, and fifty LitBank excerpts.

Half of the books were used while the rules were written, half only to look at the result. Run by `make bench`, or
`python tests/bench/bench_people.py [book ...]`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scriptwriter.prose.people import Cast, find_people
from scriptwriter.prose.types import Person

PROJECT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("STORYFORGE_SHARED", PROJECT.parent / "shared")) / "data"
DEVELOPMENT = ("alice", "pride_and_prejudice", "treasure_island")
HELD_OUT = ("christmas_carol", "dracula", "frankenstein")
MAIN = ("protagonist", "antagonist", "supporting")


def chapters_of(text_path: str) -> list[str]:
    """The chapters of a book by the truth file, with normalized line ends and without the license."""
    name = Path(text_path).name
    truth = json.loads((SHARED / "books/truth" / f"{name}.json").read_text("utf-8"))
    raw = (SHARED / text_path).read_bytes().decode(truth["encoding"])
    end = raw.find("*** END OF THIS PROJECT GUTENBERG")
    raw = raw if end < 0 else raw[:end]
    offsets = [unit["char_offset"] for unit in truth["units"]] or [0]
    parts = [raw[a:b] for a, b in zip(offsets, [*offsets[1:], len(raw)], strict=True)]
    return [part.replace("\r\n", "\n").replace("\r", "\n") for part in parts]


def bare(name: str) -> str:
    """A name without its article and in lower case."""
    words = name.replace("’", "'").lower().split()
    return " ".join(words[1:] if words[0] in {"the", "my"} else words)


def holders(cast: Cast, aliases: list[str]) -> dict[str, list[Person]]:
    """Who bears each of the aliases in the found cast; "the captain" may have several bearers."""
    found: dict[str, list[Person]] = {}
    for person in cast.people:
        for name in {
            spelling for alias in (*person.aliases, person.name) for spelling in spellings(alias)
        }:
            found.setdefault(name, []).append(person)
    return {alias: found[bare(alias)] for alias in aliases if bare(alias) in found}


def spellings(alias: str) -> list[str]:
    """An alias, and the same without its plain title where a full name remains."""
    words = bare(alias).split()
    plain = len(words) > 2 and words[0] in {"mr.", "mrs.", "miss", "ms.", "mr", "mrs"}
    return [" ".join(words), " ".join(words[1:])] if plain else [" ".join(words)]


def judge(cast: Cast, characters: list[dict[str, Any]]) -> dict[str, Any]:
    """Compare a cast with the truth: who is missing, which aliases are apart, who was mixed up."""
    owners: dict[str, list[str]] = {}
    missing, apart, alias_hits, alias_total = [], [], 0, 0
    for truth in characters:
        counts = {a["alias"]: a["count"] for a in truth["aliases_in_text"]}
        held = holders(cast, list(counts))
        if not held:
            missing.append(truth)
            continue
        proper = {alias: held[alias] for alias in held if alias[0].isupper()} or held
        cards = [person for people in proper.values() for person in people]
        card = max(cards, key=lambda p: sum(counts[a] for a in proper if p in proper[a]))
        owners.setdefault(card.key, []).append(truth["name"])
        alias_total += len(counts)
        loose = [alias for alias in counts if card not in held.get(alias, [])]
        alias_hits += len(counts) - len(loose)
        apart += [f"{truth['name']}/{alias}" for alias in loose]
    return {
        "missing": missing,
        "apart": apart,
        "aliases": (alias_hits, alias_total),
        "mixed": [names for names in owners.values() if len(names) > 1],
    }


def report(book: str, *, verbose: bool) -> tuple[int, int]:
    """Print one book's figures; return found and all main characters."""
    truth = json.loads((SHARED / f"books/character_truth/{book}.json").read_text("utf-8"))
    chapters = chapters_of(truth["text"])
    started = time.perf_counter()
    cast = find_people(chapters)
    seconds = time.perf_counter() - started
    result = judge(cast, truth["characters"])
    main = [one for one in truth["characters"] if one["role"] in MAIN]
    lost = [one["name"] for one in result["missing"] if one["role"] in MAIN]
    minor = [one["name"] for one in result["missing"] if one["role"] not in MAIN]
    hits, total = result["aliases"]
    print(
        f"== {book}: {len(cast)} people, {seconds:.2f} s, narrator {cast.narrator and cast.narrator.name}"
    )
    print(f"   main {len(main) - len(lost)}/{len(main)}, lost {lost}; lost minor {minor}")
    print(f"   aliases on their card {hits}/{total}; apart {result['apart']}")
    print(f"   wrong merges {result['mixed']}")
    _print_top(cast, 20 if verbose else 10, verbose=verbose)
    return len(main) - len(lost), len(main)


def _print_top(cast: Cast, count: int, *, verbose: bool) -> None:
    for person in cast.people[:count]:
        mark = " I" if person.is_narrator else ""
        aliases = ", ".join(person.aliases) if verbose else f"{len(person.aliases)} names"
        print(f"   {person.mentions:5} {person.gender[:1] or '-'} {person.name}{mark}  [{aliases}]")


def litbank(odd: int, *, verbose: bool) -> None:
    """Recall and precision over people with a name and three mentions or more, in every second text."""
    found = wanted = right = listed = pairs = joined = 0
    for number, line in enumerate((SHARED / "litbank/litbank_shared.jsonl").open(encoding="utf-8")):
        if number % 2 != odd:
            continue
        text = json.loads(line)
        cast = find_people([detokenized(text["text"])])
        gold = {one["entity"]: names_of(one) for one in text["top_people"] if one["names"]}
        every = {
            bare(n) for m in text["mentions"] if m[3] == "PER" for n in [text["text"][m[1] : m[2]]]
        }
        hits = {entity: holders(cast, names) for entity, names in gold.items()}
        strong = [
            one["entity"] for one in text["top_people"] if one["names"] and one["mentions"] >= 3
        ]
        wanted += len(strong)
        found += sum(bool(hits[entity]) for entity in strong)
        named = [person for person in cast.people if person.aliases]
        good = [p for p in named if any(bare(a) in every for a in (p.name, *p.aliases))]
        listed += len(named)
        right += len(good)
        for entity in strong:
            cards = [people[0].key for people in hits[entity].values()]
            pairs += len(gold[entity]) - 1
            joined += max((cards.count(key) for key in cards), default=1) - 1
        if verbose:
            lost = [gold[entity] for entity in strong if not hits[entity]]
            bad = [p.name for p in named if p not in good]
            print(
                f"   {text['title'][:40]}: lost {lost}; wrong {bad}; narrator {cast.narrator and cast.narrator.name}"
            )
    print(
        f"   people found {found}/{wanted}, listed names that are people {right}/{listed}, "
        f"alias joins {joined}/{pairs}"
    )


def names_of(person: dict[str, Any]) -> list[str]:
    """The names of a LitBank person without attributes ("dear Mr. Fortescue")."""
    return [detokenized(name) for name in person["names"]]


def detokenized(text: str) -> str:
    """LitBank's spaced tokens as running text."""
    for mark in (",", ".", "!", "?", ";", ":", "’s", "'s", "n’t", "n't", "”", "’", ")"):
        text = text.replace(f" {mark}", mark)
    return text.replace("“ ", "“").replace("‘ ", "‘").replace("( ", "(")


def main() -> None:
    """Print the table for all books, or for those named."""
    wanted = [arg for arg in sys.argv[1:] if not arg.startswith("-")]
    verbose = "-v" in sys.argv
    for title, books in (("development", DEVELOPMENT), ("held out", HELD_OUT)):
        chosen = [book for book in books if not wanted or book in wanted or title == wanted[0]]
        scores = [report(book, verbose=verbose) for book in chosen]
        if scores:
            found, every = map(sum, zip(*scores, strict=True))
            print(f"## {title}: main and supporting {found}/{every}")
    for odd, title in ((0, "development"), (1, "held out")):
        if not wanted or f"litbank-{title}" in wanted:
            print(f"## LitBank, {title} half")
            litbank(odd, verbose=verbose)


if __name__ == "__main__":
    main()
