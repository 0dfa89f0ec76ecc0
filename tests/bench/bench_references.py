"""The ladder of references on names as writers disturb them: right, sent to repair, wrong.

Names come from a large world by rules. Codes are always right and are left out.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator

from worldgen import rules
from worldgen.answers.references import Candidate, Ladder
from worldgen.rules.tables import PHASES

SEEDS = range(1, 5)
Disturb = Callable[[str, random.Random], str]


def one_letter(name: str, dice: random.Random) -> str:
    at = dice.randrange(len(name))
    return name[:at] + dice.choice("aeiourstln") + name[at + 1 :]


def swapped(name: str, dice: random.Random) -> str:
    at = dice.randrange(max(1, len(name) - 1))
    return name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :]


WAYS: dict[str, Disturb] = {
    "case and spaces": lambda name, dice: f"  {name.upper()} ",
    "a title before it": lambda name, dice: f"{dice.choice(['the', 'old', 'Captain'])} {name}",
    "a part of it": lambda name, dice: dice.choice(name.split()),
    "one letter": one_letter,
    "two letters swapped": swapped,
    "an invented name": lambda name, dice: "".join(
        dice.choice("bdfgklmnprstv") + dice.choice("aeiou") for _ in range(4)
    ),
}


def candidates(seed: int) -> Iterator[Candidate]:
    """Every row of the rosters of a large world."""
    rosters: dict[str, dict[str, rules.Line]] = {}
    for phase in PHASES:
        brief = rules.Brief(random_seed=seed, size="large", rosters=rosters)
        lines = rules.write_roster(phase, brief)
        rosters |= {table: {line["code"]: line for line in ls} for table, ls in lines.items()}
    for table, lines_of in rosters.items():
        yield from (Candidate(table, code, line["name"]) for code, line in lines_of.items())


def main() -> None:
    found: dict[str, Counter[str]] = {way: Counter() for way in WAYS}
    for seed in SEEDS:
        rows = list(candidates(seed))
        ladder, dice = Ladder(rows), random.Random(seed)  # noqa: S311
        for way, disturb in WAYS.items():
            for row in rows:
                match = ladder.resolve(disturb(row.name, dice), [row.table])
                wanted = "" if way == "an invented name" else row.code
                outcome = "right" if match.code == wanted else "wrong" if match.code else "repair"
                found[way][outcome] += 1
    print(f"{'disturbed by':24}{'names':>8}{'right %':>10}{'repair %':>10}{'wrong %':>10}")
    for way, counts in found.items():
        total = counts.total()
        shares = [100 * counts[o] / total for o in ("right", "repair", "wrong")]
        print(f"{way:24}{total:>8}" + "".join(f"{share:>10.1f}" for share in shares))


if __name__ == "__main__":
    main()
