"""Words of one tenant that never reach another, also with any one wall taken away.

Every text of zoe's project holds a canary, and so do her name, her address and what she signs in with. Charlie,
who is no member, alice, who has a project of her own, sarah, who is staff, and xenia, who was a member, ask for
everything there is. Wall by wall is then removed, and they ask again.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import defaultdict
from contextlib import contextmanager
from functools import cache

import pytest
from asgiref.sync import async_to_sync
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, connection, models, transaction
from django.test import AsyncClient
from django.urls import reverse

from canon.models import Alias, Character
from conftest import client_of, make_user
from scriptwriter.models import Book, ScriptVersion
from storyforge.accounts.models import APIToken, ProviderKey, Session, TokenFamily, User
from storyforge.core import middleware
from storyforge.core.acting import Door, acting_as
from storyforge.core.downloads import link
from storyforge.core.encryption import EncryptedTextField
from storyforge.jobs import polling, runner, targets
from storyforge.jobs.models import IdempotencyKey, Job, JobEvent, JobStep
from storyforge.projects import access
from storyforge.projects.api import ContentSerializer
from storyforge.projects.models import Membership, Project
from tests.contracts.conftest import passing_by, rows_of, send, undone, url_of
from tests.contracts.operations import (
    api_operations,
    filters_of,
    outer_operations,
    page_routes,
)
from tests.contracts.rules import RULES
from tests.contracts.rules import Door as Stands
from tests.contracts.test_pages import PAGES, visit
from tests.event_streams import no_other_loop
from tests.make import content_models, make

pytestmark = pytest.mark.django_db
CANARY = "canary5b1e"
OPERATIONS = [
    op
    for op in (*api_operations(), *outer_operations())
    if RULES[op.key].door not in (Stands.PUBLIC, Stands.STAFF)
]
NAMING = [op for op in OPERATIONS if RULES[op.key].door in (Stands.ROW, Stands.NAMED, Stands.OWN)]
UNSAFE = [op for op in NAMING if op.method != "get"]
PASSWORD = {"current_password": "a long password 1"}
SHAPED = {  # what clients are shown by its parts
    "jobs.Job.error": {
        "error_code": "invalid_output", "message": CANARY, "retryable": False, "attempts": 1,
    },
    "scriptwriter.ScriptVersion.title_page": [["Title", CANARY]],
    "worldgen.CheckReport.findings": [
        {"code": "W01", "table": CANARY, "row": CANARY, "message": CANARY, "blocks": True}
    ],
    "webhooks.Delivery.tries": [
        {"at": "2026-01-01T00:00:00Z", "status": 500, "error_code": CANARY, "seconds": 1.0}
    ],
}  # fmt: skip
KEPT = ("kind", "code", "sha256", "prompt_hash", "text_hash", "content_hash")  # no words
# Texts that the database refuses: a job without a parent has no key of a unit.
REFUSED = ["Job.unit_key"]
# What tells zoe of herself, and so tells others of themselves; four are pages of nothing, with her name on them.
OF_HERSELF = {
    "GET me", "GET auth-me", "GET sessions", "GET token-list", "the account as a file", "passkey_make_options",
    "GET token-list?ids&target&job&book&script&search&q&project", "file", "remove_factor", "world_draft",
    "invitation",
}  # fmt: skip


FILES = {  # that are offered under signed links, and their keys
    "script": (lambda world: world[ScriptVersion].pk, lambda world: "fountain"),
    "book": (lambda world: world[Book].pk,),
    "usage": (),
}
#: Where words of a project come out, by what an answer is called. The first that fits; the others are plain answers.
CHANNELS = {
    "receipts": re.compile("receipt"),
    "prompts": re.compile("-preview|prompt"),
    "webhooks": re.compile("webhook|deliver"),
    "events": re.compile("event"),
    "exports": re.compile("export|file|download"),
    "searches": re.compile(r"\?.*\b(search|q)\b"),
    "lists": re.compile(r"-list\b|\?"),
    "responses": re.compile(""),
}
SAID = re.compile(rf"{CANARY}x(\d+)x")
# Texts of our own wording that nobody is told, not even their owner; one the database refuses the canary in.
UNTOLD = {
    "worldgen.RosterLine.parent_code", "scriptwriter.Book.format", "scriptwriter.VersionScene.number_label",
    "jobs.Job.unit_key",
}  # fmt: skip


@pytest.fixture(scope="module")
def caged(world):
    """Zoe's world."""
    return cage()


