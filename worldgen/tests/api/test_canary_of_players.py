"""WA17: a canary in every secret of a world is told to no player, by no endpoint, filter, order or search."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from storyforge.generation.models import PromptPart, Receipt
from storyforge.jobs.models import Job
from storyforge.projects.models import Membership
from tests.contracts.operations import api_operations, page_routes
from tests.contracts.rules import RULES
from tests.make import make
from worldgen import phases
from worldgen.checking.judging import keep_report
from worldgen.models import (
    Campaign,
    CheckReport,
    GenerationRun,
    PCFact,
    PlayerCharacter,
    ReferenceIssue,
    RosterLine,
    RowChange,
    RowDraft,
    WorldExport,
    WorldUpload,
)
from worldgen.models.fields import Line, Prose
from worldgen.rows import load
from worldgen.tests.whole import new_run

pytestmark = pytest.mark.django_db
CANARY = "canary7d20"
SECRETIVE = ("entities", "quest_hooks", "dungeons")
ABOUT = ("job", "receipt", "player-character", "world", "export-file", "run")
GETS = [
    op
    for op in api_operations()
    if op.method == "get" and ("campaign" in op.route or op.name.startswith(ABOUT))
]


def replaced(value):
    """A value with the canary for each of its texts."""
    if isinstance(value, str):
        return CANARY
    if isinstance(value, list):
        return [replaced(element) for element in value]
    if isinstance(value, dict):
        return {key: replaced(element) for key, element in value.items()}
    return value


def spoil(row, names):
    """Write the canary into these texts of a row."""
    for name in names:
        name, _, key = name.partition("[].")
        field = row._meta.get_field(name)
        if isinstance(field, Prose | Line):
            setattr(row, name, f"{CANARY} {row.pk}"[: field.max_length])
        elif field.get_internal_type() == "JSONField" and key:
            setattr(row, name, [{**e, key: replaced(e[key])} for e in getattr(row, name)])
        elif field.get_internal_type() == "JSONField":
            setattr(row, name, replaced(getattr(row, name)))
    row.save()


@pytest.fixture(scope="module")
def caged(whole, django_db_blocker):
    """The world with the canary in every secret field, every hidden row, and all that game masters keep."""
    with django_db_blocker.unblock():
        cage(whole)
        return whole


def cage(whole):
    hidden = 0
    for model in phases.tables().values():
        rows = model.objects.filter(campaign=whole)
        every = [f.name for f in phases.writable(model) if isinstance(f, Prose | Line)]
        concealed = set()
        if model.hidden_rows is not None:
            concealed = set(rows.filter(model.hidden_rows).values_list("pk", flat=True))
            hidden += len(concealed)
        for row in rows:
            row.extra = {"note": CANARY}
            spoil(row, [*model.gm_fields, *(every if row.pk in concealed else ())])
    assert hidden > 20
    PlayerCharacter.objects.update(backstory=CANARY, goals=[CANARY], bonds=[CANARY])
    PCFact.objects.update(text=CANARY)
    Campaign.objects.filter(pk=whole.pk).update(locks={"facts": [CANARY]}, random_seed=72057594037)


def keep_changes(table_run):
    """A run that was asked for in words, and changed a secret and a hidden row; a second one to compare with."""
    made = table_run.phase_run.run
    params = {"instructions": CANARY, "only": {"planes": [CANARY]}}
    GenerationRun.objects.filter(pk=made.pk).update(params=params, started_at=timezone.now())
    place = {"project": made.project, "campaign": made.campaign}
    for table in ("entities", "quest_hooks"):
        rows = load(made.campaign).tables[table]
        key, row = next((k, r) for k, r in rows.items() if CANARY in str(r.values))
        RowChange.objects.create(
            **place, table_run=table_run, table_name=table, row_id=row.id, row_key=key,
            before={"values": {**row.values, "description": "Before."}, "state": {}}, after_hash="x",
        )  # fmt: skip
    new_run(made.campaign)


@pytest.fixture(scope="module")
def kept(caged, django_db_blocker):
    """What runs leave: drafts, issues, rosters, reports, files, results and receipts."""
    with django_db_blocker.unblock():
        return keep(caged)


def keep(caged):
    place = {"project": caged.project, "campaign": caged}
    run = new_run(caged)
    RosterLine.objects.filter(campaign=caged).update(line=CANARY)
    RowDraft.objects.create(**place, table_run=run, table_name="planes", row_key="pla01", kind="invalid",
                            payload={"name": CANARY})  # fmt: skip
    ReferenceIssue.objects.create(**place, run=run.phase_run.run, table_name="planes", row_key="pla01",
                                  field="x", raw_value=CANARY, reason="unknown", step=6)  # fmt: skip
    keep_changes(run)
    keep_report(caged, [])
    CheckReport.objects.update(
        findings=[{"code": "W01", "table": "", "row": "", "message": CANARY, "blocks": True}]
    )
    WorldExport.objects.create(**place, format="json", filename="w.json", content=CANARY.encode())
    waiting = make(
        Job,
        caged.project,
        kind="world.import",
        status="pending",
        input={"name": "", "dry_run": False},
    )
    WorldUpload.objects.create(
        project=caged.project, job=waiting, filename="w.json", content=CANARY.encode()
    )
    job = make(Job, caged.project, kind="world.run", status="completed", result={"findings": [CANARY]},
               completed_at=timezone.now())  # fmt: skip
    parts = PromptPart.keep(caged.project_id, [CANARY])
    Receipt.objects.create(project=caged.project, job=job, step="write", writer="model", parts=parts,
                           items=[{"title": CANARY, "code": "", "tokens": 1, "state": "", "reason": ""}])  # fmt: skip
    return {Job: job, "key": {"player-characters": "pc1", "pc-facts": "pc1f1"}}


def addresses(whole, kept):
    """Every address that somebody may read about this world."""
    records = {"draft": RowDraft, "export-file": WorldExport, "player-character": PlayerCharacter,
               "job": Job, "receipt": Receipt, "run-": GenerationRun, "campaign": Campaign}  # fmt: skip
    for operation in GETS:
        route = "/" + operation.route.replace("/?$", "").replace("^", "").replace("\\", "")
        rows = next(
            (m.objects.all() for word, m in records.items() if word in operation.name), None
        )
        ids = [row.pk for row in rows] if rows is not None else [whole.pk]
        for table in phases.tables() if "<table>" in route else [""]:
            for pk in ids if "<pk>" in route else [""]:
                yield operation.key, _filled(route, whole, table, pk, kept)


def _filled(route, whole, table, pk, kept):
    model = phases.tables().get(table)
    row = model.objects.filter(campaign=whole).order_by("pk").first() if model else None
    key = next((k for word, k in kept["key"].items() if word in route), row.pk if row else "")
    values = {"campaign_pk": whole.pk, "table": table, "key": key, "pk": pk, "phase": "1A"}
    text = route
    for name, value in values.items():
        start = text.find(f"(?P<{name}>")
        while start >= 0:
            depth, end = 0, start
            while True:
                depth += {"(": 1, ")": -1}.get(text[end], 0)
                end += 1
                if depth == 0:
                    break
            text = text[:start] + str(value) + text[end:]
            start = text.find(f"(?P<{name}>")
    return text.removesuffix("$")


def heard(client, whole, kept, *, once=False):
    """The operations in whose answers the canary sings, and how many answers there were; `once`: one for each address."""
    found, asked = set(), 0
    for key, path in addresses(whole, kept):
        pages = [path] if once or "world-table" not in key else [
            path, f"{path}?page_size=100", f"{path}?search={CANARY}", f"{path}?ordering=-updated_at"
        ]  # fmt: skip
        for page in pages:
            answer = client.get(page)
            asked += 1
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert answer.status_code < 500
            if CANARY in text.decode(errors="replace") or "72057594037" in text.decode(
                errors="replace"
            ):
                found.add(key)
    return found, asked


def test_no_player_hears_the_canary_and_a_game_master_does(alice, vera, caged, kept):
    told, _ = heard(alice, caged, kept, once=True)
    assert {
        "GET world-table", "GET world-row", "GET world-drafts", "GET world-issues", "GET world-roster",
        "GET world-checks", "GET export-file", "GET pc-facts", "GET party", "GET campaign-detail",
        "GET job-result", "GET receipt-prompt", "GET receipt-detail", "GET run-diff",
    } <= told  # fmt: skip
    hers, asked = heard(vera, caged, kept)
    assert hers == set()
    assert asked > 200


def test_runs_are_among_the_addresses_that_players_are_tried_with():
    assert {"run-list", "run-detail", "run-diff"} <= {operation.name for operation in GETS}


def pages(whole):
    """Every page of this world, by name; of its tables, some that have secrets."""
    made, other = GenerationRun.objects.filter(campaign=whole).order_by("created_at")[:2]
    more = {"world_runs": [f"?run={made.pk}", f"?run={other.pk}&against={made.pk}", f"?undo={made.pk}"],
            "world_web": ["?of=factions"]}  # fmt: skip
    draft = RowDraft.objects.filter(campaign=whole).first()
    values = {"project_pk": whole.project_id, "pk": whole.pk, "code": "pc1", "phase": "1A",
              "format": "json", "draft": draft.pk}  # fmt: skip
    for route in page_routes():
        names = re.findall(r"<\w+:(\w+)>", route.route)
        if not route.name.startswith("world") or "pk" not in names:
            continue
        for table in SECRETIVE if "table" in names else [""]:
            first = phases.tables()[table].objects.filter(campaign=whole).first() if table else None
            known = {**values, "table": table, "key": first and first.code}
            path = reverse(route.name, kwargs={name: known[name] for name in names})
            for query in ["", *more.get(route.name, [])]:
                yield route.name, path + query


def test_no_player_hears_the_canary_on_a_page_and_a_game_master_does(alice, vera, caged, kept):
    told, opened = set(), set()
    for name, path in pages(caged):
        for client, found in ((alice, told), (vera, None)):
            answer = client.get(path)
            assert answer.status_code in (200, 403, 404), path
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            sings = CANARY in text.decode(errors="replace")
            if found is not None:
                found |= {name} if sings else set()
                continue
            assert not sings, path
            opened |= {name} if answer.status_code == 200 else set()
    assert {
        "world_runs", "world_drafts", "world_draft", "world_coverage", "world_roster", "world_checks",
        "world_issues", "world_download", "world_row", "world_character", "world_history",
    } <= told  # fmt: skip
    assert {"world", "world_party", "world_table", "world_row", "world_map", "world_web"} <= opened
    assert not opened & {"world_runs", "world_drafts", "world_coverage", "world_roster"}


def test_a_player_may_not_ask_by_a_secret(vera, caged, url):
    refused = 0
    for table, model in phases.tables().items():
        for name in {path.partition("[")[0] for path in model.gm_fields}:
            for query in (f"{name}={CANARY}", f"{name}__gte=1", f"ordering={name}"):
                answer = vera.get(url(f"tables/{table}?{query}"))
                assert answer.status_code in (400, 403), (table, query)
                assert CANARY not in answer.content.decode().replace(query, "")
                refused += 1
        for query in ("search=" + CANARY, "page_size=100"):
            assert CANARY not in vera.get(url(f"tables/{table}?{query}")).content.decode()
    assert refused > 50


def test_a_player_counts_no_hidden_row(vera, alice, caged, url):
    seen = {line["table"]: line["rows"] for line in vera.get(url("tables")).json()}
    for table, count in seen.items():
        assert vera.get(url(f"tables/{table}")).json()["count"] == count
    assert (
        seen["quest_hooks"]
        == 0
        < next(
            line["rows"]
            for line in alice.get(url("tables")).json()
            if line["table"] == "quest_hooks"
        )
    )


def test_nothing_of_a_world_is_written_by_a_player(vera, url):
    member = Membership.objects.get(user=vera.user)
    assert member.role == "viewer"
    for operation in api_operations():
        if operation.method != "get" and "<campaign_pk>" in operation.route:
            assert RULES[operation.key].needs.value != "view", operation.key
    assert vera.post(url("export")).status_code == 403
    assert vera.get(f"/api/v1/drafts/{uuid.uuid4()}").status_code == 404
