"""The pages of the cast."""

from __future__ import annotations

from typing import Any

from canon.models import Character
from storyforge.generation.requests import buttons_for
from storyforge.web.pages import ProjectPage


class CharactersPage(ProjectPage):
    """Everybody in the project."""

    template_name = "characters/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = Character.objects.filter(project=self.project, is_active=True)
        role = self.request.GET.get("role", "")
        if role in Character.Role.values:
            rows = rows.filter(role=role)
        context |= {
            "characters": rows.prefetch_related("aliases", "archetype_links__archetype")[:200],
            "roles": Character.Role,
            "role_filter": role,
        }
        return context


class CharacterPage(ProjectPage):
    """One character: every field with where it comes from, and what they say."""

    template_name = "characters/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        character: Character = self.visible(Character.objects.all(), pk=self.kwargs["pk"])
        context |= {
            "character": character,
            "fields": [self._field(character, name) for name in Character.PROFILE],
            "roles": Character.Role,
            "aliases": character.aliases.all(),
            "archetypes": character.archetype_links.select_related("archetype"),
            "utterances": character.utterances.order_by("-confidence", "start")[:12],
            "generate_buttons": buttons_for(character, basename="character"),
        }
        return context

    def _field(self, character: Character, name: str) -> dict[str, Any]:
        field = Character._meta.get_field(name)
        state = character.field_state.get(name, {})
        return {
            "name": name,
            "label": str(field.verbose_name).capitalize(),
            "help": getattr(field, "help_text", ""),
            "value": getattr(character, name),
            "status": state.get("status", ""),
            "source": state.get("source", ""),
            "evidence": state.get("evidence", []),
        }
