"""Django's `migrate`, which does not stand in the way of those who work meanwhile."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from storyforge.core.migrating import patiently


class Command(migrate.Command):
    """A migration that does not get its locks at once is rolled back and tried again."""

    def handle(self, *args: Any, **options: Any) -> None:
        database = connections[options["database"]]

        def execute(sql: str) -> None:
            with database.cursor() as cursor:
                cursor.execute(sql)

        patiently(execute, lambda: super(Command, self).handle(*args, **options))
