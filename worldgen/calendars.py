"""Arithmetic of the calendars of a world: dates compared, added, counted and said; what a moon shows.

A year is its months with the days between them, each where its month says; it is as long every year: what a
calendar tells of leap days is prose. The days of the week run on through all of them. Day 0 is the first day
of the year 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

_NUMBER = re.compile(r"\d+")


class NoSuchDay(ValueError):
    """The calendar has no such day."""


@dataclass(frozen=True, slots=True)
class Span:
    """A month, or a day that is in none."""

    name: str
    days: int
    is_month: bool = True


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
        for month in row["months"]:
            spans.append(Span(month["name"], month["days"]))
            spans += [
                Span(extra["name"], 1, is_month=False)
                for extra in row["intercalary_days"]
                if extra["after_month"] == month["name"]
            ]
        return cls(tuple(spans), tuple(row["week_days"]))

    @cached_property
    def _starts(self) -> list[int]:
        """The first day of each span in a year, and the length of the year."""
        return list(accumulate((span.days for span in self.spans), initial=0))

    @property
    def year_days(self) -> int:
        """How many days a year has."""
        return self._starts[-1]

    def date(self, year: int, name: str, day: int = 1) -> Date:
        """A day by the name of its month, or the name of a day between months. Raises `NoSuchDay`."""
        for place, span in enumerate(self.spans):
            if span.name.casefold() == name.casefold() and 1 <= day <= span.days:
                return Date(year, place, day)
        raise NoSuchDay(f"{day} {name}")

    def number(self, date: Date) -> int:
        """How many days after day 0 a date is; before it, below zero. Raises `NoSuchDay`."""
        if not (0 <= date.span < len(self.spans) and 1 <= date.day <= self.spans[date.span].days):
            raise NoSuchDay(str(date))
        return date.year * self.year_days + self._starts[date.span] + date.day - 1

    def date_of(self, number: int) -> Date:
        """The date so many days after day 0."""
        year, day = divmod(number, self.year_days)
        place = max(at for at in range(len(self.spans)) if self._starts[at] <= day)
        return Date(year, place, day - self._starts[place] + 1)

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
        """When a day of the year, whatever year it names, comes round again: today or later."""
        this_year = Date(after.year, day.span, day.day)
        return this_year if this_year >= after else Date(after.year + 1, day.span, day.day)

    def read(self, text: str) -> Date | None:
        """The day of the year that a text names, in year 0: "12 Saltmonth", "Saltmonth 12", "Midwinter".

        None where no month of the calendar or no day of the month is named.
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
        return Date(0, place, day) if 1 <= day <= span.days else None


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