@pytest.fixture(scope="module")
def listeners(caged, personas):
    """Who must hear nothing. Xenia was shown everything, until zoe removed her."""
    xenia = make_user("xenia")
    client, where = client_of(xenia), reverse("project-detail", args=[caged[Project].pk])

    def look():
        assert client.get(where).json()["name"] == CANARY

    passing_by(caged[Project], xenia, look)
    connection.check_constraints()  # once, not at the end of each test
    return {name: personas[name] for name in ("charlie", "alice", "sarah")} | {"xenia": client}


def cage():
    """A world of zoe's, with the canary in every text that words can be in."""
    rows = rows_of(make_user("zoe"))
    project = rows[Project]
    JobEvent.objects.create(job=rows[Job], seq=1, type="job.progress", data={"label": CANARY})
    JobStep.objects.create(job=rows[Job], name=CANARY, fence=1, output={"text": CANARY})
    Project.objects.filter(pk=project.pk).update(name=CANARY, description=CANARY)
    for model, names in texts():
        values = {f.attname: word_for(f) for f in names}
        for row in model.objects.filter(project=project) if values else ():
            put(model, row.pk, values)
    cage_account(project.owner, rows[Job])
    return rows


def cage_account(zoe, job):
    """The canary in what is known of a person, and in an answer that she got."""
    User.objects.filter(pk=zoe.pk).update(name=CANARY, email=f"{CANARY}@example.org")
    APIToken.objects.filter(user=zoe).update(name=CANARY)
    Session.objects.filter(user=zoe).update(agent=CANARY)
    TokenFamily.start(zoe, agent=CANARY)
    body = json.dumps({"id": str(job.pk), "label": CANARY})
    IdempotencyKey.objects.create(actor=zoe, key=CANARY, fingerprint="0", job=job, body=body)


def texts():
    """Each model of content with its fields that words can be in."""
    for model in content_models():
        yield model, [f for f in model._meta.concrete_fields if holds_words(f)]


def put(model, pk, values):
    """All texts at once, or one by one those that take the canary; the names of the others."""
    try:
        with transaction.atomic():
            model.objects.filter(pk=pk).update(**values)
    except IntegrityError:
        if len(values) == 1:
            return [f"{model.__name__}.{name}" for name in values]
        return [no for name in values for no in put(model, pk, {name: values[name]})]
    return []


def holds_words(field):
    if field.choices or field.name in KEPT or isinstance(field, EncryptedTextField):
        return False
    if isinstance(field, ArrayField):
        return isinstance(field.base_field, models.CharField | models.TextField)
    if isinstance(field, models.CharField):
        return field.max_length >= len(CANARY)
    return type(field) in (models.TextField, models.JSONField, models.BinaryField)


@cache
def numbers():
    """A number for each text, by its field."""
    return {str(field): number for number, field in enumerate(f for _, fs in texts() for f in fs)}


def word_for(field):
    """The canary, with the field's number where there is room for it."""
    word = f"{CANARY}x{numbers()[str(field)]:03}x"
    if isinstance(field, ArrayField):
        return [word]
    if isinstance(field, models.JSONField):
        shaped = SHAPED.get(str(field), {"word": CANARY})
        return json.loads(json.dumps(shaped).replace(CANARY, word))
    if isinstance(field, models.BinaryField):
        return word.encode()
    return word[: field.max_length]


def asked(client, caged):
    """Every reading answer this client gets when it names zoe's rows, by what was asked."""
    for operation in OPERATIONS:
        if operation.method == "get" or operation.key.endswith(("-preview", "-estimate")):
            yield operation.key, text_of(send(client, operation, caged))
        if operation.method == "get" and RULES[operation.key].door == Stands.LIST:
            for query in queries(operation, caged):
                with undone():
                    answer = client.get(url_of(operation, caged), query)
                yield f"{operation.key}?{'&'.join(query)}", text_of(answer)
    for page in page_routes():
        if not PAGES[page.name].public:
            yield page.name, text_of(visit(client, page.name, caged))
    user = User.objects.get(pk=client.session["_auth_user_id"])
    for name, keys in FILES.items():
        where = link(user, name, *(key(caged) for key in keys))
        yield f"file of a {name}", text_of(client.get(where))
    with no_other_loop():
        told = streamed(client, reverse("job-events", args=[caged[Job].pk]))
    yield "events as a stream", told
    with undone():
        yield "the account as a file", unpacked(client.post(reverse("account-export"), PASSWORD))
        key = {"Idempotency-Key": CANARY}
        body = RULES["POST job-list"].body(caged)
        yield "her key again", text_of(client.post(reverse("job-list"), body, headers=key))


