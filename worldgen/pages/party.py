"""The party of a campaign: who they are, and what of their backstories the world must use."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from storyforge.core.errors import NotFound, StoryforgeError
from storyforge.generation.requests import button, generation_for
from storyforge.jobs.targets import lock_target
from storyforge.projects.roles import Action
from worldgen.edits.editing import Editor
from worldgen.edits.party import add_fact, delete_character, delete_fact, edit_fact
from worldgen.models import FactCitation, PCFact, PlayerCharacter
from worldgen.pages.base import Changing, WorldPage
from worldgen.pages.forms import CharacterForm, FactForm
from worldgen.runs.parts import find_facts

FACTS = "world.pc_facts"
LONGEST_PARTY = 12


class PartyPage(Changing, WorldPage):
    """Everybody in the party, and the form for one more."""

    template_name = "worlds/party.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        facts = PCFact.objects.filter(pc=OuterRef("pk")).order_by().values("pc")
        party = PlayerCharacter.objects.filter(campaign=self.campaign).select_related("player")
        context["party"] = party.annotate(
            facts=Subquery(facts.annotate(n=Count("pk")).values("n")),
            confirmed=Subquery(
                facts.annotate(n=Count("pk", filter=Q(is_confirmed=True))).values("n")
            ),
        )
        return {"form": CharacterForm(campaign=self.campaign), **context}

    def change(self, request: HttpRequest) -> HttpResponse:
        """Add somebody."""
        form = CharacterForm(request.POST, campaign=self.campaign)
        if PlayerCharacter.objects.filter(campaign=self.campaign).count() >= LONGEST_PARTY:
            return self.again(form=form, problem=f"A party has at most {LONGEST_PARTY} people.")
        if not form.is_valid():
            return self.again(form=form)
        with transaction.atomic():
            lock_target(self.campaign)
            pc = form.save()
            find_facts(self.campaign)
        messages.success(request, f"{pc.name} is in the party. Look at what the backstory says.")
        return redirect("world_character", self.project.pk, self.campaign.pk, pc.code)


class CharacterPage(Changing, WorldPage):
    """One of the party. Viewers see the backstory of whom they play, and of nobody else."""

    template_name = "worlds/character.html"
    character: PlayerCharacter

    def open(self, action: Action) -> None:
        super().open(action)
        party = PlayerCharacter.objects.filter(campaign=self.campaign).select_related("player")
        found = party.filter(code=self.kwargs["code"]).first()
        if found is None:
            raise NotFound
        self.character = found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        own = self.reader.sees_all or self.character.player_id == self.user.pk
        facts = list(PCFact.objects.filter(pc=self.character)) if own else []
        cited = FactCitation.objects.filter(fact__in=facts).order_by()
        counts = dict(cited.values_list("fact").annotate(Count("row_id", distinct=True)))
        context |= {
            "character": self.character,
            "is_open": own,
            "facts": [(fact, counts.get(fact.pk, 0), _form(fact)) for fact in facts],
            "new_fact": FactForm(prefix="new"),
        }
        if context["can_generate"] and self.character.backstory:
            address = reverse("extract-facts", args=[self.campaign.pk, self.character.code])
            context["extract"] = button(
                generation_for(FACTS, self.character), self.character, url=address
            )
        if context["can_edit"] and "form" not in context:
            context["form"] = CharacterForm(instance=self.character, campaign=self.campaign)
        return context

    def change(self, request: HttpRequest) -> HttpResponse:
        """Save the character, one of its facts, or take one of them away."""
        match request.POST.get("do", "save"):
            case "add":
                return self._add_fact(request)
            case "fact" | "confirm" | "remove" as verb:
                return self._change_fact(request, verb)
            case "delete":
                return self._delete(request)
        form = CharacterForm(request.POST, instance=self.character, campaign=self.campaign)
        if not form.is_valid():
            return self.again(form=form)
        form.save()
        messages.success(request, "Saved.")
        return self._back()

    def _back(self) -> HttpResponse:
        return redirect("world_character", self.project.pk, self.campaign.pk, self.character.code)

    def _add_fact(self, request: HttpRequest) -> HttpResponse:
        form = FactForm(request.POST, prefix="new")
        if not form.is_valid():
            return self.again(new_fact=form)
        add_fact(self.character, form.cleaned_data)
        messages.success(request, "The fact is noted; the next run uses it.")
        return self._back()

    def _change_fact(self, request: HttpRequest, verb: str) -> HttpResponse:
        rows = PCFact.objects.filter(pc=self.character)
        fact = rows.filter(code=request.POST.get("code", "")).first()
        if fact is None:
            raise NotFound
        if verb == "remove":
            try:
                delete_fact(fact, editor=Editor(actor_id=self.user.pk))
            except StoryforgeError as error:
                return self.again(problem=error.message)
        elif verb == "confirm":
            rows.filter(pk=fact.pk).update(is_confirmed=True)
        else:
            form = FactForm(request.POST, instance=fact, prefix=fact.code)
            if not form.is_valid():
                return self.again(problem=" ".join(form.errors.get("text", ["Not saved."])))
            edit_fact(fact, form.cleaned_data)
        return self._back()

    def _delete(self, request: HttpRequest) -> HttpResponse:
        name = self.character.name
        try:
            delete_character(self.character, editor=Editor(actor_id=self.user.pk))
        except StoryforgeError as error:
            return self.again(problem=error.message)
        messages.success(request, f"{name} has left the party.")
        return redirect("world_party", self.project.pk, self.campaign.pk)


def _form(fact: PCFact) -> FactForm:
    return FactForm(instance=fact, prefix=fact.code)
