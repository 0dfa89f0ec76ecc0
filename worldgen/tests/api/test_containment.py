"""What lies in what: recursive, in one query, and no way around what players do not see."""

from __future__ import annotations

import random
from copy import copy
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from worldgen.containment import above, inside, parent_of
from worldgen.models import Faction, ItemEffect, Location, QuestHook

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(whole):
    """The places of the world as a random tree of at most four levels: place to its parent."""
    dice = random.Random(5)  # noqa: S311
    places = list(Location.objects.filter(campaign=whole).order_by("code"))
    parents, depth = {places[0].pk: None}, {places[0].pk: 1}
    for place in places[1:]:
        above_it = dice.choice([pk for pk in parents if depth[pk] < 4])
        parents[place.pk], depth[place.pk] = above_it, depth[above_it] + 1
        Location.objects.filter(pk=place.pk).update(parent_location=above_it)
    Location.objects.filter(pk=places[0].pk).update(parent_location=None)
    return parents


def chain(tree, pk):
    found = []
    while pk := tree[pk]:
        found.append(pk)
    return found


def test_what_a_place_lies_in_and_holds_is_found_at_any_depth_in_one_query(whole, tree):
    deepest = max(len(chain(tree, pk)) for pk in tree)
    assert deepest >= 2
    for place in Location.objects.filter(campaign=whole):
        with CaptureQueriesContext(connection) as captured:
            ups, downs = above(place), inside(Location, whole.pk, place.pk)
        assert len(captured) == 2
        assert ups == chain(tree, place.pk)
        assert {each.id for each in downs} == {pk for pk in tree if place.pk in chain(tree, pk)}
        assert all(tree[each.id] == each.parent for each in downs)


def test_a_circle_ends_where_it_began(whole):
    rows = list(Faction.objects.filter(campaign=whole)[:3])
    for one, other in pairwise([*rows, rows[0]]):
        Faction.objects.filter(pk=one.pk).update(parent_faction=other)
    assert above(Faction.objects.get(pk=rows[0].pk)) == [rows[1].pk, rows[2].pk, rows[0].pk]
    assert {each.id for each in inside(Faction, whole.pk, rows[0].pk)} == {r.pk for r in rows}


def test_tables_without_parents_have_none(whole):
    effect = ItemEffect.objects.filter(campaign=whole).first()
    assert (parent_of(ItemEffect), above(effect)) == ("", [])
    assert inside(ItemEffect, whole.pk, effect.pk) == []


def test_a_list_is_narrowed_to_what_lies_within_a_row(alice, url, whole, tree):
    root = next(pk for pk, parent in tree.items() if parent is None)
    code = Location.objects.get(pk=root).code
    found = alice.get(url(f"tables/locations?within={code}&page_size=100")).json()["results"]
    assert {row["code"] for row in found} == {
        place.code for place in Location.objects.exclude(pk=root)
    }
    assert alice.get(url("tables/locations?within=loc99")).json()["count"] == 0
    assert alice.get(url("tables/item_effects?within=eff01")).status_code == 400


def queries_of(client, asked):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(asked)
    assert answer.status_code == 200, answer.content
    return [query["sql"] for query in captured if "worldgen_locations" in query["sql"]]


@pytest.mark.parametrize("who", ["alice", "vera"])
def test_a_deeper_and_wider_list_takes_no_more_queries_and_reads_by_the_index(
    request, url, whole, tree, who
):
    client = request.getfixturevalue(who)
    root = Location.objects.get(pk=next(pk for pk, parent in tree.items() if parent is None))
    asked = url(f"tables/locations?within={root.code}&page_size=5")
    few = queries_of(client, asked)
    rows = [copy(root) for _ in range(2_000)]
    for number, row in enumerate(rows):
        above_it = rows[number - 1] if number % 3 else root
        row.pk, row.code, row.name = uuid4(), f"loc{number + 1_000}", f"Hamlet {number}"
        row.parent_location, row.is_revealed = above_it, True
    Location.objects.bulk_create(rows)
    many = queries_of(client, asked)
    assert len(many) == len(few)
    walks = [sql for sql in many if "RECURSIVE" in sql]
    assert len(walks) == 1
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE worldgen_locations")
        cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows are read whole, else
        found = connection.introspection.get_constraints(cursor, "worldgen_locations").items()
        index = next(name for name, told in found if told["columns"] == ["parent_location_id"])
        for sql in walks:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Recursive Union" in plan
            assert f"Scan using {index}" in plan or f"Scan on {index}" in plan, plan


def test_players_learn_nothing_through_a_row_that_is_hidden_from_them(alice, vera, url, whole):
    first, second, third = QuestHook.objects.filter(campaign=whole).order_by("code")[:3]
    quests = QuestHook.objects.filter(campaign=whole)
    quests.filter(pk=second.pk).update(parent_quest=first)
    quests.filter(pk=third.pk).update(parent_quest=second)
    quests.filter(pk__in=[first.pk, third.pk]).update(is_revealed=True)
    asked = url(f"tables/quest_hooks?within={first.code}")
    assert {row["code"] for row in alice.get(asked).json()["results"]} >= {second.code, third.code}
    assert vera.get(asked).json()["results"] == []
    hidden = url(f"tables/quest_hooks?within={second.code}")
    assert vera.get(hidden).json()["results"] == []
    quests.filter(pk=second.pk).update(is_revealed=True)
    assert {row["code"] for row in vera.get(asked).json()["results"]} == {second.code, third.code}


def test_the_page_of_a_row_says_what_it_lies_in(client, whole, tree):
    lowest = max(tree, key=lambda pk: len(chain(tree, pk)))
    row = Location.objects.get(pk=lowest)
    client.force_login(whole.project.owner)
    page = client.get(
        reverse("world_row", args=[whole.project_id, whole.pk, "locations", row.code])
    ).content.decode()
    crumbs = page.partition('class="crumbs"')[2].partition("</p>")[0]
    names = [Location.objects.get(pk=pk).code for pk in reversed(chain(tree, lowest))]
    places = [crumbs.index(f"/locations/{code}") for code in names]
    assert places == sorted(places)
    assert len(names) >= 2