@async_to_sync
async def streamed(client, url):
    """All that a stream of an ended job tells, over ASGI."""
    reader = AsyncClient()
    reader.cookies = client.cookies.copy()
    answer = await reader.get(url, headers={"accept": "text/event-stream"})
    if answer.streaming:
        return b"".join([piece async for piece in answer.streaming_content]).decode()
    return answer.content.decode()


def unpacked(answer):
    """The text of every file in an archive."""
    assert answer["Content-Type"] == "application/zip", answer.content
    bundle = zipfile.ZipFile(io.BytesIO(b"".join(answer) if answer.streaming else answer.content))
    return b"".join(bundle.read(name) for name in bundle.namelist()).decode(errors="replace")


def queries(operation, caged):
    """What a list is asked with: each filter that it has, and all the other names at once."""
    wanted = dict.fromkeys(("ids", "target", "job", "book", "script"), caged[Job].pk)
    wanted |= {"search": CANARY, "q": CANARY, "project": caged[Project].pk}
    known = filters_of(operation.view)
    return [
        *({name: value} for name, value in wanted.items() if name in known),
        {name: value for name, value in wanted.items() if name not in known},
    ]


def songs(client, caged):
    """Where the canary is heard."""
    return {name for name, text in asked(client, caged) if CANARY in text}


def text_of(answer):
    if getattr(answer, "streaming", False):
        return b"".join(answer.streaming_content).decode(errors="replace")
    return answer.content.decode(errors="replace")


def state_of(project):
    """Everything the project holds and what zoe signs in with, to see whether it changes."""
    with acting_as(None, door=Door.ADMIN):
        rows = {model: model.objects.filter(project=project) for model in content_models()}
        rows[Project] = Project.objects.filter(pk=project.pk)
        rows[Membership] = Membership.objects.filter(project=project)
        for model in (APIToken, Session, TokenFamily, ProviderKey, IdempotencyKey):
            name = "actor" if model is IdempotencyKey else "user"
            rows[model] = model.objects.filter(**{name: project.owner_id})
        return {model: list(found.order_by("pk").values()) for model, found in rows.items()}


@contextmanager
def without_wall(number, monkeypatch):
    """The application with one of its walls taken away."""
    with monkeypatch.context() as patch:
        if number == 1:  # whoever asks whether somebody may, by queryset or in SQL, hears yes
            owner = "JOIN projects_membership member ON member.project_id = content.project_id AND member.role = 'owner'"
            for module in (access, polling, targets):
                patch.setattr(module, "MEMBER", owner)
            everything = classmethod(
                lambda cls, *_: cls.objects.values_list("project_id", flat=True)
            )
            patch.setattr(Membership, "granted", everything)
        elif number == 2:  # relations in bodies are not looked at
            patch.setattr(
                ContentSerializer,
                "get_fields",
                super(ContentSerializer, ContentSerializer).get_fields,
            )
            patch.setattr(ContentSerializer, "validate", lambda self, attrs: attrs)
        elif number == 3:  # the database lets everybody pass
            patch.setattr(middleware, "acting_in", lambda request: acting_as(None, door=Door.ADMIN))
            patch.setattr(runner, "acting_as", lambda user: acting_as(user, door=Door.ADMIN))
        forget_statements()
        yield
    forget_statements()


def forget_statements():
    """What was written out with the word of a wall is written out anew."""
    for written in (access._shapes, polling._shape, targets._prepared):
        written.cache_clear()


def test_the_database_refuses_the_canary_in_these_texts_only(caged):
    refused = set()
    with undone():
        for model, names in texts():
            for row in model.objects.filter(project=caged[Project]) if names else ():
                refused |= set(put(model, row.pk, {f.attname: word_for(f) for f in names}))
    assert sorted(refused) == REFUSED


def test_without_querysets_and_row_security_strangers_hear_and_do_what_zoe_does(
    caged, listeners, monkeypatch
):
    """The walls in front of reading, taken away at once. Else silence behind one of them would prove nothing."""
    zoe = client_of(caged[Project].owner)
    answers = defaultdict(str)
    for name, text in asked(zoe, caged):
        answers[name] += text
    hers, done = {n for n, text in answers.items() if CANARY in text}, successes(zoe, caged)
    every_text_is_told_to_its_owner_in_every_way(answers)
    with without_wall(1, monkeypatch), without_wall(3, monkeypatch):
        heard = songs(listeners["charlie"], caged)
        did = successes(listeners["charlie"], caged)
    assert (hers - heard, heard - hers) == (OF_HERSELF, set())
    assert (done - did, did - done) == (set(), set())
    assert (len(hers) >= 150, len(done) >= 90) == (True, True)


