"""The fault matrix of docs/chaos.md names faults that are dealt and tests that exist."""

from __future__ import annotations

import re

from conftest import ROOT
from tests.chaos.__main__ import SMOKE
from tests.chaos.faults import FAULTS, WEIGHTS

ROW = re.compile(r"^\| F(\d+) \|.*$", re.MULTILINE)


def rows():
    text = (ROOT / "docs" / "chaos.md").read_text("utf-8")
    return {int(row.group(1)): row.group() for row in ROW.finditer(text)}


def test_each_of_the_37_faults_is_looked_at():
    found = rows()
    assert list(found) == list(range(1, 38))
    for row in found.values():
        assert re.search(r"\*[^*]+\*|`test_\w+`|`make chaos`", row.rpartition(" | ")[2]), row


def test_what_the_matrix_names_is_there():
    tests = "\n".join(
        path.read_text("utf-8")
        for folder in ("storyforge", "scriptwriter", "tests")
        for path in (ROOT / folder).rglob("test_*.py")
    )
    for row in rows().values():
        for name in re.findall(r"`(test_\w+)`", row):
            assert f"def {name}(" in tests, name
        for fault in re.findall(r"\*([^*]+)\*", row):
            assert fault in FAULTS, fault


def test_each_fault_is_dealt_and_stands_in_the_matrix():
    assert set(WEIGHTS) == set(FAULTS)
    assert set(SMOKE) <= set(FAULTS)
    matrix = "\n".join(rows().values())
    assert [name for name in FAULTS if f"*{name}*" not in matrix] == []
