"""What a model would be sent for a phase: the prompt and the schema, byte for byte, and no call."""

from __future__ import annotations

from dataclasses import replace

from storyforge.ai.text.base import TextRequest
from storyforge.core.errors import StateConflict
from storyforge.generation.prompt import asking, text_request
from worldgen import phases
from worldgen.generations.world_phases import Answer, task_of, terms_of, view, writer_of
from worldgen.models import Campaign
from worldgen.planning.part import Part
from worldgen.planning.plan import Order, decide
from worldgen.runs.sight import sight_of


class NothingToPreview(StateConflict):
    """Phases before this one must be written first."""

    code = "nothing_to_preview"


def first_part(campaign: Campaign, phase: str, *, table: str = "", mode: str = "nine") -> Part:
    """The first part of a phase that a model would be asked for as things stand; of a table, if named.

    Raises `NothingToPreview` where rosters or rows are missing that it cannot be without.
    """
    tables = frozenset(phases.by_code(phase).tables)
    order = Order(writer="model", mode=mode, tables=tables, parallel=10_000)
    sight = replace(sight_of(campaign, order, ()), untold=())
    listed = {phases.phase_of(known).code for known, codes in sight.lines.items() if codes}
    if not set(phases.needs(phase)) <= {*listed, "3C"}:
        raise NothingToPreview
    for keep in (bool(table), True):  # its roster, where it is not there yet; else its rows
        decided = decide(replace(sight, order=replace(order, keep_rosters=keep)))
        for part in decided.parts:
            if part.is_written and table in ("", part.table):
                return part
    raise NothingToPreview


def preview(campaign: Campaign, part: Part) -> TextRequest:
    """The request of this part as the pipeline would send it now."""
    spec = writer_of(part.phase)
    told = asking(
        spec,
        campaign,
        Answer,
        view(campaign, part)[1].sections,
        instructions=task_of(part),
        wishes=part.instructions,
        terms=terms_of(part),
    )
    return text_request(spec, told)
