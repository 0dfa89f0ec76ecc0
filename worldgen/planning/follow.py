"""What a part that has ended leaves to do: repairs, halves, the same again, or giving up by rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from storyforge.jobs.models import Job
from storyforge.jobs.runs import UnitSeen
from worldgen.planning.part import ROUNDS, Part

FACTS = "world.pc_facts"
#: Nothing else would fare better: the run pauses, and the part is asked again when it goes on.
PAUSING = frozenset(
    {
        "provider_misconfigured",
        "unknown_price",
        "SUBSCRIPTION_LIMIT_EXCEEDED",
        "budget_exceeded",
        "AI_SERVICE_UNAVAILABLE",
        "provider_rate_limited",
    }
)
#: Less at a time may succeed.
SPLITTING = frozenset(
    {
        "invalid_output",
        "content_refused",
        "context_too_long",
        "context_too_big",
        "deadline_exceeded",
    }
)


def part_of(unit: UnitSeen) -> Part:
    """The part that a unit of a run does; the reading of a backstory knows no parts, so its key tells."""
    if unit.kind == FACTS:
        _, pc, *again = unit.key.split()
        writer = unit.input.get("writer", "auto")
        return Part(step="facts", pc=UUID(pc), writer=writer, again=int(again[1]) if again else 0)
    return Part.model_validate(unit.input)


def error_of(unit: UnitSeen) -> str:
    """Why a unit failed; empty where it did not."""
    return str((unit.error or {}).get("error_code", "")) if unit.status != "completed" else ""


def has_ended(unit: UnitSeen) -> bool:
    """Whether nothing more comes of the unit itself."""
    return unit.status in Job.TERMINAL


def follow_ups(unit: UnitSeen, part: Part) -> list[Part]:
    """The parts that come after this one because of how its unit ended; none for rules and code."""
    if part.writer != "model" or not has_ended(unit):
        return []
    if unit.status == Job.Status.COMPLETED:
        return list(_after_success(part, unit.result or {}))
    if error_of(unit) in PAUSING:
        return [part.model_copy(update={"again": part.again + 1})]
    return list(_after_failure(part, splits=error_of(unit) in SPLITTING))


def _after_success(part: Part, result: dict[str, Any]) -> Iterator[Part]:
    missing, drafts = result.get("missing") or [], result.get("drafts") or []
    notes = result.get("notes") or {}
    last = part.round >= ROUNDS
    if missing and part.step == "roster":
        yield _by_rules(part, missing) if last else _again(part, missing, notes)
    elif missing and part.step == "rows" and not last:
        yield _again(part, missing, notes)
    if drafts and part.step in ("rows", "repair"):
        yield _repair(part, drafts)


def _after_failure(part: Part, *, splits: bool) -> Iterator[Part]:
    match part.step:
        case "facts":
            yield part.model_copy(update={"writer": "rules", "again": part.again + 1})
        case "repair":
            yield _repair(part, part.drafts)
        case "roster" | "rows" if splits and len(part.codes or ()) > 1:
            yield from halves(part)
        case "rows" if splits and not part.chunk.endswith("!"):
            yield part.model_copy(update={"chunk": f"{part.chunk}!"})  # alone, once more
        case "roster":
            yield _by_rules(part, part.codes or [])


def leaves_a_hole(unit: UnitSeen) -> bool:
    """Whether something was given up: nothing comes after the unit, and it has not done all of its part."""
    part = part_of(unit)
    if not has_ended(unit) or follow_ups(unit, part) or part.step == "mend":
        return False
    result = unit.result or {}
    return unit.status != Job.Status.COMPLETED or bool(
        result.get("missing") or result.get("dropped")
    )


def halves(part: Part) -> Iterator[Part]:
    """Two parts with half of the rows each."""
    codes = part.codes or []
    middle = -(-len(codes) // 2)
    for digit, some in enumerate((codes[:middle], codes[middle:])):
        rows = len(some) if part.rows == len(codes) else -(-part.rows * len(some) // len(codes))
        yield part.model_copy(
            update={"chunk": f"{part.chunk}.{digit}", "codes": some, "rows": rows}
        )


def _again(part: Part, missing: Sequence[str], notes: dict[str, Any]) -> Part:
    return part.model_copy(
        update={
            "chunk": f"{part.chunk}m",
            "codes": list(missing),
            "rows": len(missing),
            "round": part.round + 1,
            "notes": notes,
        }
    )


def _by_rules(part: Part, missing: Sequence[str]) -> Part:
    changes = {"codes": list(missing), "writer": "rules", "again": part.again + 1, "notes": {}}
    return part.model_copy(update=changes)


def _repair(part: Part, drafts: Sequence[Any]) -> Part:
    """A repair of what was refused; after the last round, giving up by rule."""
    last = part.round >= ROUNDS
    return part.model_copy(
        update={
            "step": "settle" if last else "repair",
            "round": part.round if last else part.round + 1,
            "writer": "rules" if last else "model",
            "drafts": [UUID(str(draft)) for draft in drafts],
            "codes": None,
            "notes": {},
        }
    )
