"""An account goes with everything of its own, and leaves its name nowhere; before, all of it can be had."""

from __future__ import annotations

import gc
import io
import json
import re
import secrets
import zipfile

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThan, IContains, Regex
from django.test import AsyncRequestFactory, RequestFactory

from conftest import client_of, make_user
from scriptwriter.models import Book, BookFile
from storyforge.accounts.belongings import (
    GO_ALONG,
    IN_MEMORY,
    archive,
    archive_response,
    belongings,
)
from storyforge.accounts.leaving import remove
from storyforge.accounts.models import APIToken, TokenFamily, User
from storyforge.core.downloads import PIECE, streamed
from storyforge.jobs.models import Job
from storyforge.money.models import Account, LedgerEntry
from storyforge.projects.models import Invitation, Membership, Project, ProjectContent
from storyforge.projects.roles import Role
from tests.event_streams import run_loop
from tests.make import make, make_world

NAME = "Alice Quixwood-Ñandú"
SECRET = re.compile(r"argon2|md5\$|pbkdf2|[0-9a-f]{64}")
MODELS = apps.get_models(include_auto_created=True)
NAMES_A_PERSON = re.compile("account|user|actor|person|owner|payer|author|player|member")
TO_USER = [
    field
    for model in MODELS
    for field in model._meta.concrete_fields
    if field.is_relation and field.related_model is User
]


def by_staff(staff, row, changed):
    """What the admin writes down when somebody of the staff changed the row there."""
    LogEntry.objects.log_actions(staff.pk, [row], CHANGE, changed, single_object=True)


@pytest.fixture
def life(project):
    """Alice with a world of her own, as a guest in bob's, and in every list a row about her."""
    user = project.owner
    user.name = NAME
    user.save(update_fields=["name"])
    make_world(project)
    make(LedgerEntry, project)
    APIToken.issue(user, name="laptop", scope="read")
    TokenFamily.start(user)
    bob = make_user("bob")
    his = Project.start(bob, name="His")
    Membership.objects.create(project=his, user=user, role=Role.VIEWER)
    left = Project.start(bob, name="Left")  # where she was once, and is no member any more
    make(Job, left, account=bob, actor=user)
    Membership.objects.create(project=project, user=bob, role=Role.VIEWER)
    make(Invitation, left, email=user.email)
    make_world(his, known={Job: make(Job, his, account=bob, actor=user)})
    for field in TO_USER:  # whoever did something in his project was alice
        if field.remote_field.on_delete is models.SET_NULL and issubclass(
            field.model, ProjectContent
        ):
            field.model.objects.filter(project=his).update(**{field.name: user})
    guest = Membership.objects.get(project=his, user=user)
    in_his = [{"changed": {"name": "membership", "object": str(guest), "fields": ["Role"]}}]
    for row, changed in (
        (user, []),
        (guest, []),
        (Account.of(user.pk), []),
        (APIToken.objects.get(user=user), [{"changed": {"fields": [NAME]}}]),
        (his, in_his),
        (Membership(pk=987_654, user=user, role="editor"), []),  # is gone since
    ):
        by_staff(bob, row, changed)
    return user


@pytest.mark.parametrize("field", TO_USER, ids=str)
def test_each_key_to_a_person_goes_or_becomes_empty(field):
    assert field.remote_field.on_delete in (*GO_ALONG, models.SET_NULL)


def rows_that_name(user_pk, email):
    """Tables with a key or a number of the person, or with the address or name in any text, JSON or bytes."""
    found = [
        str(field)
        for field in TO_USER
        if field.model._default_manager.filter(**{field.attname: user_pk}).exists()
    ]
    for model in MODELS:
        rows = model._default_manager
        fields = model._meta.concrete_fields
        found += [str(f) for f in fields if rows.filter(_names(f, user_pk, email)).exists()]
    return sorted(set(found))


def _names(field, user_pk, email):
    """A condition on this field, whatever it holds."""
    if isinstance(field, models.IntegerField) and NAMES_A_PERSON.search(field.name):
        return models.Q(**{field.attname: user_pk})
    if isinstance(field, models.BinaryField):
        return models.Q(_bytes(field, email) | _bytes(field, NAME))
    if isinstance(field, models.CharField | models.TextField | models.JSONField | ArrayField):
        as_text = Cast(field.name, models.TextField())
        told = models.Q(IContains(as_text, email) | IContains(as_text, NAME))
        told |= models.Q(IContains(as_text, json.dumps(NAME)[1:-1]))  # JSON kept as plain text
        if isinstance(field, models.JSONField):
            number = rf'"[a-z_]*({NAMES_A_PERSON.pattern})[a-z_]*": "?{user_pk}\M'
            told |= models.Q(Regex(as_text, number))
        return told
    return models.Q(pk__in=[])


def _bytes(field, words):
    """Whether the words stand in a field of bytes."""
    place = models.Func(
        models.Value(words.encode()),
        field.name,
        template="position(%(expressions)s)",
        arg_joiner=" IN ",
        output_field=models.IntegerField(),
    )
    return models.Q(GreaterThan(place, 0))


@pytest.mark.django_db
def test_a_deleted_account_leaves_no_row_with_its_id_or_address(life):
    pk, email, payer = life.pk, life.email, life.audit_id
    left = Project.start(make_user("zoe"), name="Left")  # no member any more, but named
    make(Job, left, actor=life)
    assert {
        "accounts.User.name", "admin.LogEntry.object_repr", "admin.LogEntry.change_message",
        "jobs.Job.account", "jobs.Job.actor",
    } <= set(rows_that_name(pk, email))  # fmt: skip
    his = Project.objects.get(name="His")
    kept = {
        m: m.objects.filter(project=his).count() for m in MODELS if issubclass(m, ProjectContent)
    }
    answer = client_of(life).post("/account/data", {"email": email}, format="multipart")
    assert answer.status_code == 200
    assert rows_that_name(pk, email) == []
    assert LogEntry.objects.count() == 6  # that the staff did something, stays
    assert (
        LedgerEntry.objects.filter(payer=payer).count() == 1
    )  # and what was paid, by nobody known
    assert not Project.objects.filter(name="The Lighthouse").exists()
    assert {m: m.objects.filter(project=his).count() for m in kept} == kept


