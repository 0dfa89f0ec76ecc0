"""The vocabulary of a world: names of open rules documents that its writers may use."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from storyforge.core.errors import StoryforgeError
from storyforge.jobs.models import Job
from storyforge.projects.roles import Action
from worldgen.exchange.staging import VOCABULARY, stage_vocabulary
from worldgen.exchange.vocabulary import named
from worldgen.models import VocabularyEntry
from worldgen.pages.base import Changing, WorldPage

PAGE = 100
KINDS = [("", "as the file says"), *((kind, kind) for kind in VocabularyEntry.KINDS)]


class VocabularyForm(forms.Form):
    """A file, and for other documents than the SRD 5.1 where its names are from."""

    file = forms.FileField(
        label="JSON file", help_text="Of Open5e, of 5e-database, or a list of objects with a name."
    )
    kind = forms.ChoiceField(choices=KINDS, required=False, label="They are")
    source = forms.CharField(
        max_length=80, required=False, help_text="The document. Not needed for the SRD 5.1."
    )
    attribution = forms.CharField(
        max_length=600, required=False, help_text="The sentence that its license asks for."
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if bool(found.get("source")) != bool(found.get("attribution")):
            self.add_error("source", "Give source and attribution together.")
        return found


class VocabularyPage(Changing, WorldPage):
    """Names by kind, and the form to bring more."""

    template_name = "worlds/vocabulary.html"
    needs = Action.VIEW_SECRETS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        asked = self.request.GET
        kind = asked.get("kind", "") if asked.get("kind", "") in VocabularyEntry.KINDS else ""
        part = asked.get("q", "").strip()
        mine = VocabularyEntry.objects.filter(campaign=self.campaign)
        counts = mine.order_by("kind").values_list("kind").annotate(n=Count("pk"))
        sources = mine.order_by("source").values_list("source", "attribution").distinct()
        last = self._last_import()
        done = (last.result or {}) if last else {}
        return {
            "form": VocabularyForm(),
            "last_import": last,
            "taken": done and {**done, "added": sum(done["added"].values())},
            "kind": kind,
            "part": part,
            "query": f"{urlencode({'kind': kind, 'q': part})}&",
            "counts": list(counts),
            "sources": list(sources[:20]),
            "page": Paginator(named(self.campaign, kind=kind, part=part), PAGE).get_page(
                asked.get("page")
            ),
            **context,
        }

    def change(self, request: HttpRequest) -> HttpResponse:
        """Take the names of a file, or forget those of a kind."""
        if "forget" in request.POST:
            kind = request.POST["forget"]
            gone, _ = named(self.campaign, kind=kind).delete()
            messages.success(request, f"{gone} names are forgotten. What is written stays.")
            return redirect("world_vocabulary", self.project.pk, self.campaign.pk)
        form = VocabularyForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.again(form=form)
        told = dict(form.cleaned_data)
        try:
            file = told.pop("file")
            stage_vocabulary(campaign=self.campaign, actor=self.user, upload=file, **told)
        except StoryforgeError as error:
            return self.again(form=form, problem=error.message)
        messages.success(request, "The file is being read. Its names appear when that has ended.")
        return redirect("world_vocabulary", self.project.pk, self.campaign.pk)

    def _last_import(self) -> Job | None:
        """The import that was asked for last."""
        rows = Job.objects.filter(kind=VOCABULARY, target_id=self.campaign.pk)
        return rows.order_by("-created_at").first()
