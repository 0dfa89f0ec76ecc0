"""A whole world by rules, through the same validator and save path as every other writer's."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.make import make
from worldgen import phases, rules
from worldgen.answers.derive import derive
from worldgen.answers.validator import check
from worldgen.keeping.save import Writer, save_rows
from worldgen.models import Campaign, GenerationRun, PCFact, PhaseRun, PlayerCharacter, TableRun
from worldgen.prompting.briefs import brief_of
from worldgen.rosters import problems, save_roster
from worldgen.rows import load
from worldgen.rules.tests.shapes import TABLES

PARTY = ("Mara", "Bren", "Isold", "Kerr")


def new_campaign(project, **fields):
    """A campaign with a party of four, two facts each."""
    values = {"name": "The Drowned Bells", "size": "small", "random_seed": 7, **fields}
    campaign = make(Campaign, project, premise="A coast where the sea gives back.", **values)
    for number, name in enumerate(PARTY, 1):
        story = f"{name} swore to find a brother. {name} grew up in Oldwick."
        pc = make(PlayerCharacter, project, campaign=campaign, code=f"pc{number}", name=name,
                  backstory=story, goals=[], bonds=[])  # fmt: skip
        for fact, kind in enumerate(("person", "place"), 1):
            make(PCFact, project, campaign=campaign, pc=pc, code=f"pc{number}f{fact}", kind=kind,
                 text=story.split(". ")[fact - 1], must_use=True)  # fmt: skip
    return campaign


def new_run(campaign):
    """A table run to write under."""
    run = make(GenerationRun, campaign.project, campaign=campaign, state="completed")
    phase = make(PhaseRun, campaign.project, campaign=campaign, run=run)
    key = f"unit {TableRun.objects.count()}"
    return make(TableRun, campaign.project, campaign=campaign, phase_run=phase, unit_key=key)


def by_rules(campaign):
    """The writer that stands for the rules in a run."""
    return Writer(source="rules", table_run=new_run(campaign))


def write_table(campaign, table, *, writer, counts=None, attempt=0):
    """One table from roster lines to rows; what was saved."""
    brief = brief_of(load(campaign), attempt=attempt)
    if phases.tables()[table].code_prefix:
        rows = rules.write_rows(table, list(brief.rosters.get(table, ())), brief)
    else:
        rows = rules.write_relations(table, brief)
    checked = check(table, {"rows": rows})
    with CaptureQueriesContext(connection) as captured:
        saved = save_rows(campaign, table, checked, writer=writer)
    if counts is not None:
        counts[table] = asked(captured)
    return saved


def asked(captured):
    """How many queries, without those that plan one: whether that was done before depends on the tests before."""
    return sum(not query["sql"].startswith("PREPARE ") for query in captured.captured_queries)


def write_phase(campaign, code, writer, *, counts=None, attempt=0):
    """A phase from its roster to what follows; what was saved by table."""
    phase, saved = phases.by_code(code), {}
    if phase.has_roster:
        world = load(campaign)
        lines = rules.write_roster(code, brief_of(world, attempt=attempt))
        assert problems(world, code, lines) == []
        save_roster(campaign, lines, table_run=writer.table_run)
    for table in sorted(phase.tables, key=phases.levels().get):
        saved[table] = write_table(campaign, table, writer=writer, counts=counts, attempt=attempt)
    derive(campaign, writer=Writer(source="derived", table_run=writer.table_run))
    return saved


def short_of(campaign):
    """Table to rows that stand and rows that the design asks for, where there are fewer."""
    world = load(campaign)
    counts = {table: (len(world.tables[table]), design["rows"][campaign.size])
              for table, design in TABLES.items()}  # fmt: skip
    return {table: told for table, told in counts.items() if told[0] < told[1]}


def write_world(campaign):
    """Every phase in order; what was saved by table, and the queries of each save."""
    writer, saved, counts = by_rules(campaign), {}, {}
    for phase in phases.PHASES:
        saved |= write_phase(campaign, phase.code, writer, counts=counts)
    connection.check_constraints()  # now: else again at the end of each test that shares the world
    return saved, counts
