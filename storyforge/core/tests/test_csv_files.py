"""CSV that other programs read as it was meant, and that computes nothing in a spreadsheet."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from conftest import ROOT
from storyforge.core.csv_files import cell, write_csv

FORMULAS = [
    '=HYPERLINK("https://evil.example","a")', "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1",
    "\0=1", "  =1", "\u00a0=1", "|calc", "%0A=1", "＝1", "＋1", "－1", "＠a", "=cmd|' /C calc'!A0",
]  # fmt: skip


def read(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_text(text):
    assert read(write_csv(["name"], [[text]]))[1] == ["'" + text.replace("\0", "")]


@pytest.mark.parametrize(
    "text", ["", "plain", "a=b", "1 - 2", "it's", "é", 'say "no"', "a,b", "a\r\nb"]
)
def test_other_text_comes_back_as_it_was(text):
    assert read(write_csv(["name", "x"], [[text, "x"]]))[1] == [text, "x"]


def test_numbers_stay_numbers_and_nothing_stays_empty():
    assert [cell(-3), cell(Decimal("-0.5")), cell(None)] == [-3, Decimal("-0.5"), ""]


def test_lines_end_as_the_standard_says():
    data = write_csv(["a", "b"], [["1", "2"]])
    assert data == "\ufeffa,b\r\n1,2\r\n".encode()


def test_headers_are_guarded_too():
    assert read(write_csv(["=a"], [])) == [["'=a"]]


def test_there_is_one_writer():
    packages = ("storyforge", "canon", "scriptwriter", "worldgen")
    files = [
        path
        for each in packages
        for path in (ROOT / each).rglob("*.py")
        if "tests" not in path.parts
    ]
    found = [p.name for p in files if "import csv" in p.read_text("utf-8").splitlines()]
    assert found == ["csv_files.py"]
