"""One hash over all rows of a world, for the question whether two states are the same."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from worldgen import phases
from worldgen.models import Campaign
from worldgen.rows import load


def of_world(campaign: Campaign) -> str:
    """sha256 over every row: id, content, state, and the references that code fills.

    The revision and times are left out: they only ever grow.
    """
    world = load(campaign)
    content: dict[str, Any] = {}
    for table, model in phases.tables().items():
        columns = ["pk", *(f.attname for f in phases.deferred(model))]
        filled = {r["pk"]: r for r in model.objects.filter(campaign=campaign).values(*columns)}
        content[table] = {
            key: {**row.as_json(), "filled": filled[row.id], "revision": None}
            for key, row in world.tables[table].items()
        }
        for row in content[table].values():
            row["state"].pop("revision")
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
