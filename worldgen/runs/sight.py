"""From rows to what a plan is decided from: a handful of queries, whatever the size of the world.

A plan is decided each time a part ends, so its statements are put together once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from django.db import connection
from django.db.models import Exists, OuterRef, Sum
from psycopg.sql import SQL, Identifier

from storyforge.jobs.runs import UnitSeen
from worldgen import phases
from worldgen.models import Campaign, PCFact, PlayerCharacter, RosterLine, TableRun
from worldgen.planning.part import must_stand
from worldgen.planning.plan import Order, Sight
from worldgen.rules import number_of, rows_wanted

USUAL_RATE = 50.0  # tokens a second, until calls have shown another one
SAID = 40  # the last calls whose speed counts
START_SECONDS, PATIENCE = 15.0, 4.0


def sight_of(campaign: Campaign, order: Order, units: Sequence[UnitSeen]) -> Sight:
    """The rows that decide what a run does next."""
    lines: dict[str, list[str]] = defaultdict(list)
    highest: dict[str, int] = defaultdict(int)
    known = RosterLine.objects.filter(campaign=campaign, table_name__in=list(phases.tables()))
    for table, code, dropped in known.values_list("table_name", "code", "is_dropped"):
        highest[table] = max(highest[table], number_of(code))
        if not dropped:
            lines[table].append(code)
    has_facts = Exists(PCFact.objects.filter(pc=OuterRef("pk")))
    party = PlayerCharacter.objects.filter(campaign=campaign).annotate(told=has_facts)
    characters = party.order_by("code").values_list("pk", "backstory", "told")
    return Sight(
        order=order,
        units=units,
        lines=lines,
        highest=highest,
        counts=counts_of(campaign, len(characters)),
        untold=[pk for pk, backstory, told in characters if backstory and not told],
        empty=_empty(campaign),
    )


def counts_of(campaign: Campaign, party: int) -> dict[str, int]:
    """How many rows of each table a world of this size and party asks for."""
    return {table: rows_wanted(table, campaign.size, party) for table in phases.tables()}


def _empty(campaign: Campaign) -> frozenset[str]:
    """The tables that others cannot be without and that hold no row; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_which_are_there(), {"campaign": campaign.pk})
        [there] = cursor.fetchall()
    return frozenset(
        table for table, is_there in zip(_wanted(), there, strict=True) if not is_there
    )


@cache
def _wanted() -> tuple[str, ...]:
    """The tables that rows of others cannot be without."""
    return tuple(sorted({other for table in phases.tables() for other in must_stand(table)}))


@cache
def _which_are_there() -> str:
    piece = SQL("EXISTS (SELECT FROM {} WHERE campaign_id = %(campaign)s)")
    names = [Identifier(phases.tables()[table]._meta.db_table) for table in _wanted()]
    pieces = SQL(", ").join(piece.format(name) for name in names)
    return SQL("SELECT {}").format(pieces).as_string(None)


def observed_rate(campaign: Campaign) -> float:
    """Tokens a second that the last calls of this project's worlds have shown; 50 at first."""
    last = TableRun.objects.filter(
        project=campaign.project_id, writer="model", duration_ms__gt=0, tokens_out__gt=0
    ).order_by("-created_at")[:SAID]
    sums = TableRun.objects.filter(pk__in=last.values("pk")).aggregate(
        tokens=Sum("tokens_out"), took=Sum("duration_ms")
    )
    return max(1.0, sums["tokens"] / sums["took"] * 1_000) if sums["took"] else USUAL_RATE


def patience(expected_tokens: int, rate: float) -> float:
    """Seconds after which a call is given up: 15, and four times what its answer should take."""
    return round(START_SECONDS + PATIENCE * expected_tokens / rate, 1)