def every_text_is_told_to_its_owner_in_every_way(answers):
    """Where the canary of a field is never heard, or a channel is silent, silence before others would prove nothing."""
    sung = {name: text for name, text in answers.items() if CANARY in text}
    heard = {next(c for c, pattern in CHANNELS.items() if pattern.search(name)) for name in sung}
    told = {int(number) for text in sung.values() for number in SAID.findall(text)}
    assert {field for field, number in numbers().items() if number not in told} == UNTOLD
    assert heard == set(CHANNELS)


def successes(client, caged):
    """The unsafe operations on zoe's rows that this client succeeds with."""
    naming = [op for op in UNSAFE if RULES[op.key].door != Stands.OWN]
    with to_the_end(client):
        return {op.key for op in naming if send(client, op, caged).status_code < 300}


@contextmanager
def to_the_end(client):
    """What breaks is answered with 500, as it would be: canaries in columns of code, and what walls refuse."""
    client.raise_request_exception = False
    yield
    client.raise_request_exception = True


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_others_hear_nothing_with_any_wall_missing(missing, caged, listeners, monkeypatch):
    # Who was a member is a stranger and more; the staff's own ways are none of these walls.
    here = listeners if missing == 0 else {name: listeners[name] for name in ("alice", "xenia")}
    with without_wall(missing, monkeypatch):
        heard = {name: songs(client, caged) for name, client in here.items()}
    assert heard == {name: set() for name in here}


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_others_change_nothing_with_any_wall_missing(missing, caged, listeners, monkeypatch):
    before = state_of(caged[Project])
    with without_wall(missing, monkeypatch), transaction.atomic():
        heard = changes(caged, [listeners[name] for name in ("charlie", "alice")])
        after = state_of(caged[Project])
        transaction.set_rollback(True)
    assert after == before
    assert heard == set()


def changes(caged, clients):
    """Send every unsafe operation that names zoe's rows; those whose answer holds the canary."""
    heard = set()
    for operation in UNSAFE:
        for client in clients:
            with to_the_end(client):
                answer = change(client, operation, caged)
            heard |= {operation.key} if CANARY in text_of(answer) else set()
    return heard


def change(client, operation, world):
    """Send an unsafe operation, and keep what it writes."""
    rule = RULES[operation.key]
    kind = "multipart" if rule.multipart else "json"
    method = getattr(client, operation.method)
    with transaction.atomic():
        answer = method(url_of(operation, world), data=rule.body(world), format=kind)
        if answer.status_code >= 500:  # refused by the database: nothing of it stays
            transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_a_body_ties_no_rows_of_two_projects_with_any_wall_missing(
    missing, caged, world, personas, monkeypatch
):
    """A foreign row, and one of a second project of hers, which she sees: its key is refused at last."""
    second = Project.start(world[Project].owner, name="Second")
    url, body = reverse("alias-list"), {"project": str(world[Project].pk), "text": "the captain"}
    with without_wall(missing, monkeypatch):
        for theirs in (caged[Character], make(Character, second)):
            with pytest.raises(Refused) as refused, transaction.atomic():
                tie(personas["alice"], url, {**body, "character": str(theirs.pk)})
            by_database = isinstance(refused.value.__cause__, IntegrityError)
            assert by_database == (missing == 2 and theirs.project_id == second.pk)
    assert not Alias.objects.filter(text="the captain").exists()


class Refused(Exception):
    """By the application or by the database."""


def tie(client, url, body):
    answer = client.post(url, body)
    if answer.status_code == 400:
        raise Refused
    assert answer.status_code == 201
    try:
        connection.check_constraints()
    except IntegrityError as error:
        raise Refused from error


def test_every_model_of_content_can_hold_the_canary_or_has_no_words(caged):
    silent = {
        model._meta.label
        for model in content_models()
        if any(holds_words(f) for f in model._meta.concrete_fields)
        and not any(
            CANARY in str(row) for row in model.objects.filter(project=caged[Project]).values()
        )
    }
    assert silent == set()
