"""The pages of a world: what they show to whom, and how many queries they take."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import make_user
from storyforge.jobs.models import Job
from storyforge.projects.models import Project
from worldgen import phases
from worldgen.models import Campaign, PCFact, PlayerCharacter
from worldgen.tests.test_secrets import CANARY, spoil
from worldgen.tests.whole import new_campaign, write_world

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
    yield address("world_party", campaign)
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
        ("world_table", {"table": "entities"}, 16),
        ("world_table", {"table": "entity_relationships"}, 18),
    ):
        few = queries(alice, address(name, small, **more))
        many = queries(alice, address(name, large, **more))
        assert few == many, name
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
    send(alice, url, {"do": "remove", "code": "pc1f1"})
    assert not PCFact.objects.filter(campaign=whole, code="pc1f1").exists()
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
