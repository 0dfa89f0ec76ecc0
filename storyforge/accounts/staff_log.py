"""Django's log of what staff did in the admin: it keeps names in clear, and outlives the people."""

from __future__ import annotations

import json
import re

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Cast

from storyforge.accounts.belongings import belongings
from storyforge.accounts.models import User


def forget(user: User) -> None:
    """Blank what the log says of a person; that somebody of the staff did something then stays.

    Three ways lead to such entries: the row is one of the person's, the text has their address, or it has
    their name and is about a kind of row that is made for people. Entries of others are left alone where
    a name happens to be a common word.
    """
    logged = set(LogEntry.objects.order_by().values_list("content_type", flat=True).distinct())
    for model, rows in belongings(user):
        kind = ContentType.objects.get_for_model(model)
        if kind.pk in logged:
            keys = rows.annotate(key_as_text=Cast("pk", models.TextField()))
            about = LogEntry.objects.filter(
                content_type=kind, object_id__in=keys.values("key_as_text")
            )
            key = {"object_id": None} if _is_the_person(model) else {}
            about.update(object_repr="", change_message="", **key)
    _blank(LogEntry.objects.all(), user.email)
    if user.name:
        people = ContentType.objects.get_for_models(*_of_people()).values()
        _blank(LogEntry.objects.filter(content_type__in=list(people)), user.name)


def _blank(entries: models.QuerySet[LogEntry], text: str) -> None:
    """Where the words stand alone, in what is shown or in the JSON of what was changed."""
    entries.filter(object_repr__iregex=_alone(text)).update(object_repr="")
    in_json = _alone(json.dumps(text)[1:-1])
    entries.filter(change_message__iregex=in_json).update(change_message="")


def _alone(text: str) -> str:
    return rf"(^|\W){re.escape(text)}(\W|$)"


def _is_the_person(model: type[models.Model]) -> bool:
    """Whether a row of this model has the person's own id."""
    return model is User or model._meta.pk.related_model is User


def _of_people() -> list[type[models.Model]]:
    """Models with a key to a person: their rows are often called after them."""
    return [
        model
        for model in apps.get_models()
        if model is User or any(f.related_model is User for f in model._meta.concrete_fields)
    ]
