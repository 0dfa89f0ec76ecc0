"""A repair call: only the refused rows, only the fields at fault, with what is wrong and what may be meant."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from typing import Any
from uuid import UUID

from worldgen import phases
from worldgen.models import RowDraft
from worldgen.rows import Listed, Row, World, identity
from worldgen.schemas import table_schema

NUMBER = "row"
#: Fields that other fields of a rule hang on, beside the one that the issue names.
MOST_SHOWN = 1_500  # characters of a value that was refused


def faulty(draft: RowDraft) -> list[str]:
    """The fields of a draft that are at fault; all of them where an issue names none."""
    known = [field.name for field in phases.writable(phases.tables()[draft.table_name])]
    named = {str(issue["field"]).partition(".")[0] for issue in draft.issues}
    if not named or not named <= set(known):
        inline = set(phases.tables()[draft.table_name].inline)
        return [*known, *(sorted(inline) if named & inline else [])]
    return [name for name in known if name in named or _belongs(name, named)]


def _belongs(name: str, named: set[str]) -> bool:
    """Fields that a rule ties together are mended together."""
    return any(name in group and named & group for group in TOGETHER)


TOGETHER: tuple[frozenset[str], ...] = (
    frozenset({"hit_points", "hit_dice"}),
    frozenset({"pc", "pc_connection", "pc_connection_detail", "backstory_fact_ids"}),
    frozenset({"is_magical", "rarity", "value_gp", "requires_attunement"}),
    frozenset({"item_type", "weapon", "armor"}),
    frozenset({"current_owner", "current_location"}),
    frozenset({"start_year", "end_year", "period_type", "key_events"}),
    frozenset({"caster_type", "spellcasting_ability"}),
    frozenset({"rooms", "traps", "treasure"}),
    frozenset(
        {"months", "current_month", "current_day", "festivals", "intercalary_days", "leap_days"}
    ),
    frozenset({"communication", "languages"}),
    frozenset({"giver", "sponsor_faction", "target_entity", "opposing_faction"}),
    frozenset({"save_ability", "save_dc", "damage_dice", "damage_type"}),
    frozenset({"phases", "orbital_period_days"}),
)


def schema_of(table: str, drafts: Sequence[RowDraft]) -> dict[str, Any]:
    """The schema of the answer: a row number, and the fields that are at fault in any of the rows."""
    schema = deepcopy(table_schema(table))
    row = schema["properties"]["rows"]["items"]
    wanted = {name for draft in drafts for name in faulty(draft)}
    row["properties"] = {
        NUMBER: {"type": "integer", "description": "The number of the refused row."},
        **{name: part for name, part in row["properties"].items() if name in wanted},
    }
    row["required"] = [NUMBER]
    return schema


def text_of(world: World, drafts: Sequence[RowDraft]) -> str:
    """The refused rows as a model sees them."""
    known = {code: line for lines in world.rosters.values() for code, line in lines.items()}
    return "\n".join(
        json.dumps(_told(number, draft, known), ensure_ascii=False, default=str)
        for number, draft in enumerate(drafts, 1)
    )


def _told(number: int, draft: RowDraft, lines: dict[str, Listed]) -> Row:
    fields = faulty(draft)
    near = {code for issue in draft.issues for code in issue["candidates"]}
    model = phases.tables()[draft.table_name]
    told: Row = {NUMBER: number}
    if model.code_prefix:
        line = lines.get(str(draft.payload.get("code")))
        told |= {"code": draft.payload.get("code"), "name": line.name if line else None}
        told["facts"] = list(line.fact_codes) if line else []
    else:
        told["key"] = {name: draft.payload.get(name) for name in identity(model)}
    return {
        **told,
        "fields": {name: _cut(draft.payload.get(name)) for name in fields},
        "problems": [f"{i['field'] or 'row'}: {i['message']}" for i in draft.issues],
        "candidates": {code: lines[code].name for code in sorted(near) if code in lines},
    }


def _cut(value: Any) -> Any:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return value if len(text) <= MOST_SHOWN else text[:MOST_SHOWN]


def merged(drafts: Sequence[RowDraft], rows: Sequence[Any]) -> dict[UUID, Row]:
    """Draft -> its row with the answered fields in place; drafts that were not answered are left out."""
    found: dict[UUID, Row] = {}
    for row in rows:
        number = row.get(NUMBER) if isinstance(row, dict) else None
        if isinstance(number, str) and number.isdecimal():
            number = int(number)
        if isinstance(number, int) and 0 < number <= len(drafts):
            draft = drafts[number - 1]
            allowed = set(faulty(draft))
            mended = {name: value for name, value in row.items() if name in allowed}
            found.setdefault(draft.pk, {**draft.payload, **mended})
    return found
