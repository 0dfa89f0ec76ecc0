"""Leap days: dates and numbers of days one to one in any calendar, and the Gregorian one as Python counts it."""

from __future__ import annotations

import datetime as dt
import random
from itertools import pairwise

import pytest

from worldgen.answers.table_rules import leap_days_of_a_calendar, problems
from worldgen.calendars import Calendar, Date, NoSuchDay, leap_days_said
from worldgen.exchange.markdown import document
from worldgen.exchange.world_json import load_and_export, read
from worldgen.models import CalendarSystem
from worldgen.rows import load
from worldgen.tests.test_calendars import PLAIN
from worldgen.views.shown import value_of

CALENDARS, DATES = 200, 50  # 10,000 dates
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]  # fmt: skip


def leap(after, every, *, name="", days=1, first=0, but=0, again=0):
    turns = "/".join(str(turn) for turn in (every, but, again) if turn)
    return {"name": name, "after_month": after, "days": days, "every": f"{turns}+{first}" if first else turns}  # fmt: skip


def months(*days):
    return [{"name": f"M{n}", "days": each} for n, each in enumerate(days)]


GREGORIAN = {
    "months": [
        {"name": name, "days": days}
        for name, days in zip(MONTHS, (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), strict=True)
    ],
    "intercalary_days": [],
    "week_days": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    "leap_days": [leap("February", 4, but=100, again=400)],
}


def drawn(dice):
    """A calendar with all that may stand in one."""
    row = {
        "months": months(*(dice.randint(1, 60) for _ in range(dice.randint(1, 20)))),
        "week_days": [str(n) for n in range(dice.randint(3, 14))],
    }
    names = [month["name"] for month in row["months"]]
    row["intercalary_days"] = [
        {"name": f"Gap {n}", "after_month": dice.choice(names)} for n in range(dice.randint(0, 10))
    ]
    row["leap_days"] = []
    for number in range(dice.randint(1, 4)):
        every = dice.randint(2, 40)
        but = every * dice.randint(2, 25) * dice.randint(0, 1)
        again = but * dice.randint(2, 5) * dice.randint(0, 1)
        name = f"Leap {number}" if dice.random() < 0.5 else ""
        days = dice.randint(1, 60) if name else 1
        first = dice.randint(0, 20_000)
        row["leap_days"].append(
            leap(dice.choice(names), every, name=name, days=days, first=first, but=but, again=again)
        )
    return row


def test_dates_and_numbers_of_days_are_one_to_one_in_any_calendar():
    dice = random.Random(11)  # noqa: S311
    for _ in range(CALENDARS):
        calendar = Calendar.of(drawn(dice))
        for _ in range(DATES):
            one, other = (dice.randrange(-9_000_000, 9_000_000) for _ in range(2))
            first, second = calendar.date_of(one), calendar.date_of(other)
            assert calendar.number(first) == one
            assert calendar.between(first, second) == other - one
            assert calendar.plus(first, other - one) == second
            assert (first < second) == (one < other)


def test_years_follow_each_other_without_a_gap_in_any_calendar():
    """The closed formula against counting one year after the other."""
    dice = random.Random(12)  # noqa: S311
    for _ in range(20):
        calendar, start = Calendar.of(drawn(dice)), dice.randrange(-3_000, 3_000)
        firsts = [calendar.date_of(0)]
        years = range(start, start + 120)
        firsts = [calendar.number(calendar.months_of(year)[0][1]) for year in years]
        lengths = [calendar.days_of(year) for year in years]
        assert [b - a for a, b in pairwise(firsts)] == lengths[:-1]
        for year, length in zip(years, lengths, strict=True):
            parts = calendar.months_of(year)
            assert sum(span.days_in(year) for span, _ in parts) == length
            assert all(calendar.has(day) for _, day in parts)


def test_the_gregorian_calendar_is_counted_as_python_counts_it():
    calendar, dice = Calendar.of(GREGORIAN), random.Random(13)  # noqa: S311
    zero = calendar.number(Date(1, 0, 1)) - 1  # date.toordinal counts from 1 January of the year 1
    for _ in range(2_000):
        day = dt.date.fromordinal(dice.randrange(1, dt.date.max.toordinal()))
        found = calendar.date_of(day.toordinal() + zero)
        assert (found.year, found.span + 1, found.day) == (day.year, day.month, day.day)
        monday = calendar.week[(zero + 1) % 7]  # what Python calls Monday, 1 January 1
        shift = calendar.week.index(monday)
        assert calendar.week.index(calendar.weekday(found)) == (day.weekday() + shift) % 7
    assert [calendar.days_of(y) for y in (1900, 2000, 2023, 2024, 0, -4)] == [365, 366, 365, 366, 366, 366]  # fmt: skip


def test_a_leap_day_exists_in_its_years_only_and_comes_round_in_them():
    calendar = Calendar.of(GREGORIAN)
    assert calendar.said(calendar.date(2024, "February", 29)) == "29 February 2024"
    for year in (2023, 1900):
        with pytest.raises(NoSuchDay):
            calendar.date(year, "February", 29)
    feast = calendar.read("29 February")
    after = calendar.date(2024, "March", 1)
    assert calendar.said(calendar.next(after, feast)) == "29 February 2028"
    assert calendar.said(calendar.next(Date(2096, 2, 1), feast)) == "29 February 2104"
    with pytest.raises(NoSuchDay):
        calendar.next(after, Date(0, 1, 30))


