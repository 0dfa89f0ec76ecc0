"""What a calendar says of today: the date, what is celebrated next, what the moons show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from worldgen.calendars import FAR, Calendar, Date, NoSuchDay, day_named, moon_phase, today_of
from worldgen.models import CalendarSystem, CelestialBody, Deity
from worldgen.rows import Row
from worldgen.views.reader import Named, Reader

NEXT = 4  # days that are told ahead


@dataclass(frozen=True, kw_only=True, slots=True)
class Coming:
    """A day that comes round: in how many days, and whose it is where it is a deity's."""

    name: str
    date: str
    days: int
    deity: Named | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Moon:
    """A body in the sky and what it shows today."""

    body: Named
    phase: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A month of this year, or a day between months: its days, and the day of the week it begins on."""

    name: str
    days: int
    begins: str
    is_leap: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Almanac:
    """Today by a calendar, and the year it is in; `leap_year` is the next one with leap days, or None."""

    date: str
    weekday: str
    coming: tuple[Coming, ...]
    moons: tuple[Moon, ...]
    year: int
    days: int
    parts: tuple[Part, ...]
    leap_year: int | None


def almanac(reader: Reader, row: CalendarSystem, values: Row) -> Almanac | None:
    """Today by this calendar, as far as the reader sees it; None where it names no day as today's."""
    calendar, today = Calendar.of(values), today_of(values)
    if today is None:
        return None
    days = [*_festivals(values), *(_holy_days(reader, values) if row.is_primary else ())]
    coming = [found for each in days if (found := _coming(calendar, today, *each))]
    coming.sort(key=lambda each: (each.days, each.name))
    return Almanac(
        date=calendar.said(today),
        weekday=calendar.weekday(today),
        coming=tuple(coming[:NEXT]),
        moons=tuple(_moons(reader, row, calendar.number(today))),
        year=today.year,
        days=calendar.days_of(today.year),
        parts=tuple(_parts(calendar, today.year)),
        leap_year=_leap_year(calendar, today.year),
    )


def _parts(calendar: Calendar, year: int) -> Iterator[Part]:
    for span, first in calendar.months_of(year):
        days = span.days_in(year)
        yield Part(
            name=span.name, days=days, begins=calendar.weekday(first), is_leap=days > span.days
        )


def _leap_year(calendar: Calendar, year: int) -> int | None:
    years = range(year, year + FAR)
    return next((y for y in years if calendar.days_of(y) > calendar.year_days), None)


def _coming(
    calendar: Calendar, today: Date, name: str, day: Date, deity: Named | None = None
) -> Coming | None:
    """None for a day that no year has: what a person wrote may be so."""
    try:
        date = calendar.next(today, day)
    except NoSuchDay:
        return None
    return Coming(
        name=name, date=calendar.said(date), days=calendar.between(today, date), deity=deity
    )


def _festivals(values: Row) -> Iterator[tuple[str, Date]]:
    for feast in values["festivals"]:
        if day := Calendar.of(values).read(f"{feast['day']} {feast['month']}"):
            yield feast["name"], day


def _holy_days(reader: Reader, values: Row) -> Iterator[tuple[str, Date, Named]]:
    deities: Any = reader.rows("deities").exclude(holy_day="")
    for deity in deities.only("pk", "code", "name", "holy_day"):
        found: Deity = deity
        if day := day_named(values, found.holy_day):
            whose = Named(id=found.pk, table="deities", code=found.code, name=found.name)
            yield f"Holy day of {found.name}", day, whose


def _moons(reader: Reader, row: CalendarSystem, number: int) -> Iterator[Moon]:
    bodies: Any = reader.rows("celestial_bodies").filter(calendar=row)
    for each in bodies.order_by("code"):
        body: CelestialBody = each
        if phase := moon_phase(body.phases, body.orbital_period_days, number):
            whose = Named(id=body.pk, table="celestial_bodies", code=body.code, name=body.name)
            yield Moon(body=whose, phase=phase)
