"""Many random edits and deletes through the API, and no end is left dangling; names change, links stay."""

from __future__ import annotations

import os
import random
import warnings
from collections import Counter

import pytest

from worldgen import phases
from worldgen.answers.derive import ENDS
from worldgen.checking.checks import run_checks
from worldgen.directory import target_name
from worldgen.edits.usage import soft_codes
from worldgen.rows import load

pytestmark = pytest.mark.django_db
#: A thousand were tried once; so many keep the suite short.
EDITS = int(os.environ.get("WORLD_EDITS", "120"))
TAKEN = (200, 204, 400, 409)


def an_edit(draw, world, number):
    """A method, a path and a body: a new name, another link, or the end of a row."""
    table = draw.choice([t for t in phases.tables() if world.tables[t]])
    model = phases.tables()[table]
    key, row = draw.choice(list(world.tables[table].items()))
    path = f"tables/{table}/{key if model.code_prefix else row.id}"
    links = [f for f in phases.links(model) if world.tables.get(target_name(f))]
    choice = draw.random()
    if choice < 0.12:
        return "delete", f"{path}?with_relations={'true' if choice < 0.08 else 'false'}", None
    if choice < 0.6 and links:
        link = draw.choice(links)
        codes = list(world.tables[target_name(link)])
        return "patch", path, {link.name: draw.choice(codes)}
    if model.code_prefix:
        return "patch", path, {"name": f"Renamed {number}"}
    return "delete", path, None


def test_random_edits_and_deletes_leave_no_end_dangling(alice, url, whole):
    draw, said = random.Random(4), Counter()  # noqa: S311 - the same edits each time
    world = load(whole)
    for number in range(EDITS):
        if number % 20 == 0:
            world = load(whole)  # between, some of what is asked for is gone already
        method, path, body = an_edit(draw, world, number)
        answer = getattr(alice, method)(url(path), body)
        assert answer.status_code in (*TAKEN, 404), (method, path, body, answer.content)
        said[method, answer.status_code] += 1
    assert said["delete", 204] > 0
    assert said["patch", 200] > EDITS / 10
    world = load(whole)
    assert run_checks(world, ["W01", "W12"]) == []
    known = {code for rows in world.tables.values() for code in rows} | {
        f.code for f in world.facts
    }
    for table, model in phases.tables().items():
        for link in model.soft_links:
            if not link.free_text:
                for row in world.rows(table).values():
                    assert {code for code in soft_codes(row, link) if code} <= known, (table, row)
    assert set(ENDS) <= set(phases.tables())
    if os.environ.get("WORLD_EDITS"):
        warnings.warn(str(sorted(said.items())), stacklevel=1)


def test_a_new_name_breaks_no_link(alice, url, whole):
    before = load(whole)
    for number, code in enumerate(before.tables["locations"]):
        answer = alice.patch(url(f"tables/locations/{code}"), {"name": f"Place {number}"})
        assert answer.status_code == 200, answer.content
    after = load(whole)
    for table in phases.tables():
        if table != "locations":
            assert after.rows(table) == before.rows(table)
    place = alice.get(url("tables/buildings")).json()["results"][0]
    assert place["names"][place["location"]].startswith("Place ")
