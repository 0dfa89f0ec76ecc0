from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

from scriptwriter import versions
from scriptwriter.formats.registry import FORMATS
from scriptwriter.models import SceneCard, Script, ScriptVersion, VersionScene
from storyforge.core.downloads import link
from storyforge.core.errors import NotFound
from storyforge.generation.requests import buttons_for
from storyforge.web.files import FileDoor
from storyforge.web.pages import ProjectPage


class ScriptsPage(ProjectPage):
    """The project's scripts."""

    template_name = "scripts/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["scripts"] = (
            Script.objects.filter(project=self.project)
            .select_related("lock", "book", "chapter")
            .prefetch_related("versions")[:100]
        )
        return context


class ScriptPage(ProjectPage):
    """A script: its scenes, the text of the current one, and what belongs to it."""

    template_name = "scripts/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        script: Script = self.visible(
            Script.objects.select_related("lock", "book", "chapter"), pk=self.kwargs["pk"]
        )
        rows = list(versions.head_tree().filter(version__script=script).order_by("position"))
        for row in rows:
            row.card = SceneCard.model_validate(row.revision.card)
        current = self._current(rows)
        context |= {
            "script": script,
            "version": versions.head(script),
            "scenes": rows,
            "current": current,
            "characters": script.characters.all(),
            "cue_names": sorted({c.name.upper() for c in script.characters.all()}),
            "exports": [name for name, f in FORMATS.items() if f.write],
            "generate_buttons": buttons_for(current.scene, basename="scene") if current else [],
        }
        return context

    def _current(self, rows: list[VersionScene]) -> VersionScene | None:
        wanted = self.request.GET.get("scene", "")
        return next((r for r in rows if str(r.scene_id) == wanted), rows[0] if rows else None)


@dataclass(frozen=True, kw_only=True, slots=True)
class DiffLine:
    """A line of the comparison: same, added or removed."""

    sign: str
    text: str


class ScriptFilePage(FileDoor):
    """The newest version as a file."""

    def link(self) -> str:
        script = self.visible(Script.objects.all(), pk=self.kwargs["pk"])
        version = versions.head(script)
        if version is None:
            raise NotFound
        return link(self.user, "script", version.pk, self.kwargs["format"])


class VersionsPage(ProjectPage):
    """The numbered states of a script, and what changed between two."""

    template_name = "scripts/versions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        script: Script = self.visible(Script.objects.all(), pk=self.kwargs["pk"])
        rows = list(script.versions.select_related("author")[:100])
        new = self._pick(rows, "to", 0)
        old = self._pick(rows, "from", 1)
        context |= {
            "script": script,
            "versions": rows,
            "new": new,
            "old": old,
            "diff": diff(old, new) if old and new else [],
        }
        return context

    def _pick(self, rows: list[ScriptVersion], key: str, default: int) -> ScriptVersion | None:
        wanted = self.request.GET.get(key, "")
        if not wanted:
            return rows[default] if len(rows) > default else None
        found = next((r for r in rows if str(r.number) == wanted), None)
        if found is None:
            raise NotFound
        return found


def diff(old: ScriptVersion, new: ScriptVersion) -> list[DiffLine]:
    """Changed lines with three lines around them; a gap is an empty sign with an ellipsis."""
    lines = []
    for line in difflib.unified_diff(
        versions.source(old).splitlines(), versions.source(new).splitlines(), lineterm="", n=3
    ):
        if line.startswith(("---", "+++")):
            continue
        if line.startswith("@@"):
            lines.append(DiffLine(sign="gap", text="…"))
            continue
        sign = {"+": "added", "-": "removed"}.get(line[0], "same")
        lines.append(DiffLine(sign=sign, text=line[1:]))
    return lines
