"""Words of one tenant that never reach another, also with any one wall taken away.

Every text of zoe's project holds a canary. Charlie, who is no member, and alice, who has a project of
her own, ask for everything there is. Wall by wall is then removed, and they ask again.
"""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse

from canon.models import Alias, Character
from conftest import client_of, make_user
from storyforge.core import middleware
from storyforge.core.acting import Door, acting_as
from storyforge.core.encryption import EncryptedTextField
from storyforge.jobs.models import Job, JobEvent, JobStep
from storyforge.projects.api import ContentSerializer
from storyforge.projects.models import ContentQuerySet, Project, ProjectQuerySet
from tests.contracts.conftest import rows_of, send, undone, url_of
from tests.contracts.operations import api_operations, filters_of, page_routes
from tests.contracts.rules import RULES
from tests.contracts.rules import Door as Stands
from tests.contracts.test_pages import PAGES, visit
from tests.make import content_models, make

pytestmark = pytest.mark.django_db
CANARY = "canary5b1e"
OPERATIONS = [op for op in api_operations() if RULES[op.key].door != Stands.PUBLIC]
NAMING = [op for op in OPERATIONS if RULES[op.key].door in (Stands.ROW, Stands.NAMED)]
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


@pytest.fixture(scope="module")
def caged(world):
    """Zoe's world."""
    return cage()


def cage():
    """A world of zoe's, with the canary in every text that words can be in."""
    rows = rows_of(make_user("zoe"))
    project = rows[Project]
    JobEvent.objects.create(job=rows[Job], seq=1, type="job.progress", data={"label": CANARY})
    JobStep.objects.create(job=rows[Job], name=CANARY, fence=1, output={"text": CANARY})
    Project.objects.filter(pk=project.pk).update(name=CANARY, description=CANARY)
    for model in content_models():
        names = [f for f in model._meta.concrete_fields if holds_words(f)]
        for row in model.objects.filter(project=project):
            values = {f.attname: word_for(f, number) for number, f in enumerate(names)}
            if values:
                put(model, row.pk, values)
    return rows


def put(model, pk, values):
    """Each text that takes the canary; some are held to a form."""
    for name, value in values.items():
        try:
            with transaction.atomic():
                model.objects.filter(pk=pk).update(**{name: value})
        except IntegrityError:
            continue


def holds_words(field):
    if field.choices or field.name in KEPT or isinstance(field, EncryptedTextField):
        return False
    if isinstance(field, ArrayField):
        return isinstance(field.base_field, models.CharField | models.TextField)
    if isinstance(field, models.CharField):
        return field.max_length >= len(CANARY)
    return type(field) in (models.TextField, models.JSONField, models.BinaryField)


def word_for(field, number):
    if isinstance(field, ArrayField):
        return [CANARY]
    if isinstance(field, models.JSONField):
        return SHAPED.get(str(field), {"word": CANARY})
    return CANARY.encode() if isinstance(field, models.BinaryField) else CANARY


def asked(client, caged):
    """Every reading answer this client gets when it names zoe's rows, by what was asked."""
    for operation in OPERATIONS:
        if operation.method == "get" or operation.key.endswith(("-preview", "-estimate")):
            yield operation.key, send(client, operation, caged)
        if operation.method == "get" and RULES[operation.key].door == Stands.LIST:
            for query in queries(operation, caged):
                with undone():
                    answer = client.get(url_of(operation, caged), query)
                yield f"{operation.key}?{'&'.join(query)}", answer
    for page in page_routes():
        if not PAGES[page.name].public:
            yield page.name, visit(client, page.name, caged)


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
    return {name for name, answer in asked(client, caged) if CANARY in text_of(answer)}


def text_of(answer):
    if getattr(answer, "streaming", False):
        return b"".join(answer.streaming_content).decode(errors="replace")
    return answer.content.decode(errors="replace")


def state_of(project):
    """Everything the project holds, to see whether it changes."""
    with acting_as(None, door=Door.ADMIN):
        return {
            model: list(model.objects.filter(project=project).order_by("pk").values())
            for model in content_models()
        } | {Project: list(Project.objects.filter(pk=project.pk).values())}


@contextmanager
def without_wall(number, monkeypatch):
    """The application with one of its walls taken away."""
    with monkeypatch.context() as patch:
        if number == 1:  # every queryset shows everything, and everybody may everything

            def all_of_them(self, user, action):
                return self.all()

            patch.setattr(ProjectQuerySet, "allowed_to", all_of_them)
            patch.setattr(ContentQuerySet, "allowed_to", all_of_them)
        elif number == 2:  # relations in bodies are not looked at
            patch.setattr(
                ContentSerializer,
                "get_fields",
                super(ContentSerializer, ContentSerializer).get_fields,
            )
            patch.setattr(ContentSerializer, "validate", lambda self, attrs: attrs)
        elif number == 3:  # the database lets everybody pass
            patch.setattr(middleware, "acting_in", lambda request: acting_as(None, door=Door.ADMIN))
        yield


def test_zoe_hears_her_canary_nearly_everywhere(caged):
    """Else its silence elsewhere would prove nothing."""
    heard = songs(client_of(caged[Project].owner), caged)
    assert len(heard) >= 60, sorted(heard)


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_others_hear_nothing_with_any_wall_missing(missing, caged, personas, monkeypatch):
    with without_wall(missing, monkeypatch):
        assert {name: songs(personas[name], caged) for name in ("charlie", "alice", "sarah")} == {
            "charlie": set(),
            "alice": set(),
            "sarah": set(),
        }


def test_without_querysets_and_row_security_it_would_be_heard(caged, personas, monkeypatch):
    """The two walls in front of reading, taken away at once: the tests above do hear."""
    with without_wall(1, monkeypatch), without_wall(3, monkeypatch):
        assert len(songs(personas["charlie"], caged)) >= 60


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_others_change_nothing_with_any_wall_missing(missing, caged, personas, monkeypatch):
    before = state_of(caged[Project])
    with without_wall(missing, monkeypatch), transaction.atomic():
        for operation in NAMING:
            if operation.method != "get":
                for name in ("charlie", "alice"):
                    personas[name].raise_request_exception = False
                    try:
                        change(personas[name], operation, caged)
                    finally:
                        personas[name].raise_request_exception = True
        assert state_of(caged[Project]) == before
        transaction.set_rollback(True)


def change(client, operation, world):
    """Send an unsafe operation, and keep what it writes."""
    rule = RULES[operation.key]
    kind = "multipart" if rule.multipart else "json"
    method = getattr(client, operation.method)
    with transaction.atomic():
        answer = method(url_of(operation, world), data=rule.body(world), format=kind)
        if answer.status_code >= 500:  # refused by the database: nothing of it stays
            transaction.set_rollback(True)


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
