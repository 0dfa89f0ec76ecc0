"""What a run will take before it begins: calls, tokens, money and minutes, from the plan itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from storyforge.accounts.models import ProviderKey
from storyforge.ai.config import get_text_provider
from storyforge.ai.prices import cost_micros
from storyforge.ai.text.base import Usage
from storyforge.generation.context import estimate_tokens
from storyforge.jobs.models import Job
from storyforge.money.dollars import MICROS
from storyforge.money.plans import in_flight_of
from worldgen import phases
from worldgen.answers.mending import ASKED, mendable, mends, wants_of
from worldgen.checking.checks import run_checks
from worldgen.generations.world_phases import writer_of
from worldgen.models import Campaign, PlayerCharacter
from worldgen.planning.part import Part, must_stand, tokens_of
from worldgen.planning.plan import Order
from worldgen.planning.simulate import simulate
from worldgen.prompting.contexts import SHOWN_TOKENS, phases_before
from worldgen.rows import load
from worldgen.runs.sight import observed_rate, sight_of
from worldgen.schemas import table_schema

LINE_TOKENS = 22  # a roster line as it is shown
CHARACTER_TOKENS = 250  # a player character with its facts
CAMPAIGN_TOKENS = 300
LINE_TO_WRITE_TOKENS = 60
TASK_TOKENS = 200
#: Set aside beyond what is expected: repairs, halves, targeted calls.
RESERVE_PERCENT = 125


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """What a run takes without repairs. `shared_tokens` of the input may come from a cache.

    `cost_micros` reckons with no cache at all; `cached_cost_micros` with one that always answers. `reserved_micros`
    is set aside when the run begins.
    """

    writer: str
    model: str
    calls: int
    input_tokens: int
    shared_tokens: int
    output_tokens: int
    cost_micros: int
    cached_cost_micros: int
    reserved_micros: int
    minutes: float
    tokens_per_second: float

    @property
    def cost(self) -> str:
        """The money without any cache, as people write it."""
        return f"${self.cost_micros / MICROS:,.2f}"

    @property
    def cached_cost(self) -> str:
        """The money with a cache that always answers."""
        return f"${self.cached_cost_micros / MICROS:,.2f}"

    def as_json(self) -> dict[str, Any]:
        """All figures, for an answer."""
        return {**asdict(self), "currency": "USD"}


def estimate(campaign: Campaign, order: Order, *, budget_micros: int | None = None) -> Estimate:
    """The figures of a run; nothing is written. Raises `UnknownPrice`, `ProviderMisconfigured`."""
    sight = sight_of(campaign, order, ())
    rate = observed_rate(campaign)
    lanes = min(order.parallel, in_flight_of(campaign.project.owner_id))
    run = simulate(sight, rate=rate, parallel=lanes)
    if not run.calls:
        run = simulate(sight, rate=rate, parallel=lanes, mends=_mends(campaign, order))
    size = _Size(PlayerCharacter.objects.filter(campaign=campaign).count(), sight.counts)
    shared = sum(size.shared(part) for part in run.calls)
    own = sum(size.own(part) for part in run.calls)
    output = sum(part.expected_tokens for part in run.calls)
    by_model = bool(run.calls)
    model = get_text_provider("default").model if by_model else ""
    free = not by_model or ProviderKey.pays_for(campaign.project.owner_id)
    first = sum(max((size.shared(p) for p in run.calls if p.phase == code), default=0)
                for code in {p.phase for p in run.calls})  # fmt: skip
    plain = Usage(input_tokens=shared + own, output_tokens=output)
    cached = Usage(
        input_tokens=own,
        output_tokens=output,
        cache_write_tokens=first,
        cache_read_tokens=max(0, shared - first),
    )
    cost = 0 if free else cost_micros(model, plain)
    reserve = -(-cost * RESERVE_PERCENT // 100)
    return Estimate(
        writer=Job.Writer.MODEL if by_model else Job.Writer.RULES,
        model=model,
        calls=len(run.calls),
        input_tokens=shared + own,
        shared_tokens=shared,
        output_tokens=output,
        cost_micros=cost,
        cached_cost_micros=0 if free else cost_micros(model, cached),
        reserved_micros=reserve if budget_micros is None else min(reserve, budget_micros),
        minutes=round(run.seconds / 60, 1),
        tokens_per_second=round(rate, 1),
    )


def _mends(campaign: Campaign, order: Order) -> list[Part]:
    """The targeted calls of a run that writes nothing else, from what the checks find now."""
    if not order.mends or order.writer != Job.Writer.MODEL:
        return []
    world = load(campaign)
    return mends(wants_of(world, run_checks(world, ASKED)), mendable(world, order.mends))


class _Size:
    """How many tokens of context a part has."""

    def __init__(self, party: int, counts: Mapping[str, int]) -> None:
        self.party, self.counts = party, counts

    def shared(self, part: Part) -> int:
        """What other calls of the phase begin with too."""
        if not part.phase:
            return 0
        seen = {*phases.needs(part.phase), *phases.by_code(part.phase).reads, part.phase}
        if part.step == "roster":
            seen = {*phases_before(part.phase)}
        lines = sum(
            self.counts[table]
            for table, model in phases.tables().items()
            if model.code_prefix and phases.phase_of(table).code in seen
        )
        said = _system_tokens(part.phase) + CAMPAIGN_TOKENS
        return said + LINE_TOKENS * lines + CHARACTER_TOKENS * self.party

    def own(self, part: Part) -> int:
        """What this call alone has: schema, parents, lines, task."""
        if not part.table:
            return TASK_TOKENS + CHARACTER_TOKENS + 20 * len(part.codes or ())
        parents = sum(
            min(SHOWN_TOKENS, self.counts[other] * tokens_of(other))
            for other in must_stand(part.table)
        )
        schema = _schema_tokens(part.table)
        return TASK_TOKENS + schema + parents + LINE_TO_WRITE_TOKENS * part.rows


@cache
def _system_tokens(phase: str) -> int:
    return estimate_tokens(writer_of(phase).system)


@cache
def _schema_tokens(table: str) -> int:
    return estimate_tokens(json.dumps(table_schema(table)))
