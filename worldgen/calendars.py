"""Arithmetic of the calendars of a world: dates compared, added, counted and said; what a moon shows.

A year is its months with the days between them, each where its month says, and with the leap days that fall in
it. What a calendar says of leap days in prose alone is not counted. The days of the week run on through all of
them. Day 0 is the first day of the year 0.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, pairwise
from math import floor
from typing import Any

_NUMBER = re.compile(r"\d+")
LEAP_DAYS = "leap_days"  # the field of a calendar
MOST_YEARS = 1_000  # from one leap year to the next
#: Years that are searched for a leap day: an exception leaves a gap of twice as many.
FAR = 2 * MOST_YEARS + 1
_TURNS = re.compile(r"(\d{1,4})(?:/(\d{1,6}))?(?:/(\d{1,6}))?(?:\+(\d{1,5}))?", re.ASCII)


class NoSuchDay(ValueError):
    """The calendar has no such day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leap:
    """Days that some years have: each `every`th one, but each `except_every`th, save each `again_every`th (0: none).

    Years are counted from `first`, which has them; the rule holds before it too. Each number is a multiple of
    the one before, so that the years can be counted without looking at them.
    """

    days: int
    every: int
    first: int = 0
    except_every: int = 0
    again_every: int = 0

    @property
    def _turns(self) -> Iterator[tuple[int, int]]:
        """What is added and taken away each so many years."""
        for sign, turn in ((1, self.every), (-1, self.except_every), (1, self.again_every)):
            if turn:
                yield sign, turn

    def falls(self, year: int) -> bool:
        """Whether this year has the days."""
        return bool(sum(sign for sign, turn in self._turns if (year - self.first) % turn == 0))

    def years_before(self, year: int) -> int:
        """How many of the years from 0 up to this one have the days; below zero for years before 0."""
        return self._from_first(year - self.first) - self._from_first(-self.first)

    def _from_first(self, years: int) -> int:
        return sum(sign * -(-years // turn) for sign, turn in self._turns)

    @property
    def mean(self) -> Fraction:
        """Days a year, over a long time."""
        return self.days * sum((Fraction(sign, turn) for sign, turn in self._turns), Fraction(0))


@dataclass(frozen=True, slots=True)
class Span:
    """A month, or a day that is in none. One of leap days alone has none in other years."""

    name: str
    days: int
    is_month: bool = True
    leaps: tuple[Leap, ...] = ()

    def days_in(self, year: int) -> int:
        """How many days it has in a year."""
        return self.days + sum(leap.days for leap in self.leaps if leap.falls(year))

    @property
    def most_days(self) -> int:
        """How many days it has at most."""
        return self.days + sum(leap.days for leap in self.leaps)


@dataclass(frozen=True, order=True, slots=True)
class Date:
    """A day by its year, the place of its span in the year, and its number there. Dates of one calendar compare."""

    year: int
    span: int
    day: int


@dataclass(frozen=True)
class Calendar:
    """How a world counts days."""

    spans: tuple[Span, ...]
    week: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Calendar:
        """The calendar that a row of `calendar_systems` describes, its lists as plain data."""
        spans = []
        leaps = row.get("leap_days") or ()  # rows of before there were any have none
        for month in row["months"]:
            own = tuple(
                _leap(e) for e in leaps if not e["name"] and e["after_month"] == month["name"]
            )
            spans.append(Span(month["name"], month["days"], leaps=own))
            spans += [
                Span(extra["name"], 1, is_month=False)
                for extra in row["intercalary_days"]
                if extra["after_month"] == month["name"]
            ]
            spans += [
                Span(each["name"], 0, is_month=each["days"] > 1, leaps=(_leap(each),))
                for each in leaps
                if each["name"] and each["after_month"] == month["name"]
            ]
        return cls(tuple(spans), tuple(row["week_days"]))

    @property
    def year_days(self) -> int:
        """How many days a year without leap days has."""
        return sum(span.days for span in self.spans)

    @cached_property
    def _leaps(self) -> tuple[Leap, ...]:
        return tuple(leap for span in self.spans for leap in span.leaps)

    @cached_property
    def _mean(self) -> Fraction:
        return sum((leap.mean for leap in self._leaps), Fraction(self.year_days))

    @cached_property
    def _known(self) -> dict[tuple[bool, ...], list[int]]:
        return {}

    def _starts(self, year: int) -> list[int]:
        """The first day of each span in this year, and the length of the year."""
        pattern = tuple(leap.falls(year) for leap in self._leaps)
        if pattern not in self._known:
            days = (span.days_in(year) for span in self.spans)
            self._known[pattern] = list(accumulate(days, initial=0))
        return self._known[pattern]

    def days_of(self, year: int) -> int:
        """How many days this year has."""
        return self._starts(year)[-1]

    def _first_of(self, year: int) -> int:
        """The number of the first day of a year."""
        leapt = sum(leap.days * leap.years_before(year) for leap in self._leaps)
        return year * self.year_days + leapt

    def has(self, date: Date) -> bool:
        """Whether there is such a day."""
        known = 0 <= date.span < len(self.spans)
        return known and 1 <= date.day <= self.spans[date.span].days_in(date.year)

    def months_of(self, year: int) -> list[tuple[Span, Date]]:
        """What this year is made of, each with its first day; leap days that do not fall in it are left out."""
        return [
            (span, Date(year, place, 1))
            for place, span in enumerate(self.spans)
            if span.days_in(year)
        ]

    def date(self, year: int, name: str, day: int = 1) -> Date:
        """A day by the name of its month, or the name of a day between months. Raises `NoSuchDay`."""
        for place, span in enumerate(self.spans):
            found = Date(year, place, day)
            if span.name.casefold() == name.casefold() and self.has(found):
                return found
        raise NoSuchDay(f"{day} {name}")

    def number(self, date: Date) -> int:
        """How many days after day 0 a date is; before it, below zero. Raises `NoSuchDay`."""
        if not self.has(date):
            raise NoSuchDay(str(date))
        return self._first_of(date.year) + self._starts(date.year)[date.span] + date.day - 1

    def date_of(self, number: int) -> Date:
        """The date so many days after day 0."""
        year = floor(number / self._mean)  # a few years off at the most
        while self._first_of(year) > number:
            year -= 1
        while self._first_of(year + 1) <= number:
            year += 1
        starts, day = self._starts(year), number - self._first_of(year)
        place = bisect_right(starts, day, hi=len(self.spans)) - 1
        return Date(year, place, day - starts[place] + 1)

    def plus(self, date: Date, days: int) -> Date:
        """The date so many days later; with a number below zero, earlier."""
        return self.date_of(self.number(date) + days)

    def between(self, one: Date, other: Date) -> int:
        """Days from one date to another; below zero where the other is earlier."""
        return self.number(other) - self.number(one)

    def weekday(self, date: Date) -> str:
        """The day of the week; empty where the calendar has no weeks."""
        return self.week[self.number(date) % len(self.week)] if self.week else ""

    def said(self, date: Date, *, with_year: bool = True) -> str:
        """A date as people write it: 12 Saltmonth 1203, or Midwinter 1203 for a day between months."""
        span = self.spans[date.span]
        day = f"{date.day} {span.name}" if span.is_month else span.name
        return f"{day} {date.year}" if with_year else day

    def next(self, after: Date, day: Date) -> Date:
        """When a day of the year, whatever year it names, comes round again: today or later.

        Raises `NoSuchDay` for one that no year has.
        """
        for year in range(after.year, after.year + FAR):
            found = Date(year, day.span, day.day)
            if found >= after and self.has(found):
                return found
        raise NoSuchDay(str(day))

    def read(self, text: str) -> Date | None:
        """The day of the year that a text names, in year 0: "12 Saltmonth", "Saltmonth 12", "Midwinter".

        It may be one that only some years have. None where no month of the calendar or no day of the month is named.
        """
        words = text.casefold()
        named = [
            (len(span.name), -place)
            for place, span in enumerate(self.spans)
            if re.search(rf"(?<!\w){re.escape(span.name.casefold())}(?!\w)", words)
        ]
        if not named:
            return None
        place = -max(named)[1]
        span = self.spans[place]
        if not span.is_month:
            return Date(0, place, 1)
        found = _NUMBER.search(words.replace(span.name.casefold(), " "))
        day = int(found[0]) if found else 0
        return Date(0, place, day) if 1 <= day <= span.most_days else None


def _leap(row: Mapping[str, Any]) -> Leap:
    every, but, again, first = turns_of(row["every"]) or (FAR, 0, 0, 0)
    return Leap(days=row["days"], every=every, first=first, except_every=but, again_every=again)


def turns_of(text: str) -> tuple[int, int, int, int] | None:
    """Of "4/100/400+3": every 4 years, but not every 100, save every 400, counted from the year 3; 0 for none.

    None for what is no rule, or could not be counted: each number is a multiple of the one before.
    """
    found = _TURNS.fullmatch(text)
    if found is None:
        return None
    every, but, again, first = (int(part or 0) for part in found.groups())
    chain = [turn for turn in (every, but, again) if turn]
    counted = 2 <= every <= MOST_YEARS and chain == [every, but, again][: len(chain)]
    counted = counted and all(b > a and b % a == 0 for a, b in pairwise(chain))
    return (every, but, again, first) if counted else None


def leap_days_said(row: Mapping[str, Any]) -> str:
    """A rule of leap days as a sentence."""
    leap = _leap(row)
    days = f"{leap.days} day" + ("s" if leap.days > 1 else "")
    what = f"{row['name']} ({days}) follows" if row["name"] else f"{days} more at the end of"
    some = f"but not every {leap.except_every}" if leap.except_every else ""
    again = f"save every {leap.again_every}" if leap.again_every else ""
    since = f"counted from {leap.first}" if leap.first else ""
    told = ", ".join(part for part in (some, again, since) if part)
    said = f"{what} {row['after_month']} every {leap.every} years"
    return f"{said}, {told}." if told else f"{said}."


def day_named(row: Mapping[str, Any], text: str) -> Date | None:
    """The day of the year that a text names: a date of the calendar, or one of its festivals."""
    calendar = Calendar.of(row)
    if found := calendar.read(text):
        return found
    feasts = [f for f in row["festivals"] if f["name"].casefold() in text.casefold()]
    return calendar.read(f"{feasts[0]['day']} {feasts[0]['month']}") if feasts else None


def today_of(row: Mapping[str, Any]) -> Date | None:
    """The day that a calendar's row says it is now; None where it says no day of its own."""
    try:
        return Calendar.of(row).date(row["current_year"], row["current_month"], row["current_day"])
    except NoSuchDay:
        return None


def moon_phase(phases: Sequence[Mapping[str, Any]], period: float | None, number: int) -> str:
    """What a body shows on a day by its phases; its first phase begins on day 0. Empty without any."""
    whole = period or sum(phase["days"] for phase in phases)
    if not phases or whole <= 0:
        return ""
    left = number % whole
    for phase in phases:
        left -= phase["days"]
        if left < 0:
            return str(phase["name"])
    return str(phases[-1]["name"])
