"""Bringing a world file: the form, and what became of the last one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from storyforge.core.errors import StoryforgeError
from storyforge.jobs.models import Job
from storyforge.projects.roles import Action
from worldgen.exchange.staging import WORLD, stage_world
from worldgen.models import Campaign
from worldgen.pages.base import Changing
from worldgen.views.shown import words


class ImportForm(forms.Form):
    """A file, perhaps under another name, perhaps only to be looked at."""

    file = forms.FileField(
        label="World file",
        help_text="The JSON file that the page of a world gives to its game masters.",
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    name = forms.CharField(
        max_length=80,
        required=False,
        label="Name here",
        help_text="Empty: the name in the file. A project has each name once.",
    )
    dry_run = forms.BooleanField(
        required=False,
        label="Only look at it",
        help_text="Says what it would be and why rows would be refused, and saves nothing.",
    )


class ImportPage(Changing):
    """A world file becomes a campaign, by a job; with `job` what became of one."""

    template_name = "worlds/import.html"
    needs = Action.EDIT

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        job = self._asked()
        result = (job.result or {}) if job else {}
        campaign = result.get("campaign")
        return {
            "form": ImportForm(),
            "job": job,
            "looked": bool(job and job.input["dry_run"]),
            "result": result,
            "rows": sum(result.get("rows", {}).values()),
            "made": campaign and Campaign.objects.filter(pk=campaign).first(),
            "issues": [
                {**issue, "table": words(issue["table"]), "field": words(issue["field"])}
                for issue in result.get("issues", ())
            ],
            **context,
        }

    def change(self, request: HttpRequest) -> HttpResponse:
        """Keep the file and ask for its import."""
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.again(form=form)
        told = dict(form.cleaned_data)
        try:
            file = told.pop("file")
            job = stage_world(project=self.project, actor=self.user, upload=file, **told)
        except StoryforgeError as error:
            return self.again(form=form, problem=error.message)
        return redirect(f"{reverse('world_import', args=[self.project.pk])}?job={job.pk}")

    def _asked(self) -> Job | None:
        """The import of this project that `job` names."""
        try:
            pk = UUID(self.request.GET.get("job", ""))
        except ValueError:
            return None
        return Job.objects.filter(pk=pk, project=self.project, kind=WORLD).first()
