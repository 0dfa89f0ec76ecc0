"""Many random edits and deletes through the API, and no end is left dangling; names change, links stay."""

from __future__ import annotations

import itertools
import os
import random
import sys
from collections import Counter

import pytest

from worldgen import phases
from worldgen.checking.checks import run_checks
from worldgen.directory import target_name
from worldgen.edits.usage import soft_codes
from worldgen.rows import load

pytestmark = pytest.mark.django_db
#: So many keep the suite short; `make fuzz` does a thousand, other ones each time.
EDITS = int(os.environ.get("WORLD_EDITS", "120"))
SEED = int(os.environ.get("FUZZ_SEED", "4"))
#: What may come of an edit, and what of each is certain to come in the suite.
SAID = {
    "rename": ["200"],
    "relink": ["200", "400 invalid_row"],
    "unlink": ["200", "400 invalid_row"],
    "mention": ["200", "400 invalid_row"],
    "copy": ["201", "400 invalid_row"],
    "delete": ["204", "409 row_in_use"],
    "delete all": ["204", "409 row_in_use"],
    "locked": ["409 row_protected"],
    "late": ["412 stale_revision"],
}
CERTAIN = {("rename", "200"), ("relink", "200"), ("delete", "204"), ("delete", "409 row_in_use"),
           ("delete all", "204"), ("unlink", "200"), ("copy", "201"), ("mention", "200")}  # fmt: skip


class Edits:
    """Random requests about the rows that stand, one after the other, and what each did to the world."""

    def __init__(self, client, url, campaign):
        self.client, self.url, self.campaign = client, url, campaign
        self.dice = random.Random(SEED)  # noqa: S311 - the same edits each time
        self.world, self.said, self.number = load(campaign), Counter(), 0

    def one(self, table):
        """An edit of a row of this table, and the rows that stand afterwards."""
        self.number += 1
        self.key, self.row = self.dice.choice(list(self.world.tables[table].items()))
        self.table, self.model = table, phases.tables()[table]
        ways = [
            w for w in SAID if getattr(self, f"_{w.replace(' ', '_')}_body", dict)() is not None
        ]
        self.way = self.dice.choice(ways)
        answer = getattr(self, f"_{self.way.replace(' ', '_')}")()
        told = str(answer.status_code)
        told += f" {answer.json()['error_code']}" if answer.status_code >= 400 else ""
        assert told in SAID[self.way], (self.way, table, self.key, answer.content)
        self.said[self.way, told] += 1
        before, self.world = self.world, load(self.campaign)
        self._judge(before, told)

    def _judge(self, before, told):
        here = (SEED, self.number, self.way, self.table, self.key)
        assert run_checks(self.world, ["W01", "W12"]) == [], here
        assert dangling_mentions(self.world) == [], here
        if told[0] == "4":  # what is refused changes nothing
            assert contents(self.world) == contents(before), here
        if self.way == "rename":
            row = {**self.row.values, "name": self._rename_body()["name"]}
            renamed = {**contents(before), self.table: {**before.rows(self.table), self.key: row}}
            assert contents(self.world) == renamed, here

    # -- the requests ---------------------------------------------------------------------------

    @property
    def path(self):
        return self.url(
            f"tables/{self.table}/{self.key if self.model.code_prefix else self.row.id}"
        )

    def _rename_body(self):
        return {"name": f"Renamed {self.number}"} if self.model.code_prefix else None

    def _rename(self):
        return self.client.patch(self.path, self._rename_body())

    def _links(self):
        columns = [*phases.links(self.model), *phases.link_sets(self.model)]
        return [f for f in columns if self.world.tables.get(target_name(f))]

    def _relink_body(self):
        return self._links() or None

    def _relink(self):
        link = self.dice.choice(self._links())
        rows = self.world.tables[target_name(link)]
        code = self.dice.choice(list(rows))
        told = self.dice.choice([code, rows[code].values["name"]])  # a code or a full name
        return self.client.patch(self.path, {link.name: [told] if link.many_to_many else told})

    def _unlink_body(self):
        return [f for f in self._links() if f.many_to_many or f.null] or None

    def _unlink(self):
        link = self.dice.choice(self._unlink_body())
        return self.client.patch(self.path, {link.name: [] if link.many_to_many else None})

    def _mention_body(self):
        """Another row of the same tables for each code in a text of the row."""
        for link in self.model.soft_links:
            if any(code in self._codes(link) for code in soft_codes(self.row.values, link)):
                return {link.field: self._mentions(link)}
        return None

    def _codes(self, link):
        return [code for table in link.to for code in self.world.tables.get(table, ())]

    def _mentions(self, link):
        codes, value = self._codes(link), self.row.values[link.field]
        if not isinstance(value, list):
            return codes[-1]
        fresh = itertools.cycle(reversed(codes))
        if not link.key:
            return [next(fresh) for _ in value][: len(codes)]
        return [{**e, link.key: next(fresh)} if e[link.key] in codes else e for e in value]

    def _mention(self):
        return self.client.patch(self.path, self._mention_body())

    def _copy_body(self):
        return {} if self.model.code_prefix else None

    def _copy(self):
        values = {name: value for name, value in self.row.values.items() if name != "code"}
        values["name"] = f"Copied {self.number}"
        return self.client.post(self.url(f"tables/{self.table}"), values)

    def _delete(self):
        return self.client.delete(self.path)

    def _delete_all(self):
        return self.client.delete(f"{self.path}?with_relations=true")

    def _locked(self):
        """A locked row is neither changed nor deleted."""
        assert self.client.post(f"{self.path}/lock").status_code == 200
        answers = [self.client.delete(self.path), self.client.patch(self.path, {})]
        assert self.client.post(f"{self.path}/unlock").status_code == 200
        assert answers[0].status_code == answers[1].status_code
        return answers[0]

    def _late(self):
        old = {"If-Match": f'"{self.row.state["revision"] + 7}"'}
        return self.client.patch(self.path, {}, headers=old)


def contents(world):
    return {table: world.rows(table) for table in phases.tables()}


def dangling_mentions(world):
    """Texts that name a code of no row."""
    known = {code for rows in world.tables.values() for code in rows}
    known |= {fact.code for fact in world.facts}
    found = []
    for table, model in phases.tables().items():
        for link in (link for link in model.soft_links if not link.free_text):
            for row in world.rows(table).values():
                found += [
                    (table, code) for code in soft_codes(row, link) if code and code not in known
                ]
    return found


def test_random_edits_and_deletes_leave_no_end_dangling(alice, url, whole):
    edits, met = Edits(alice, url, whole), set()
    stood = {table for table, rows in edits.world.tables.items() if rows}
    while edits.number < EDITS:
        tables = [table for table in phases.tables() if edits.world.tables[table]]
        edits.dice.shuffle(tables)
        for table in tables[: EDITS - edits.number]:
            if edits.world.tables[table]:  # an edit before may have been the end of the last one
                edits.one(table)
                met.add(table)
    assert met >= stood
    assert set(edits.said) >= CERTAIN, edits.said
    if "WORLD_EDITS" in os.environ:
        told = ", ".join(f"{way}: {said} {n}" for (way, said), n in sorted(edits.said.items()))
        sys.stdout.write(f"seed {SEED}, {EDITS} edits: {told}\n")


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
