"""Dates of the calendars of worlds, odd ones too: exact, there and back."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from worldgen.calendars import Calendar, Date, NoSuchDay, moon_phase, today_of

DATES = 10_000
PLAIN = {
    "months": [{"name": "Salt", "days": 30}, {"name": "Rime", "days": 28}, {"name": "Ash", "days": 31}],
    "intercalary_days": [{"name": "Midwinter", "after_month": "Rime"},
                         {"name": "Longnight", "after_month": "Rime"}],
    "week_days": ["Firstday", "Middleday", "Lastday"],
    "current_year": 12, "current_month": "Rime", "current_day": 28,
}  # fmt: skip
ONE_MONTH = {"months": [{"name": "The Round", "days": 60}], "intercalary_days": [], "week_days": []}
DAYS_OF_ONE = {
    "months": [{"name": f"M{n}", "days": 1} for n in range(20)],
    "intercalary_days": [{"name": f"Gap {n}", "after_month": f"M{n}"} for n in range(0, 20, 2)],
    "week_days": ["a", "b", "c", "d", "e", "f", "g"],
}
ENDS_BETWEEN = {
    "months": [{"name": "Old", "days": 59}, {"name": "Oldest", "days": 60}],
    "intercalary_days": [{"name": "Turning", "after_month": "Oldest"}],
    "week_days": ["one", "two", "three"],
}


@pytest.mark.parametrize("row", [PLAIN, ONE_MONTH, DAYS_OF_ONE, ENDS_BETWEEN])
def test_dates_and_numbers_of_days_are_one_to_one(row):
    calendar, dice = Calendar.of(row), random.Random(3)  # noqa: S311
    extra = len(row["intercalary_days"])
    assert calendar.year_days == sum(month["days"] for month in row["months"]) + extra
    for _ in range(DATES):
        one, other = (dice.randrange(-10_000_000, 10_000_000) for _ in range(2))
        first, second = calendar.date_of(one), calendar.date_of(other)
        assert calendar.number(first) == one
        assert calendar.between(first, second) == other - one
        assert calendar.plus(first, other - one) == second
        assert (first < second) == (one < other)


def test_days_follow_each_other_without_a_gap_over_years_and_before_year_zero():
    calendar = Calendar.of(DAYS_OF_ONE)
    days = [calendar.date_of(number) for number in range(-90, 91)]
    assert days == sorted(days)
    for one, other in pairwise(days):
        same = other.year == one.year
        assert (other.span, other.year) == (one.span + 1, one.year) if same else (0, one.year + 1)
    assert calendar.date_of(-1) == Date(-1, 29, 1)
    assert calendar.date_of(0) == Date(0, 0, 1)


def test_days_between_months_have_their_place_and_are_in_no_month():
    calendar = Calendar.of(PLAIN)
    last = calendar.date(12, "Rime", 28)
    told = [calendar.said(calendar.plus(last, days)) for days in range(4)]
    assert told == ["28 Rime 12", "Midwinter 12", "Longnight 12", "1 Ash 12"]
    assert calendar.said(calendar.plus(calendar.date(12, "Ash", 31), 1)) == "1 Salt 13"
    week = [calendar.weekday(calendar.plus(last, days)) for days in range(4)]
    assert week == ["Firstday", "Middleday", "Lastday", "Firstday"]  # day 1149 of a week of three
    assert Calendar.of(ONE_MONTH).weekday(Date(0, 0, 1)) == ""


def test_a_day_comes_round_every_year():
    calendar = Calendar.of(PLAIN)
    now, feast = calendar.date(12, "Rime", 3), calendar.read("3 Rime")
    assert calendar.next(now, feast) == now
    assert calendar.said(calendar.next(calendar.plus(now, 1), feast)) == "3 Rime 13"
    assert calendar.between(now, calendar.next(now, calendar.read("Salt 1"))) == 28 - 2 + 2 + 31


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12 Salt", "12 Salt"), ("Salt 12", "12 Salt"), ("the 12th of salt", "12 Salt"),
        ("midwinter", "Midwinter"), ("31 Salt", None), ("Salt", None), ("12 Saltmonth", None),
        ("", None), ("0 Ash", None),
    ],
)  # fmt: skip
def test_texts_name_days_of_the_year(text, said):
    calendar = Calendar.of(PLAIN)
    found = calendar.read(text)
    assert (calendar.said(found, with_year=False) if found else None) == said


def test_the_longest_name_wins_and_numbers_in_names_are_no_days():
    calendar = Calendar.of({**ENDS_BETWEEN, "months": [
        {"name": "Old", "days": 59}, {"name": "Old Moon 2", "days": 20},
    ], "intercalary_days": []})  # fmt: skip
    assert calendar.read("7 Old Moon 2") == Date(0, 1, 7)
    assert calendar.read("Old Moon 2") is None


def test_days_that_do_not_exist_are_refused():
    calendar = Calendar.of(PLAIN)
    for name, day in (("Rime", 29), ("Rime", 0), ("Frost", 1), ("Midwinter", 2)):
        with pytest.raises(NoSuchDay):
            calendar.date(1, name, day)
    with pytest.raises(NoSuchDay):
        calendar.number(Date(1, 9, 1))
    assert today_of(PLAIN) == Date(12, 1, 28)
    assert today_of({**PLAIN, "current_day": 29}) is None


def test_moons_show_their_phases_in_turn():
    phases = [{"name": "new", "days": 3.5}, {"name": "full", "days": 3.5}]
    shown = [moon_phase(phases, 7.0, number) for number in range(-1, 8)]
    assert shown == ["full", *["new"] * 4, *["full"] * 3, "new"]
    assert moon_phase(phases, None, 8) == "new"
    assert moon_phase([], 7.0, 1) == ""
    assert moon_phase([{"name": "dark", "days": 0}], None, 1) == ""
