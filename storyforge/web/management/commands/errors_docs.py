from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from storyforge.web.codes import catalog


class Command(BaseCommand):
    """Print docs/errors.md from the error classes."""

    help = "Print the page of error codes."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        lines = [
            "# Error codes",
            "",
            "Every refusal is an RFC 9457 problem document with a stable `error_code`. A job that failed",
            "carries the same code in its `error`; the status then says how it would answer a request.",
            "Where a retry may help, a job tries again by itself.",
            "This page is printed by `manage.py errors_docs`.",
            "",
            "| error_code | status | a retry may help | meaning |",
            "| --- | --: | --- | --- |",
        ]
        for entry in sorted(catalog().values(), key=lambda e: e.code.lower()):
            retry = "yes" if entry.retryable else "no"
            lines.append(f"| `{entry.code}` | {entry.status} | {retry} | {entry.meaning} |")
        self.stdout.write("\n".join(lines))
