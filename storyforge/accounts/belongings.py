"""Everything that belongs to one person: what an export holds is what a deletion removes."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from storyforge.accounts.models import AuditEntry, User
from storyforge.core.downloads import streamed
from storyforge.core.encryption import EncryptedTextField

IN_MEMORY = 8 * 1024 * 1024  # bytes of an archive before it goes to a file
ROWS_AT_ONCE = 500
# By Django, or by the database itself (`projects.Membership`).
GO_ALONG = (models.CASCADE, models.DO_NOTHING)
# What proves who somebody is, or would open it: of no use to them, and of much to a finder.
SECRET = {
    "accounts.User": {"password"},
    "accounts.APIToken": {"digest", "pepper"},
    "accounts.RefreshToken": {"digest", "pepper"},
    "accounts.TokenFamily": {"stamp"},
    "accounts.Session": {"session_key", "session_data"},
    "mfa.Authenticator": {"data"},
}
README = """Everything Storyforge keeps for {email}, as of {at}.

One file for each kind of thing, named app.Model.json: a list of rows with the names the database uses. Files that you
uploaded lie under files/. Not in here: passwords, keys, and the projects of others that you work in.
"""

Rows = Callable[[User], models.QuerySet[Any]]
_going: list[Rows] = []
_staying: list[Rows] = [lambda user: AuditEntry.objects.filter(actor=user.audit_id)]


def goes_along(rows: Rows) -> Rows:
    """Declare rows that name a person without a key to them: exported, and deleted with the account."""
    _going.append(rows)
    return rows


def stays_nameless(rows: Rows) -> Rows:
    """Declare rows that know a person by their `audit_id`: exported, and kept when that is gone."""
    _staying.append(rows)
    return rows


def named(user: User) -> list[models.QuerySet[Any]]:
    """The rows that name the person without a key to them."""
    return [rows(user) for rows in _going]


def belongings(user: User) -> Iterator[tuple[type[models.Model], models.QuerySet[Any]]]:
    """Each model that goes when the person goes, with those of its rows, owners before what they own.

    Follows the foreign keys that cascade, from the person outwards. A model is met by its shortest way: a
    membership by its member, not by the project, so that it is one's own and not everybody's.
    """
    yield User, User.objects.filter(pk=user.pk)
    found: dict[type[models.Model], models.QuerySet[Any]] = {User: User.objects.filter(pk=user.pk)}
    edge: list[type[models.Model]] = [User]
    while edge:
        owner = edge.pop(0)
        for relation in _pointing_to(owner):
            child = relation.related_model
            if relation.on_delete not in GO_ALONG or child in found:
                continue
            owners = found[owner].values("pk")
            found[child] = child._default_manager.filter(**{f"{relation.field.name}__in": owners})
            edge.append(child)
            yield child, found[child]


def _pointing_to(model: type[models.Model]) -> list[Any]:
    """The foreign keys to a model, those without a name from the other side among them."""
    fields = model._meta.get_fields(include_hidden=True)
    return [
        f for f in fields if f.auto_created and not f.concrete and (f.one_to_many or f.one_to_one)
    ]


def archive_response(request: HttpRequest, user: User) -> StreamingHttpResponse:
    """The archive as a download."""
    now = timezone.now()
    return streamed(
        request,
        archive(user, at=now.isoformat(timespec="seconds")),
        filename=f"storyforge-{now:%Y-%m-%d}.zip",
        media_type="application/zip",
    )


def archive(user: User, *, at: str) -> IO[bytes]:
    """A ZIP of everything, open at its beginning: in memory while it is short, then in a file of its own.

    Rows are read in pieces, files one at a time.
    """
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller reads it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("README.txt", README.format(email=user.email, at=at))
        also = {rows.model: rows for rows in named(user)}
        for model, rows in belongings(user):
            _write(bundle, model, rows | also.pop(model) if model in also else rows)
        for rows in (*also.values(), *(each(user) for each in _staying)):
            _write(bundle, rows.model, rows)
    file.seek(0)
    return file


def _write(bundle: zipfile.ZipFile, model: type[models.Model], rows: models.QuerySet[Any]) -> None:
    label = model._meta.label
    names = [field.attname for field in _shown(model)]
    blobs = [f.attname for f in _shown(model) if isinstance(f, models.BinaryField)]
    plain = [name for name in names if name not in blobs]
    kept = rows.order_by("pk")
    with bundle.open(f"{label}.json", "w", force_zip64=True) as out:
        before = b"["
        for row in kept.values(*plain).iterator(chunk_size=ROWS_AT_ONCE):
            out.write(before + b"\n" + json.dumps(row, cls=DjangoJSONEncoder).encode())
            before = b","
        out.write(b"[]\n" if before == b"[" else b"\n]\n")
    if blobs:
        for row in kept.values("pk", *blobs).iterator(chunk_size=1):
            for name in blobs:
                bundle.writestr(f"files/{label}/{row['pk']}.{name}", bytes(row[name] or b""))


def _shown(model: type[models.Model]) -> list[Any]:
    hidden = SECRET.get(model._meta.label, set())
    return [
        field
        for field in model._meta.concrete_fields
        if field.attname not in hidden and not isinstance(field, EncryptedTextField)
    ]
