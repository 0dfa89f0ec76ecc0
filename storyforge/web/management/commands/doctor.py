from __future__ import annotations

import os
import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from storyforge.ai.config import get_text_provider, has_text_provider
from storyforge.core.health import Finding, check_broker, check_database
from storyforge.jobs.models import Worker
from storyforge.projects.masonry import faults

EMBEDDED = (
    "DATABASE_URL is not set. To look at the embedded servers, as `make run` starts them:\n"
    "  .venv/bin/python -m storyforge.launcher manage doctor"
)


class Command(BaseCommand):
    """What is configured, what answers, what is missing; exit code 1 when something is."""

    help = "Say what is configured, reachable and missing."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        findings = [
            self._key(),
            check_database(),
            check_broker(),
            self._walls(),
            self._workers(),
            self._writer(),
        ]
        for finding in findings:
            self.stdout.write(
                f"{'ok     ' if finding.ok else 'missing'}  {finding.name}: {finding.detail}"
            )
        if not all(finding.ok for finding in findings):
            if not os.environ.get("DATABASE_URL"):
                self.stdout.write(EMBEDDED)
            sys.exit(1)

    def _key(self) -> Finding:
        try:
            settings.SECRET_KEY  # noqa: B018 - Django refuses to give an empty one
        except ImproperlyConfigured:
            return Finding(name="secret key", ok=False, detail="SECRET_KEY is not set")
        return Finding(name="secret key", ok=True, detail="set")

    def _walls(self) -> Finding:
        """Row security and the keys that tie rows to one project: without them nothing looks broken."""
        try:
            found = faults()
        except DatabaseError:
            return Finding(name="walls", ok=False, detail="unknown while the database is away")
        detail = "; ".join(found) if found else "row security stands on every table of projects"
        return Finding(name="walls", ok=not found, detail=detail)

    def _workers(self) -> Finding:
        try:
            names = [f"{w.name} ({', '.join(w.queues)})" for w in Worker.alive()]
        except DatabaseError:
            return Finding(name="workers", ok=False, detail="unknown while the database is away")
        detail = "; ".join(names) or "none beats; jobs wait until one starts"
        return Finding(name="workers", ok=bool(names), detail=detail)

    def _writer(self) -> Finding:
        if not has_text_provider():
            detail = "rules (no ANTHROPIC_API_KEY, no AI_TEXT_BASE_URL)"
            return Finding(name="writer", ok=True, detail=detail)
        where = settings.AI_TEXT_BASE_URL or "Anthropic"
        return Finding(name="writer", ok=True, detail=f"{get_text_provider().model} at {where}")
