"""Rows over the API: found, added, changed and deleted, with their rules, and nothing left dangling."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from worldgen import phases
from worldgen.models import Entity, Faction, Item, Location, Race, RowChange, Shop
from worldgen.planning.part import Part
from worldgen.prompting.contexts import shown
from worldgen.rows import load
from worldgen.schemas import table_schema
from worldgen.secrets import hidden_codes

pytestmark = pytest.mark.django_db


def queries(client, url):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200, answer.content
    return len(captured), answer.json()


def test_every_table_lists_its_rows_with_codes_and_names_at_a_constant_cost(alice, url, whole):
    counts = {line["table"]: line["rows"] for line in alice.get(url("tables")).json()}
    assert list(counts) == list(phases.tables())
    for table, model in phases.tables().items():
        few, _ = queries(alice, url(f"tables/{table}?page_size=2"))
        many, whole_page = queries(alice, url(f"tables/{table}?page_size=100"))
        assert many <= few + 2, table  # a second page may name rows of one more table
        assert whole_page["count"] == counts[table] == model.objects.count()
        for row in whole_page["results"]:
            named = {c for f in phases.links(model) if (c := row[f.name])}
            assert named <= set(row["names"]), table
        for row in whole_page["results"][:1]:
            key = row["code"] if model.code_prefix else row["id"]
            assert alice.get(url(f"tables/{table}/{key}")).json() == row
    cost, _ = queries(alice, url("tables"))
    assert cost < 12


def test_tables_tell_their_rows_by_state_and_those_that_no_run_changes(alice, url, whole):
    rows = Faction.objects.filter(campaign=whole)
    total = rows.count()
    rows.filter(code="fac01").update(row_state="needs_repair", is_stale=True, is_locked=True)
    rows.filter(code="fac02").update(row_state="accepted", source="imported")
    lines = {line["table"]: line for line in alice.get(url("tables")).json()}
    states = {"roster": 0, "drafted": 0, "valid": total - 2, "needs_repair": 1, "accepted": 1}
    assert lines["factions"] == {
        "table": "factions", "phase": "1C", "rows": total, "states": states, "stale": 1,
        "protected": 2,
    }  # fmt: skip
    phases.tables()["entity_languages"].objects.filter(campaign=whole).delete()
    lines = {line["table"]: line for line in alice.get(url("tables")).json()}
    assert (
        lines["entity_languages"]["rows"],
        set(lines["entity_languages"]["states"].values()),
    ) == (0, {0})


def test_rows_are_filtered_ordered_and_searched(alice, url):
    def codes(query):
        answer = alice.get(url(f"tables/entities?page_size=100&{query}"))
        assert answer.status_code == 200, answer.content
        return [row["code"] for row in answer.json()["results"]]

    everybody = list(Entity.objects.all())
    assert codes("ordering=-code") == sorted((e.code for e in everybody), reverse=True)
    one = everybody[0]
    assert one.code in codes(f"search={one.name}")
    assert codes(f"home_region={one.home_region.code}&importance=major,supporting,minor") == [
        e.code for e in everybody if e.home_region_id == one.home_region_id
    ]
    assert codes("hit_points__gte=12") == [e.code for e in everybody if e.hit_points >= 12]
    assert codes("source=edited") == []
    assert codes("is_locked=false") == [e.code for e in everybody]


@pytest.mark.parametrize(
    "query",
    ["importance=cheese", "hit_points=many", "hit_points=nan", "nothing=1", "ordering=nothing",
     "ordering=goals", "is_locked=maybe", "name__gte=1", "row_state=odd", "goals=x"],
)  # fmt: skip
def test_a_query_that_means_nothing_is_refused(alice, url, query):
    answer = alice.get(url(f"tables/entities?{query}"))
    assert (answer.status_code, answer.json()["error_code"]) == (400, "validation_error")


def test_a_change_marks_the_row_and_keeps_its_history(alice, url):
    before = alice.get(url("tables/entities/ent01")).json()
    change = {"name": "Old Pell", "age": "61"}
    answer = alice.patch(
        url("tables/entities/ent01"), change, headers={"If-Match": f'"{before["revision"]}"'}
    )
    assert answer.status_code == 200, answer.content
    after = answer.json()
    assert (after["name"], after["age"], after["source"]) == ("Old Pell", 61, "edited")
    assert after["revision"] == before["revision"] + 1
    assert answer["ETag"] == f'"{after["revision"]}"'
    change = RowChange.objects.filter(row_id=after["id"], actor__isnull=False).get()
    assert change.before["values"]["name"] == before["name"]
    linked = alice.get(url("tables/entity_languages?entity=ent01")).json()["results"]
    assert {row["names"]["ent01"] for row in linked} == {"Old Pell"}


def test_an_edit_that_began_earlier_is_refused(alice, url):
    alice.patch(url("tables/planes/pla01"), {"summary": "New."})
    late = alice.patch(url("tables/planes/pla01"), {"summary": "Old."}, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json()["error_code"]) == (412, "stale_revision")
    assert alice.get(url("tables/planes/pla01")).json()["summary"] == "New."
    odd = alice.patch(url("tables/planes/pla01"), {}, headers={"If-Match": '"x"'})
    assert odd.json()["error_code"] == "malformed_request"


@pytest.mark.parametrize(
    ("table", "key", "change", "field"),
    [
        ("entities", "ent01", {"importance": "huge"}, "importance"),
        ("entities", "ent01", {"race": "Nobody Heard Of"}, "race"),
        ("entities", "ent01", {"home_region": None}, "home_region"),
        ("entities", "ent01", {"code": "ent99"}, "code"),
        ("entities", "ent01", {"shoes": 3}, "shoes"),
        ("entities", "ent01", {"parent_entity": "ent01"}, "parent_entity"),
        ("planes", "pla02", {"is_home": True, "plane_type": "outer"}, "is_home"),
        ("items", "itm01", {"value_gp": 1e9}, "value_gp"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_with_the_field(alice, url, table, key, change, field):
    before = alice.get(url(f"tables/{table}/{key}")).json()
    answer = alice.patch(url(f"tables/{table}/{key}"), change)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "invalid_row")
    assert field in [issue["field"] for issue in answer.json()["issues"]]
    assert alice.get(url(f"tables/{table}/{key}")).json() == before


def test_a_circle_of_parents_and_a_name_that_is_taken_are_refused(alice, url):
    first, second = Location.objects.order_by("code")[:2]
    one, other = url(f"tables/locations/{first.code}"), url(f"tables/locations/{second.code}")
    assert alice.patch(one, {"parent_location": None}).status_code == 200
    assert alice.patch(other, {"parent_location": first.code}).status_code == 200
    circle = alice.patch(one, {"parent_location": second.code})
    assert [i["code"] for i in circle.json()["issues"]] == ["circle"]
    taken = alice.patch(one, {"name": second.name.upper()})
    assert [i["code"] for i in taken.json()["issues"]] == ["name"]


def test_a_row_is_added_with_the_next_code_and_codes_are_never_given_again(alice, url):
    model = alice.get(url("tables/planes/pla01")).json()
    names = [f.name for f in phases.writable(phases.tables()["planes"])]
    body = {name: model[name] for name in names} | {"name": "Cinder", "is_home": False}
    first = alice.post(url("tables/planes"), body)
    assert first.status_code == 201, first.content
    assert first.json()["source"] == "edited"
    code = first.json()["code"]
    assert alice.delete(url(f"tables/planes/{code}")).status_code == 204
    again = alice.post(url("tables/planes"), body).json()["code"]
    assert int(again[3:]) == int(code[3:]) + 1
    assert (
        alice.post(url("tables/planes"), {**body, "name": "A", "code": "pla77"}).status_code == 400
    )


def test_a_relation_keeps_its_id_when_it_links_others(alice, url):
    row = alice.get(url("tables/entity_factions")).json()["results"][0]
    faction = Faction.objects.exclude(code=row["faction"]).exclude(
        pk__in=Entity.objects.get(code=row["entity"]).entity_factions_entity.values("faction")
    ).first()  # fmt: skip
    moved = alice.patch(url(f"tables/entity_factions/{row['id']}"), {"faction": faction.code})
    assert moved.status_code == 200, moved.content
    assert (moved.json()["id"], moved.json()["faction"]) == (row["id"], faction.code)
    copy = {n: row[n] for n in ("entity", "role", "rank_order", "status", "loyalty", "description")}
    twice = alice.post(url("tables/entity_factions"), {**copy, "faction": faction.code})
    assert [i["code"] for i in twice.json()["issues"]] == ["exists"]


def test_a_row_that_others_need_is_not_deleted_and_they_are_named(alice, url):
    person = Entity.objects.filter(entity_languages_entity__isnull=False).first()
    answer = alice.delete(url(f"tables/entities/{person.code}"))
    assert (answer.status_code, answer.json()["error_code"]) == (409, "row_in_use")
    assert "entity_languages" in {user["table"] for user in answer.json()["users"]}
    assert Entity.objects.filter(pk=person.pk).exists()
    race = Race.objects.filter(
        entities_race__isnull=False
    ).first()  # optional, but every npc has one
    users = alice.delete(url(f"tables/races/{race.code}")).json()["users"]
    assert "entities" in {user["table"] for user in users}


def test_what_only_mentions_a_deleted_row_forgets_it(alice, url):
    shop = next(s for s in Shop.objects.all() if any(line["item"] for line in s.inventory))
    code = next(line["item"] for line in shop.inventory if line["item"])
    Item.objects.filter(code=code).update(is_magical=False)
    for table in ("item_effects", "sentient_item_properties"):
        phases.tables()[table].objects.filter(item__code=code).delete()
    answer = alice.delete(url(f"tables/items/{code}?with_relations=true"))
    assert answer.status_code == 204, answer.content
    after = alice.get(url(f"tables/shops/{shop.code}")).json()
    assert code not in str(after["inventory"])
    assert (after["revision"], after["source"]) == (shop.revision + 1, shop.source)


def test_neighbors_that_a_person_takes_away_or_adds_are_so_from_both_sides(alice, url, whole):
    regions = phases.tables()["geography_regions"].objects.filter(campaign=whole)

    def beside():
        return {r["code"]: set(r["adjacent_regions"])
                for r in alice.get(url("tables/geography_regions")).json()["results"]}  # fmt: skip

    before = beside()
    code = next(code for code, near in before.items() if near)
    gone, new = sorted(before[code])[0], sorted(set(before) - before[code] - {code})[0]
    changed = sorted((before[code] - {gone}) | {new})
    source = regions.get(code=gone).source
    answer = alice.patch(url(f"tables/geography_regions/{code}"), {"adjacent_regions": changed})
    assert answer.status_code == 200, answer.content
    after = beside()
    assert after[gone] == before[gone] - {code}
    assert after[new] == before[new] | {code}
    assert regions.get(code=gone).source == source  # code made it agree, nobody wrote in it
    regions.filter(code=new).update(is_locked=True)
    alice.patch(url(f"tables/geography_regions/{code}"), {"adjacent_regions": []})
    assert {other for other, near in beside().items() if code in near} == {new}
    like = {**load(whole).rows("geography_regions")[gone], "adjacent_regions": []}
    del like["code"]
    for number in range(2):
        made = alice.post(url("tables/geography_regions"), {**like, "name": f"Shire {number}"})
        assert made.status_code == 201, made.content
    regions.get(code=gone).adjacent_regions.set(regions.exclude(code__in=[code, gone])[:6])
    full = alice.patch(url(f"tables/geography_regions/{code}"), {"adjacent_regions": [gone]})
    assert (full.status_code, full.json()["error_code"]) == (400, "invalid_row")
    assert [issue["row"] for issue in full.json()["issues"]] == [gone]


def test_a_locked_row_is_neither_changed_nor_deleted(alice, url):
    phases.tables()["planes"].objects.filter(code="pla01").update(is_locked=True)
    for answer in (
        alice.patch(url("tables/planes/pla01"), {"summary": "x"}),
        alice.delete(url("tables/planes/pla01")),
    ):
        assert (answer.status_code, answer.json()["error_code"]) == (409, "row_protected")


def test_a_leader_follows_the_relation_that_says_so(alice, url):
    row = phases.tables()["entity_factions"].objects.filter(status="leader").first()
    assert Faction.objects.get(pk=row.faction_id).leader_id == row.entity_id
    alice.patch(url(f"tables/entity_factions/{row.pk}"), {"status": "former"})
    assert Faction.objects.get(pk=row.faction_id).leader_id != row.entity_id


def test_a_table_that_is_none_is_not_found(alice, url):
    for answer in (
        alice.get(url("tables/auth_user")),
        alice.post(url("tables/campaign"), {}),
        alice.get("/api/v1/worldgen/tables/jobs/schema"),
    ):
        assert (answer.status_code, answer.json()["error_code"]) == (404, "unknown_table")
    assert alice.get("/api/v1/worldgen/tables/planes/schema").json()["properties"]["rows"]
    assert len(alice.get("/api/v1/worldgen/phases/1A/schema").json()) == 7
    assert alice.get("/api/v1/worldgen/phases/9Z/schema").status_code == 404
    assert [p["needs"] for p in alice.get("/api/v1/worldgen/phases").json()][1] == ["1A"]


def test_a_player_sees_no_hidden_row_and_asks_by_no_secret(vera, url, whole):
    hidden = hidden_codes(whole.pk)
    assert hidden
    for table in phases.tables():
        told = vera.get(url(f"tables/{table}?page_size=100")).content.decode()
        assert not [code for code in hidden if f'"{code}"' in told], table
    for query in ("hit_points__gte=1", "challenge_rating=1", "ordering=hit_points"):
        answer = vera.get(url(f"tables/entities?{query}"))
        assert (answer.status_code, answer.json()["error_code"]) == (403, "role_too_low")
    counts = {line["table"]: line["rows"] for line in vera.get(url("tables")).json()}
    assert counts["quest_hooks"] == 0
    assert vera.get(url("tables/quest_hooks/qst01")).status_code == 404
    assert vera.patch(url("tables/planes/pla01"), {"name": "x"}).status_code == 403


def test_rows_have_fields_of_peoples_own_that_no_writer_sees(carol, vera, url, whole):
    path = url("tables/planes/pla01")
    before = carol.get(path).json()
    own = {
        "song": "low",
        "page": 12,
        "drawn": True,
        "rumors": ["a", "b"],
        "weight": 1.5,
        "none": None,
    }
    kept = carol.patch(
        path, {"extra": own}, format="json", headers={"If-Match": str(before["revision"])}
    )
    assert (kept.status_code, kept.json()["extra"]) == (200, own)
    assert (kept.json()["source"], kept.json()["revision"]) == ("edited", before["revision"] + 1)
    stale = carol.patch(
        path, {"extra": {}}, format="json", headers={"If-Match": str(before["revision"])}
    )
    assert stale.status_code == 412
    both = carol.patch(path, {"gravity": "light", "extra": {"song": "high"}}, format="json").json()
    assert (both["gravity"], both["extra"]) == ("light", {"song": "high"})
    seen = vera.get(path)
    assert "extra" not in seen.json()
    assert "high" not in seen.content.decode()
    page = f"/projects/{whole.project_id}/worlds/{whole.pk}/tables/planes/pla01"
    assert "Fields of your own" in carol.get(page).content.decode()
    assert "Fields of your own" not in vera.get(page).content.decode()
    assert "high" not in str(
        shown(load(whole), Part(phase="1A", step="rows", table="planes", codes=["pla01"]))
    )
    added = {**{k: before[k] for k in table_schema("planes")["properties"]["rows"]["items"]["properties"]
                if k != "code"}, "name": "The Ninth", "is_home": False, "extra": {"map": "p. 3"}}  # fmt: skip
    made = carol.post(url("tables/planes"), added, format="json")
    assert (made.status_code, made.json()["extra"]) == (201, {"map": "p. 3"})


@pytest.mark.parametrize(
    "extra", [None, 3, [], {"": 1}, {"x" * 61: 1}, {"a": {"b": 1}}, {"a": [1]}, {"a": "x" * 2_001},
              {str(n): n for n in range(41)}],
)  # fmt: skip
def test_fields_of_peoples_own_have_limits(alice, url, extra):
    refused = alice.patch(url("tables/planes/pla01"), {"extra": extra}, format="json")
    assert (refused.status_code, refused.json()["error_code"]) == (400, "invalid_row")
    assert refused.json()["issues"][0]["field"].startswith("extra")