@pytest.mark.django_db
def test_an_account_is_deleted_only_by_its_address(alice):
    client = client_of(alice.user)
    answer = client.post("/account/data", {"email": "bob@example.org"}, format="multipart")
    assert "not the address" in answer.content.decode()
    assert User.objects.filter(pk=alice.user.pk).exists()


def unpack(answer):
    assert answer["Content-Type"] == "application/zip"
    assert "attachment" in answer["Content-Disposition"]
    bundle = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    rows = {n[:-5]: json.loads(bundle.read(n)) for n in bundle.namelist() if n.endswith(".json")}
    return bundle, rows


@pytest.mark.django_db
def test_an_export_holds_everything_that_a_deletion_would_remove(life):
    bundle, rows = unpack(client_of(life).post("/account/data/export"))
    mine = {model._meta.label for model, _ in belongings(life)}
    assert mine | {"accounts.AuditEntry", "money.LedgerEntry"} == set(rows)
    assert [entry["job_id"] for entry in rows["money.LedgerEntry"]] == [
        str(LedgerEntry.objects.get().job_id)
    ]
    missing = {m._meta.label for m in MODELS if issubclass(m, ProjectContent)} - mine
    assert missing == set()
    assert all(rows[model._meta.label] for model in MODELS if issubclass(model, ProjectContent))
    file = BookFile.objects.get(project__name="The Lighthouse")
    assert bundle.read(f"files/scriptwriter.BookFile/{file.pk}.content") == bytes(file.content)


@pytest.mark.django_db
def test_an_export_holds_nothing_of_others_and_no_secret(life):
    bundle, rows = unpack(client_of(life).post("/account/data/export"))
    text = b"".join(bundle.read(name) for name in bundle.namelist()).decode(errors="ignore")
    assert "bob@example.org" not in text
    his = str(Project.objects.get(name="His").pk)
    assert {label for label in rows if his in json.dumps(rows[label])} == {"projects.Membership"}
    assert [u["email"] for u in rows["accounts.User"]] == ["alice@example.org"]
    accounts = json.dumps([rows[label] for label in rows if label.startswith(("accounts", "mfa"))])
    assert not SECRET.search(accounts)


@pytest.mark.django_db
def test_a_client_takes_everything_and_leaves_with_its_owners_password(life):
    client = client_of(life)
    wrong, right = {"current_password": "not it"}, {"current_password": "a long password 1"}
    assert client.post("/api/v1/account/export", wrong).json()["error_code"] == "password_needed"
    assert client.delete("/api/v1/account", wrong).json()["error_code"] == "password_needed"
    _, rows = unpack(client.post("/api/v1/account/export", right))
    assert rows["projects.Project"]
    pk, email = life.pk, life.email
    assert client.delete("/api/v1/account", right).status_code == 204
    assert rows_that_name(pk, email) == []


@pytest.mark.django_db
def test_an_account_deleted_by_staff_leaves_as_little(life, sarah):
    pk, email = life.pk, life.email
    by_staff(sarah.user, life, [])
    page = sarah.post(f"/admin/accounts/user/{pk}/delete/", {"post": "yes"}, format="multipart")
    assert page.status_code == 302
    assert rows_that_name(pk, email) == []
    assert LogEntry.objects.filter(user=sarah.user, action_flag=DELETION).exists()


@pytest.mark.django_db
def test_names_of_others_stay_in_the_staffs_log(life):
    bob = User.objects.get(email="bob@example.org")
    for word in ("Alice", "wood-Ñandú", "Quixwood"):
        User.objects.filter(pk=bob.pk).update(name=word)
        by_staff(bob, User.objects.get(pk=bob.pk), [])
    by_staff(bob, make(Book, Project.objects.get(name="His"), title=NAME), [])  # no row of people
    remove(life)
    kept = set(LogEntry.objects.exclude(object_repr="").values_list("object_repr", flat=True))
    assert kept == {"Alice", "wood-Ñandú", "Quixwood", "His", NAME}


@pytest.mark.django_db
def test_a_long_archive_is_sent_piece_by_piece(life):
    """From the file it was written to: nobody holds it in memory."""
    noise = secrets.token_bytes(IN_MEMORY + 1)
    make(BookFile, Project.objects.get(name="The Lighthouse"), content=noise)
    answer = client_of(life).post("/account/data/export")
    assert answer.streaming
    pieces = [len(piece) for piece in answer.streaming_content]
    assert max(pieces) <= PIECE
    assert sum(pieces) == int(answer["Content-Length"]) > IN_MEMORY


@pytest.mark.django_db
def test_a_server_of_coroutines_gets_it_piece_by_piece_too(life):
    request = AsyncRequestFactory().post("/account/data/export")
    answer = archive_response(request, life)
    assert answer.is_async

    async def read():
        return b"".join([piece async for piece in answer])

    bundle = zipfile.ZipFile(io.BytesIO(run_loop(read())))
    assert "accounts.User.json" in bundle.namelist()
    answer.close()


@pytest.mark.django_db
def test_an_archive_that_nobody_reads_is_closed(life):
    file = archive(life, at="now")
    answer = streamed(RequestFactory().get("/"), file, filename="a.zip", media_type="a/b")
    assert not file.closed
    del answer
    gc.collect()
    assert file.closed
