"""docs/security/asvs.csv: each requirement of OWASP ASVS 5.0.0, levels 1 and 2, with what proves it or why not."""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import cache

import pytest

from conftest import ROOT

TABLE = (ROOT / "docs/security/asvs.csv").read_text("utf-8")
ROWS = list(csv.DictReader(TABLE.splitlines()))
# The standard has 345 requirements, of which 92 are level 3.
LEVELS = {"1": 70, "2": 183}
# Requirements of each chapter at levels 1 and 2.
CHAPTERS = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9,
    15: 13, 16: 16, 17: 7,
}  # fmt: skip
PROVEN_BY_FILES = {"documented", "reviewed", "operator"}


@cache
def functions(path):
    return set(re.findall(r"^(?:async )?def (test_\w+)\(", (ROOT / path).read_text("utf-8"), re.M))


def test_every_requirement_of_both_levels_has_one_row():
    assert Counter(row["level"] for row in ROWS) == LEVELS
    assert len({row["id"] for row in ROWS}) == sum(LEVELS.values())
    found = Counter(int(row["id"].split(".")[0]) for row in ROWS)
    assert found == CHAPTERS


def test_rows_stand_in_the_order_of_the_standard():
    numbers = [[int(part) for part in row["id"].split(".")] for row in ROWS]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_row_names_what_is_there(row):
    assert row["how"].strip()
    if row["state"] == "tested":
        assert row["proof"]
        for proof in row["proof"].split():
            path, _, name = proof.partition("::")
            assert name in functions(path), proof
    elif row["state"] in PROVEN_BY_FILES:
        assert row["proof"]
        assert [p for p in row["proof"].split() if not (ROOT / p).is_file()] == []
    else:
        assert row["state"] in {"not applicable", "not met"}
        assert not row["proof"]
        assert len(row["how"]) > 15, "a reason, not a word"


def test_security_md_says_what_is_not_met():
    said = (ROOT / "SECURITY.md").read_text("utf-8")
    count = sum(row["state"] == "not met" for row in ROWS)
    tested = sum(row["state"] == "tested" for row in ROWS)
    assert f"{tested} by a test" in said
    assert f"{count} are not met" in said
