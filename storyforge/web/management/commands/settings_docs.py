from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from storyforge.env import DECLARED


class Command(BaseCommand):
    """Print docs/settings.md from the settings as they are declared."""

    help = "Print the settings page."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        lines = [
            "# Settings",
            "",
            "Read from the environment at the start; a value of the wrong type stops it with one line.",
            "In place of any `NAME`, `NAME_FILE` may name a file that holds it, as container engines, systemd and vaults",
            "hand secrets over.",
            "This page is printed by `manage.py settings_docs`.",
            "",
            "| variable | type | default | meaning |",
            "| --- | --- | --- | --- |",
        ]
        for s in sorted(DECLARED.values(), key=lambda s: s.name):
            default = "(the project's `var/`)" if s.name == "STORYFORGE_DATA" else s.default
            lines.append(f"| `{s.name}` | {s.kind} | {default} | {s.help} |")
        self.stdout.write("\n".join(lines))
