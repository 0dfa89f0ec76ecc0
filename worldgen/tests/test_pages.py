"""The pages of a world: what they show to whom, and how many queries they take."""

from __future__ import annotations

import itertools
import json
import math

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import make_user
from storyforge.jobs.models import Job
from storyforge.projects.models import Project
from tests.make import make
from worldgen import phases
from worldgen.exchange.world_json import load_and_export
from worldgen.generations.world_run import WorldRequest, estimated
from worldgen.models import (
    Campaign,
    GenerationRun,
    PCFact,
    PhaseRun,
    PlayerCharacter,
    ReferenceIssue,
    TableRun,
)
from worldgen.tests.model_worlds import use_model
from worldgen.tests.test_secrets import CANARY, spoil
from worldgen.tests.whole import new_campaign, new_run, write_world
from worldgen.views import atlas, webs

pytestmark = pytest.mark.django_db
FRAME = {
    "name": "The Drowned Bells", "premise": "A coast.", "magic_level": "low", "size": "small",
    "rules_system": "generic", "party_level": 3, "random_seed": 4, "phase_mode": "nine",
}  # fmt: skip


@pytest.fixture(scope="module")
def project(django_db_setup, django_db_blocker):
    """Made once: a whole world takes seconds. Each test only borrows it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Project.start(make_user("alice"), name="The Lighthouse")
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def whole(project):
    campaign = new_campaign(project)
    write_world(campaign)
    return campaign


@pytest.fixture
def campaign(project):
    return new_campaign(project, name="Another")


def address(name, campaign, **more):
    return reverse(name, kwargs={"project_pk": campaign.project_id, "pk": campaign.pk, **more})


def every_page(campaign):
    """The address of each page that shows rows of this campaign."""
    yield address("world", campaign)
    for name in ("world_party", "world_map", "world_web"):
        yield address(name, campaign)
    for of in ("factions", "deities"):
        yield address("world_web", campaign) + f"?of={of}"
    for code in PlayerCharacter.objects.filter(campaign=campaign).values_list("code", flat=True):
        yield address("world_character", campaign, code=code)
    for table, model in phases.tables().items():
        yield address("world_table", campaign, table=table)
        for row in model.objects.filter(campaign=campaign)[:1]:
            key = row.code if model.code_prefix else row.pk
            yield address("world_row", campaign, table=table, key=key)


def send(client, url, form=None):
    """Send a form as a browser does."""
    return client.post(url, form or {}, format="multipart")


def queries(client, url):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200, url
    return len(captured)


def test_a_viewer_hears_no_secret_on_any_page_and_a_contributor_does(whole, vera, carol):
    spoil(whole)
    PCFact.objects.filter(campaign=whole).update(text=CANARY)
    PlayerCharacter.objects.filter(campaign=whole).update(backstory=CANARY)
    opened = 0
    for url in every_page(whole):
        seen = vera.get(url)
        assert seen.status_code in {200, 404}, url
        assert CANARY not in seen.content.decode(), url
        opened += seen.status_code == 200
    assert opened > len(phases.tables())
    for url in (
        address("world_character", whole, code="pc1"),
        address("world_row", whole, table="entities", key="ent01"),
        address("world_row", whole, table="dungeons", key="dun01"),
    ):
        assert CANARY in carol.get(url).content.decode(), url


def test_a_player_reads_the_backstory_of_their_own_character_only(whole, vera):
    PlayerCharacter.objects.filter(campaign=whole, code="pc1").update(player=vera.user)
    mine = vera.get(address("world_character", whole, code="pc1")).content.decode()
    other = vera.get(address("world_character", whole, code="pc2")).content.decode()
    assert "Mara grew up in Oldwick" in mine
    assert "grew up in Oldwick" not in other
    assert "somebody else" in other.lower()


def test_a_viewer_finds_nothing_by_asking_for_what_is_hidden(whole, vera, alice):
    entities = phases.tables()["entities"].objects.filter(campaign=whole)
    entities.update(gm_secret=CANARY)
    url = address("world_table", whole, table="entities")
    everybody = vera.get(url).content.decode().count("<tr>")
    for query in ({"q": CANARY}, {"challenge_rating": "1"}, {"gm_secret": CANARY}):
        found = vera.get(url, query).content.decode()
        assert found.count("<tr>") == (0 if "q" in query else everybody), query
        assert "challenge_rating" not in found
    assert alice.get(url, {"q": entities.first().name}).content.decode().count("<tr>") == 2


def test_no_page_of_a_world_takes_a_query_for_each_row(whole, project, alice):
    """A large world costs what a small one costs."""
    small, large = whole, new_campaign(project, name="Large", size="standard")
    write_world(large)
    for name, more, most in (
        ("world", {}, 24),
        ("world_party", {}, 16),
        ("world_map", {}, 16),
        ("world_web", {}, 16),
        ("world_coverage", {}, 110),
        ("world_checks", {}, 110),
        ("world_issues", {}, 16),
        ("world_table", {"table": "entities"}, 16),
        ("world_table", {"table": "entity_relationships"}, 18),
    ):
        few = queries(alice, address(name, small, **more))
        many = queries(alice, address(name, large, **more))
        # Sets of references of a table without rows are not asked for.
        whole_world = name in ("world_coverage", "world_checks")
        assert many - few <= (3 if whole_world else 0), name
        assert many <= most, (name, many)
    for table, model in phases.tables().items():
        row = model.objects.filter(campaign=large).first()
        key = row.code if model.code_prefix else row.pk
        assert queries(alice, address("world_row", large, table=table, key=key)) <= 48, table


def test_a_world_is_framed_peopled_and_asked_for(project, alice, work):
    frame = FRAME | {"name": "Bells", "facts": "No gods.\n\n"}
    answer = send(alice, reverse("world_new", args=[project.pk]), frame)
    campaign = Campaign.objects.get(name="Bells")
    assert answer["Location"] == address("world_party", campaign)
    assert campaign.locks["facts"] == ["No gods."]
    backstory = "Mara swore to find her brother Joss. She owes the ferryman Old Pell her life."
    answer = send(
        alice,
        address("world_party", campaign),
        {"name": "Mara", "level": 2, "backstory": backstory, "goals": "Find Joss\nRest"},
    )
    assert answer["Location"] == address("world_character", campaign, code="pc1")
    pc = PlayerCharacter.objects.get(campaign=campaign)
    assert pc.goals == ["Find Joss", "Rest"]
    fact = PCFact.objects.filter(pc=pc).first()
    assert "Joss" in fact.text
    page = alice.get(address("world_character", campaign, code="pc1")).content.decode()
    assert "read by rules" in page
    send(alice, address("world", campaign))
    send(alice, address("world", campaign))  # pressed twice
    assert Job.objects.filter(kind="world.run").count() == 1
    assert "Pause" in alice.get(address("world", campaign)).content.decode()
    work()
    done = alice.get(address("world", campaign)).content.decode()
    assert "Make the world again" in done
    assert done.count("is-done") == 9


def test_the_strip_shows_nine_milestones_or_three_and_what_failed(whole, alice, vera):
    run = new_run(whole)
    PhaseRun.objects.filter(pk=run.phase_run_id).update(phase="1C", state="failed")
    TableRun.objects.filter(pk=run.pk).update(
        state="failed", kind="detail", table_name="factions", cost_micros=1_500
    )
    nine = alice.get(address("world", whole)).content.decode()
    assert (nine.count("card phase is-"), nine.count("card phase is-failed")) == (9, 1)
    assert "Failed: factions<" in nine
    assert "$0.0015" in nine
    assert "Failed:" not in vera.get(address("world", whole)).content.decode()
    Campaign.objects.filter(pk=whole.pk).update(phase_mode="three")
    three = alice.get(address("world", whole)).content.decode()
    assert (three.count("card phase is-"), three.count("card phase is-failed")) == (3, 1)
    assert "Failed: factions<" in three
    for code in ("1A", "1B", "1C"):
        assert address("world_roster", whole, phase=code) in three
    assert address("world_roster", whole, phase="3C") not in three


def test_facts_are_confirmed_edited_added_and_removed(whole, alice):
    url = address("world_character", whole, code="pc1")
    PCFact.objects.update(origin="rules", span_start=1, span_end=2)
    send(alice, url, {"do": "confirm", "code": "pc1f1"})
    assert PCFact.objects.get(campaign=whole, code="pc1f1").is_confirmed
    changed = {"pc1f2-text": "Born at sea.", "pc1f2-kind": "event"}
    send(alice, url, {"do": "fact", "code": "pc1f2", **changed})
    fact = PCFact.objects.get(campaign=whole, code="pc1f2")
    assert (fact.text, fact.kind, fact.must_use, fact.origin, fact.span_start) == (
        "Born at sea.", "event", False, "user", None,
    )  # fmt: skip
    send(
        alice,
        url,
        {"do": "add", "new-text": "Owes Pell.", "new-kind": "debt", "new-must_use": "on"},
    )
    assert PCFact.objects.get(campaign=whole, code="pc1f3").must_use
    # Rows hang on this one alone.
    assert send(alice, url, {"do": "remove", "code": "pc1f1"}).status_code == 422
    assert PCFact.objects.filter(campaign=whole, code="pc1f1").exists()
    send(alice, url, {"do": "remove", "code": "pc1f3"})
    assert not PCFact.objects.filter(campaign=whole, code="pc1f3").exists()
    assert send(alice, url, {"do": "confirm", "code": "pc2f1"}).status_code == 404


def test_a_frame_that_does_not_fit_comes_back_with_what_was_typed(campaign, alice, vera, bob):
    url = reverse("world_new", args=[campaign.project_id])
    refused = send(alice, url, FRAME | {"name": campaign.name, "party_level": 99})
    assert refused.status_code == 422
    said = refused.content.decode()
    assert "Another world of this project has this name." in said
    assert "less than or equal to 20" in said
    long = send(alice, url, FRAME | {"name": "New", "banned_words": "x" * 61})
    assert "at most 60 characters" in long.content.decode()
    assert send(vera, url, FRAME | {"name": "Mine"}).status_code == 403
    assert send(vera, address("world", campaign)).status_code == 403
    assert not Campaign.objects.filter(name="Mine").exists()
    edit = address("world_edit", campaign)
    assert send(bob, edit, FRAME | {"name": "Renamed"}).status_code == 302
    assert Campaign.objects.get(pk=campaign.pk).name == "Renamed"


def test_a_world_is_deleted_by_typing_its_name(whole, alice):
    url = address("world_edit", whole)
    assert send(alice, url, {"delete": "Something"}).status_code == 422
    assert send(alice, url, {"delete": whole.name}).status_code == 302
    assert not Campaign.objects.filter(pk=whole.pk).exists()


def test_rows_of_unknown_tables_and_keys_are_missing(whole, alice):
    for table, key in (("dragons", "x"), ("entities", "ent99"), ("entity_items", "ent01|x")):
        url = address("world_row", whole, table=table, key=key)
        assert alice.get(url).status_code == 404
    assert alice.get(address("world_table", whole, table="dragons")).status_code == 404


def test_the_map_and_the_web_are_the_same_again_and_cover_nothing(whole, project):
    regions = list(phases.tables()["geography_regions"].objects.filter(campaign=whole))
    places = list(phases.tables()["locations"].objects.filter(campaign=whole))
    routes = list(phases.tables()["location_connections"].objects.filter(campaign=whole))
    drawn = atlas.draw(regions, places, routes)
    assert drawn == atlas.draw(regions[::-1], places[::-1], routes)
    assert {place.code for place in drawn.places} == {place.code for place in places}
    assert len(drawn.routes) == len(routes) > 0
    spots = [(place.x, place.y) for place in drawn.places]
    apart = [math.dist(a, b) for a, b in itertools.combinations(spots, 2)]
    assert min(apart) > 12
    assert all(0 < x < drawn.width and 0 < y < drawn.height for x, y in spots)
    labels = [place.label for place in drawn.places if place.label]
    assert len(labels) > len(places) / 2


def test_a_web_shows_the_most_linked_and_says_how_many_it_leaves_out():
    ties = [webs.Tie(id=str(n), start="hub", end=f"n{n:03}", word="rival") for n in range(100)]
    ties += [webs.Tie(id="back", start="n001", end="hub", word="rival")]
    names = {"hub": "Hub", **{f"n{n:03}": f"Somebody {n}" for n in range(100)}, "alone": "Alone"}
    web = webs.draw(names, ties)
    assert web == webs.draw(names, ties)
    assert web.nodes[0].code == "hub"
    assert len(web.nodes) == webs.MOST_NODES
    assert web.left_out == 101 - webs.MOST_NODES
    assert "alone" not in {node.code for node in web.nodes}
    assert sum(line.is_both for line in web.lines) == 1
    assert all(line.is_against for line in web.lines)
    assert webs.draw({}, []).nodes == []


def test_a_web_is_narrowed_to_a_group_and_to_one_of_its_nodes(whole, alice):
    ties = phases.tables()["entity_relationships"].objects.filter(campaign=whole)
    one = ties.select_related("from_entity").first()
    url = address("world_web", whole)
    groups = {t.group for t in (webs.Tie(id="", start="", end="", word=r.relationship_type)
                                for r in ties)}  # fmt: skip
    for group in groups:
        page = alice.get(url, {"group": group}).content.decode()
        assert page.count('class="tie-line is-') == page.count(f'class="tie-line is-{group}') > 0
    focused = alice.get(url, {"focus": one.from_entity.code}).content.decode()
    assert focused.count("<tr>") < alice.get(url).content.decode().count("<tr>")
    assert alice.get(url, {"of": "nonsense", "focus": "nobody"}).status_code == 200


def test_coverage_checks_and_references_say_what_is_there(whole, alice, carol, vera):
    page = alice.get(address("world_coverage", whole)).content.decode()
    assert "8 of 8 facts that must be used turn up" in page
    quest = phases.tables()["quest_hooks"].objects.filter(campaign=whole).first()
    phases.tables()["encounters"].objects.filter(quest=quest).update(quest=None)
    checks = carol.get(address("world_checks", whole)).content.decode()
    assert "It has no encounter." in checks
    assert quest.name in checks
    run = make(GenerationRun, whole.project, campaign=whole, state="completed")
    row = {"campaign": whole, "run": run, "row_key": "ent01", "field": "home_region",
           "table_name": "entities"}  # fmt: skip
    make(ReferenceIssue, whole.project, **row, raw_value="The Nowhere", candidates=["reg01"],
         reason="unknown", step=5)  # fmt: skip
    page = alice.get(address("world_issues", whole)).content.decode()
    region = phases.tables()["geography_regions"].objects.get(campaign=whole, code="reg01")
    assert "The Nowhere" in page
    assert region.name in page
    issue = ReferenceIssue.objects.get(campaign=whole)
    settle = reverse("resolve-issue", args=[issue.pk])
    assert settle in page
    settled = alice.post(settle, {"code": "reg01"}, format="json")
    assert settled.status_code == 200, settled.content
    assert settle not in alice.get(address("world_issues", whole)).content.decode()
    for name in ("world_coverage", "world_checks", "world_issues"):
        assert vera.get(address(name, whole)).status_code == 403


def test_a_game_master_takes_the_world_home_and_a_player_does_not(whole, alice, vera):
    answer = alice.get(address("world_download", whole, format="json"))
    assert json.loads(answer.content) == json.loads(json.dumps(load_and_export(whole), default=str))
    assert answer["Content-Disposition"] == 'attachment; filename="the-drowned-bells.json"'
    told = alice.get(address("world_download", whole, format="md"))
    assert told.content.decode().startswith("# The Drowned Bells")
    assert alice.get(address("world_download", whole, format="exe")).status_code == 404
    assert vera.get(address("world_download", whole, format="json")).status_code == 403


def test_what_making_the_world_would_cost_stands_beside_its_button(alice, campaign, settings):
    page = alice.get(address("world", campaign)).content.decode()
    assert "Free, made by rules" in page
    assert 'name="budget"' not in page
    use_model(settings, seed=3)
    page = alice.get(address("world", campaign)).content.decode()
    cost = estimated(campaign, WorldRequest()).cost
    assert cost in page
    assert "to claude-sonnet-5-5" in page
    refused = send(alice, address("world", campaign), {"budget": "much"})
    assert refused.status_code == 302
    assert not Job.objects.filter(target_id=campaign.pk).exists()
    assert "such as 2.50" in alice.get(address("world", campaign)).content.decode()
    send(alice, address("world", campaign), {"budget": "2.50"})
    assert GenerationRun.objects.get(campaign=campaign).budget_micros == 2_500_000


def test_a_backstory_is_read_again_from_its_page(alice, campaign):
    page = alice.get(address("world_character", campaign, code="pc1")).content.decode()
    path = reverse("extract-facts", args=[campaign.pk, "pc1"])
    assert f'data-url="{path}"' in page
    assert alice.post(path, {}).status_code == 202
    PlayerCharacter.objects.filter(campaign=campaign, code="pc1").update(backstory="")
    page = alice.get(address("world_character", campaign, code="pc1")).content.decode()
    assert path not in page


def test_changing_the_frame_says_how_much_is_stale(alice, whole):
    form = {**FRAME, "name": whole.name, "premise": "A desert."}
    send(alice, address("world_edit", whole), form)
    assert "marked as stale" in alice.get(address("world", whole)).content.decode()
