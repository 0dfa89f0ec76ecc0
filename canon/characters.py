"""Making characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from canon.models import Character, next_code
from storyforge.projects.models import Project


def new_character(*, project: Project, **fields: Any) -> Character:
    """Make one character with the next free code; what it is given counts as confirmed."""
    with transaction.atomic():
        row = Character(project=project, **fields)
        for name in Character.PROFILE:
            if fields.get(name):
                row.confirm(name)
        return add_characters(project, [row])[0]


def add_characters(project: Project, rows: Sequence[Character]) -> list[Character]:
    """Insert the rows with fresh codes, in order, in one INSERT. Call inside a transaction."""
    Project.objects.select_for_update().get(pk=project.pk)  # two imports must not meet on a code
    first = next_code(Character, project, "c")
    for number, row in enumerate(rows, start=first):
        row.code = f"c{number}"
    return Character.objects.bulk_create(rows)
