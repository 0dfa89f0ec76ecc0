"""An account goes with everything of its own, and leaves its name nowhere; before, all of it can be had."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Cast

from conftest import client_of, make_user
from scriptwriter.models import BookFile
from storyforge.accounts.belongings import GO_ALONG, belongings
from storyforge.accounts.models import APIToken, TokenFamily, User
from storyforge.jobs.models import Job
from storyforge.projects.models import Membership, Project, ProjectContent
from storyforge.projects.roles import Role
from tests.make import make, make_world

SECRET = re.compile(r"argon2|md5\$|pbkdf2|[0-9a-f]{64}")
MODELS = apps.get_models(include_auto_created=True)
TO_USER = [
    field
    for model in MODELS
    for field in model._meta.concrete_fields
    if field.is_relation and field.related_model is User
]


@pytest.fixture
def life(project):
    """Alice with a world of her own, as a guest in bob's, and in every list a row about her."""
    user = project.owner
    make_world(project)
    APIToken.issue(user, name="laptop", scope="read")
    TokenFamily.start(user)
    bob = make_user("bob")
    his = Project.start(bob, name="His")
    Membership.objects.create(project=his, user=user, role=Role.VIEWER)
    left = Project.start(bob, name="Left")  # where she was once, and is no member any more
    make(Job, left, account=bob, actor=user)
    Membership.objects.create(project=project, user=bob, role=Role.VIEWER)
    make_world(his, known={Job: make(Job, his, account=bob, actor=user)})
    for field in TO_USER:  # whoever did something in his project was alice
        if field.remote_field.on_delete is models.SET_NULL and issubclass(
            field.model, ProjectContent
        ):
            field.model.objects.filter(project=his).update(**{field.name: user})
    LogEntry.objects.create(
        user=bob,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk),
        object_repr="alice@example.org",
        action_flag=CHANGE,
    )
    return user


@pytest.mark.parametrize("field", TO_USER, ids=str)
def test_each_key_to_a_person_goes_or_becomes_empty(field):
    assert field.remote_field.on_delete in (*GO_ALONG, models.SET_NULL)


def rows_that_name(user_pk, email):
    """Tables with a key to the person, or with the address in any text or JSON."""
    found = [
        str(field)
        for field in TO_USER
        if field.model._default_manager.filter(**{field.attname: user_pk}).exists()
    ]
    for model in MODELS:
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField | models.JSONField):
                texts = model._default_manager.annotate(
                    as_text=Cast(field.name, models.TextField())
                )
                if texts.filter(as_text__icontains=email).exists():
                    found.append(str(field))
    return found


@pytest.mark.django_db
def test_a_deleted_account_leaves_no_row_with_its_id_or_address(life):
    pk, email = life.pk, life.email
    left = Project.start(make_user("zoe"), name="Left")  # no member any more, but named
    make(Job, left, actor=life)
    assert len(rows_that_name(pk, email)) > 5
    his = Project.objects.get(name="His")
    kept = {
        m: m.objects.filter(project=his).count() for m in MODELS if issubclass(m, ProjectContent)
    }
    answer = client_of(life).post("/account/data", {"email": email}, format="multipart")
    assert answer.status_code == 200
    assert rows_that_name(pk, email) == []
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
    bundle = zipfile.ZipFile(io.BytesIO(answer.content))
    rows = {n[:-5]: json.loads(bundle.read(n)) for n in bundle.namelist() if n.endswith(".json")}
    return bundle, rows


@pytest.mark.django_db
def test_an_export_holds_everything_that_a_deletion_would_remove(life):
    bundle, rows = unpack(client_of(life).post("/account/data/export"))
    mine = {model._meta.label for model, _ in belongings(life)}
    assert mine | {"accounts.AuditEntry"} == set(rows)
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
