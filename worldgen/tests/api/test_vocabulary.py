"""Names of open rules documents: taken from files, listed, shown to writers, named in exports."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from worldgen.exchange import staging, vocabulary
from worldgen.exchange.licenses import SRD_5_1
from worldgen.exchange.markdown import document
from worldgen.exchange.world_json import load_and_export, read
from worldgen.models import VocabularyEntry
from worldgen.planning.part import Part
from worldgen.prompting.briefs import brief_of
from worldgen.prompting.contexts import VOCABULARY, shown
from worldgen.rows import load
from worldgen.rules import write_rows
from worldgen.tests.api.conftest import refused

pytestmark = pytest.mark.django_db


def creature(name, rating="0.250", **fields):
    told = {"name": name, "type": "beast", "challenge_rating": rating, "document": "srd-2014"}
    return {"model": "api_v2.creature", "pk": name, "fields": {**told, **fields}}


OPEN5E = [
    creature("Wolf"), creature("Owlbear", "3.000"), creature("Tarrasque", "30.000"),
    {"model": "api_v2.magicitem", "pk": "bag", "fields": {"name": "Bag of Holding", "document": "srd-2014"}},
    {"model": "api_v2.creaturetrait", "pk": "x", "fields": {"name": "Keen Smell"}},
    {"model": "api_v2.creature", "pk": "y", "fields": {"document": "srd-2014"}},
]  # fmt: skip
FIVE_E = [{"index": "fireball", "name": "Fireball", "url": "/api/2014/spells/fireball", "desc": ["A"]}]  # fmt: skip
OTHERS = [{"name": "Mire Hag"}]


def post(client, url, content, **more):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    body = {"file": SimpleUploadedFile("names.json", content), **more}
    return client.post(url("vocabulary"), body, format="multipart")


@pytest.fixture
def send(url, taken):
    """Send a file of names and do its job; the job, or what was refused at once."""
    return lambda client, content, **more: taken(post(client, url, content, **more))


def test_names_come_from_files_of_the_srd_with_their_license(carol, url, send, whole):
    made = send(carol, OPEN5E)
    assert made.result == {"added": {"creature": 3, "item": 1}, "known": 0, "left_out": 2}
    assert send(carol, {"count": 1, "results": FIVE_E}).result["added"] == {"spell": 1}
    assert send(carol, OPEN5E).result == {"added": {}, "known": 4, "left_out": 2}
    found = carol.get(url("vocabulary"), {"kind": "creature", "q": "wol"}).json()["results"]
    assert [(e["name"], e["detail"], e["challenge_rating"]) for e in found] == [("Wolf", "beast", "1/4")]  # fmt: skip
    assert {e["attribution"] for e in carol.get(url("vocabulary")).json()["results"]} == {SRD_5_1}
    assert carol.delete(url("vocabulary") + "?kind=creature").status_code == 204
    assert carol.get(url("vocabulary")).json()["count"] == 2
    assert carol.delete(url("vocabulary")).status_code == 204
    assert not VocabularyEntry.objects.filter(campaign=whole).exists()


def test_other_documents_say_what_they_are_and_where_they_are_from(alice, send):
    assert refused(send(alice, OTHERS))[0] == "unreadable_vocabulary"
    unsourced = send(alice, OTHERS, kind="creature")
    assert refused(unsourced)[0] == "unreadable_vocabulary"
    assert "Mire" not in unsourced.error["message"]  # readers of the project see it
    assert send(alice, OTHERS, kind="creature", source="Mire").status_code == 400
    taken = send(alice, OTHERS, kind="creature", source="Mire", attribution="By us, CC0.")
    assert taken.result["added"] == {"creature": 1}


def test_players_and_strangers_neither_read_nor_bring_names(vera, charlie, url):
    for client, status in ((vera, 403), (charlie, 404)):
        assert client.get(url("vocabulary")).status_code == status
        assert post(client, url, OPEN5E).status_code == status
        assert client.delete(url("vocabulary")).status_code == status


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "malformed_json"),
        (b"\xff[]", "malformed_json"),
        (b'[{"name": "a", "name": "b"}]', "malformed_json"),
        (b"[" * 100 + b"]" * 100, "malformed_json"),
        (b"3", "unreadable_vocabulary"),
        ([1, 2], "unreadable_vocabulary"),
        ({"name": "Wolf"}, "unreadable_vocabulary"),
        ([creature("x" * 81)], "unreadable_vocabulary"),
        ([creature(f"Wolf {n}") for n in range(5_001)], "unreadable_vocabulary"),
    ],
)  # fmt: skip
def test_files_that_are_no_vocabulary_are_refused_whole(alice, send, whole, content, code):
    assert refused(send(alice, content))[0] == code
    assert not VocabularyEntry.objects.filter(campaign=whole).exists()


def test_there_are_limits_of_bytes_and_of_names(alice, url, send, whole, monkeypatch):
    large = post(alice, url, b"[" + b" " * vocabulary.MOST_BYTES)
    assert (large.status_code, large.json()["error_code"]) == (413, "file_too_large")
    monkeypatch.setattr(vocabulary, "MOST_KEPT", 3)
    assert refused(send(alice, OPEN5E))[0] == "vocabulary_full"
    assert not VocabularyEntry.objects.filter(campaign=whole).exists()
    monkeypatch.setattr(staging, "MOST_KEPT", 0)
    full = post(alice, url, OPEN5E)
    assert (full.status_code, full.json()["error_code"]) == (409, "vocabulary_full")


def section(campaign, phase, step, **part):
    seen = shown(load(campaign), Part(phase=phase, step=step, **part))
    return {s.title: s.text for s in seen.sections}.get(VOCABULARY, ""), seen.input_hash


def test_a_model_is_shown_the_names_that_suit_its_phase(alice, send, whole):
    plain, before = section(whole, "3A", "roster", codes=["enc01"])
    assert plain == ""
    send(alice, OPEN5E)
    text, after = section(whole, "3A", "roster", codes=["enc01"])
    assert "Wolf (beast, CR 1/4)" in text
    assert "Tarrasque" not in text  # far above this party
    assert "Bag of Holding" not in text
    assert before != after
    assert "Bag of Holding" in section(whole, "2C", "roster", codes=["itm01"])[0]
    assert section(whole, "3C", "rows", table="entity_factions", codes=["ent01"])[0] == ""


def test_rules_meet_creatures_of_the_vocabulary_in_encounters(alice, send, whole):
    codes = list(load(whole).rows("encounters"))
    send(alice, [creature("Dire Newt", "0.125"), creature("Bog Wolf", "0.250")])
    brief = brief_of(load(whole))
    fights = [row for row in write_rows("encounters", codes, brief) if row["creatures"]]
    assert fights
    met = {c["name"] for row in fights for c in row["creatures"]}
    assert met & {"dire newt", "bog wolf"}
    assert write_rows("encounters", codes, brief) == write_rows("encounters", codes, brief)


def test_exports_say_where_names_are_from_and_bring_them_along(alice, send, whole):
    assert SRD_5_1 in load_and_export(whole)["attribution"]
    send(alice, OPEN5E)
    send(alice, OTHERS, kind="creature", source="Mire", attribution="By us, CC0.")
    printed = document(load(whole))
    assert printed.count("By us, CC0.") == 1
    assert "System Reference Document 5.1" in printed
    first = load_and_export(whole)
    assert first["attribution"] == [SRD_5_1, "By us, CC0."]
    again = read(whole.project, json.loads(json.dumps(first, default=str)), name="Once more")
    second = load_and_export(again.campaign)
    assert second["vocabulary"] == first["vocabulary"]
    assert {e["name"] for e in second["vocabulary"]} >= {"Wolf", "Mire Hag"}


def test_the_page_takes_lists_and_forgets_names(alice, vera, whole, work):
    page = f"/projects/{whole.project_id}/worlds/{whole.pk}/vocabulary"
    assert "No names yet" in alice.get(page).content.decode()
    file = SimpleUploadedFile("names.json", json.dumps(OPEN5E).encode())
    assert alice.post(page, {"file": file}, format="multipart").status_code == 302
    work()
    assert (
        "Of the last file 4 names are new, 0 were there already" in alice.get(page).content.decode()
    )
    shown_page = alice.get(page, {"kind": "creature"}).content.decode()
    assert "Owlbear" in shown_page
    assert "Bag of Holding" not in shown_page
    assert "System Reference Document" in shown_page
    bad = SimpleUploadedFile("names.json", b"[1]")
    assert alice.post(page, {"file": bad}, format="multipart").status_code == 302
    work()
    assert "no list of records" in alice.get(page).content.decode()
    bad = SimpleUploadedFile("names.json", b"names")
    answer = alice.post(page, {"file": bad}, format="multipart")
    assert answer.status_code == 422
    assert "no list of records" in answer.content.decode()
    assert vera.get(page).status_code == 403
    assert alice.post(page, {"forget": ""}, format="multipart").status_code == 302
    assert "No names yet" in alice.get(page).content.decode()
