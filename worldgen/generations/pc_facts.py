"""The facts of one player character's backstory: what the world must use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import Field, create_model

from storyforge.generation.context import Layer, Section
from storyforge.generation.models import Made
from storyforge.generation.pipeline import Writing
from storyforge.generation.records import Record, record_type
from storyforge.generation.spec import Generation
from worldgen import rules
from worldgen.edits import facts
from worldgen.models import PCFact, PlayerCharacter

FactRecord = record_type(PCFact, "kind", "text", "must_use")
FactsRecord: type[Record] = create_model(
    "FactsRecord",
    __base__=Record,
    __doc__="The facts of a backstory, in its order.",
    facts=(list[FactRecord], Field(max_length=rules.MAX_FACTS)),  # type: ignore[valid-type]
)


class PCFactsGeneration(Generation):
    kind = "world.pc_facts"
    label = "Read the backstory"
    help = "The people, places, debts and secrets of a backstory, word for word, one by one."
    target = PlayerCharacter
    output = FactsRecord
    max_tokens = 2_000
    deadline_seconds = 300
    system = "You read backstories of player characters for a game master. You add nothing."
    instructions = (
        "List the facts of this backstory that a world can use: people, places, things, events,"
        " debts, secrets and goals. Copy each text exactly from the backstory, one sentence or part"
        " of one, in its order. `must_use` is true for what the character cares about."
    )

    def sections(self, target: PlayerCharacter, request: Any) -> Iterable[Section]:
        who = ", ".join(part for part in (target.name, target.race_text, target.class_text) if part)
        yield Section(
            title="Character", text=who, code=target.code, layer=Layer.PLAN, mandatory=True
        )
        yield Section(
            title="Backstory",
            text=target.backstory,
            code="backstory",
            layer=Layer.STORY,
            mandatory=True,
        )

    def write_by_rules(self, writing: Writing) -> Record:
        found = rules.facts_of(writing.target.backstory)
        names = ("kind", "text", "must_use")
        return FactsRecord.model_validate({"facts": [{n: f[n] for n in names} for f in found]})

    def problems(self, target: PlayerCharacter, output: Any, request: Any) -> Sequence[str]:
        return [
            f"facts: {fact.text[:80]!r} does not stand in the backstory."
            for fact in output.facts
            if fact.text not in target.backstory
        ]

    def save(
        self, target: PlayerCharacter, output: Any, *, made: Made, request: Any
    ) -> Sequence[PCFact]:
        found = [fact.model_dump() for fact in output.facts]
        return facts.replace_facts(target, found, origin=str(made.generation_method))