def test_leap_days_of_their_own_and_leap_months_stand_between_months():
    row = {**PLAIN, "leap_days": [leap("Rime", 4, name="Stolen Day"),
                                  leap("Ash", 3, name="Afterash", days=20, first=2)]}  # fmt: skip
    calendar = Calendar.of(row)
    assert [calendar.days_of(year) for year in range(3, 9)] == [91, 92, 111, 91, 91, 112]
    last = calendar.date(8, "Longnight")
    told = [calendar.said(calendar.plus(last, days)) for days in range(3)]
    assert told == ["Longnight 8", "Stolen Day 8", "1 Ash 8"]
    assert calendar.said(calendar.plus(calendar.date(8, "Ash", 31), 20)) == "20 Afterash 8"
    assert calendar.said(calendar.plus(calendar.date(8, "Ash", 31), 21)) == "1 Salt 9"
    assert calendar.read("Stolen Day") == Date(0, 4, 1)
    assert calendar.read("12 Afterash") == Date(0, 6, 12)


def test_a_calendar_that_tells_of_leap_days_in_prose_alone_has_years_of_one_length():
    row = {**PLAIN, "leap_rule": "Every fourth year, when the priests agree."}
    assert Calendar.of(row).days_of(4) == Calendar.of(row).year_days == 91
    assert Calendar.of({**row, "leap_days": []}).days_of(4) == 91


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([leap("Frost", 4)], "after no month"),
        ([leap("Rime", 4, name="Midwinter")], "is another day or month"),
        ([leap("Rime", 4, name="L"), leap("Salt", 5, name="L")], "is another day or month"),
        ([leap("Rime", 4, but=10)], "each a multiple"),
        ([leap("Rime", 4, but=4)], "each a multiple"),
        ([leap("Rime", 4, but=100, again=150)], "each a multiple"),
        ([leap("Rime", 1)], "each a multiple"),
        ([leap("Rime", 1_001)], "each a multiple"),
        ([leap("Rime", "every fourth")], "each a multiple"),
        ([leap("Rime", "4/0/8")], "each a multiple"),
        ([leap("Rime", "٤")], "each a multiple"),
        ([leap("Rime", "")], "each a multiple"),
        ([leap("Rime", 4, days=40)], "60 days at most"),
        ([leap("Rime", 4, but=100, again=400), leap("Ash", 3, name="Leap", days=2)], ""),
    ],
)
def test_rules_that_cannot_be_counted_are_refused(rules, words):
    found = [said for _, said in leap_days_of_a_calendar({**WHOLE, "leap_days": rules})]
    assert len(found) == bool(words)
    assert words in "".join(found)


WHOLE = {**PLAIN, "year_length_days": 91, "festivals": []}


def test_today_and_festivals_may_be_on_leap_days():
    row = {**WHOLE, "leap_days": [leap("Rime", 4)], "current_day": 29,
           "festivals": [{"name": "Leapfeast", "month": "Rime", "day": 29, "meaning": ""}]}  # fmt: skip
    assert problems("calendar_systems", {**row, "current_year": 12}, key="cal01") == []
    (wrong,) = problems("calendar_systems", {**row, "current_year": 13}, key="cal01")
    assert wrong.field == "current_month"


def test_a_rule_is_said_in_words():
    assert leap_days_said(leap("Rime", 4)) == "1 day more at the end of Rime every 4 years."
    full = leap("Rime", 4, name="Leap", days=3, first=7, but=100, again=400)
    assert leap_days_said(full) == (
        "Leap (3 days) follows Rime every 4 years, but not every 100, save every 400, counted from 7."
    )
    shown = value_of(CalendarSystem, "leap_days", [full], {})
    assert [item.text for item in shown.items] == [leap_days_said(full)]


@pytest.mark.django_db
def test_leap_days_leave_and_come_back_and_older_files_have_none(whole):
    CalendarSystem.objects.filter(campaign=whole).update(leap_days=[])
    row = CalendarSystem.objects.filter(campaign=whole).first()
    row.leap_days = [leap(row.months[0]["name"], 4, but=100)]
    row.save()
    first = load_and_export(whole)
    assert f"end of {row.months[0]['name']} every 4 years, but not every 100" in document(
        load(whole)
    )
    again = read(whole.project, first, name="Again")
    assert again.issues == []
    second = load_and_export(again.campaign)
    assert second["tables"]["calendar_systems"] == first["tables"]["calendar_systems"]
    older = {**first, "tables": {"calendar_systems": [
        {k: v for k, v in each.items() if k != "leap_days"}
        for each in first["tables"]["calendar_systems"]
    ]}, "states": {}, "roster": {}}  # fmt: skip
    older = read(whole.project, older, name="Older")
    assert older.issues == []
    assert load(older.campaign).rows("calendar_systems")[row.code]["leap_days"] == []
