"""The worlds of a project, one world at a glance, and what it is made from."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from storyforge.core.errors import StoryforgeError
from storyforge.generation.requests import buttons_for, request_generation
from storyforge.jobs.models import Job
from storyforge.money.dollars import micros_of
from storyforge.projects.models import Project
from storyforge.projects.roles import Action
from worldgen.generations.world_run import WorldRequest, estimated
from worldgen.keeping.inputs import of_campaign
from worldgen.keeping.stale import mark_stale
from worldgen.models import Campaign, PlayerCharacter, ReferenceIssue, RowDraft
from worldgen.pages.base import Changing, OpenPage, WorldPage
from worldgen.pages.forms import CampaignForm
from worldgen.runs.estimates import Estimate
from worldgen.views.phase_status import phase_status

RUN = "world.run"


class WorldsPage(OpenPage):
    """The campaigns of a project."""

    template_name = "worlds/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        party = PlayerCharacter.objects.filter(campaign=OuterRef("pk")).order_by()
        size = party.values("campaign").annotate(n=Count("pk")).values("n")
        rows = Campaign.objects.filter(project=self.project, is_archived=False)
        context["worlds"] = rows.annotate(party_size=Coalesce(Subquery(size), 0))[:100]
        return context


class NewWorldPage(Changing):
    """The form of a new campaign."""

    template_name = "worlds/form.html"
    needs = Action.EDIT

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {"form": CampaignForm(project=self.project), **context}

    def change(self, request: HttpRequest) -> HttpResponse:
        """Make the campaign; its party comes next."""
        form = CampaignForm(request.POST, project=self.project)
        if not form.is_valid():
            return self.again(form=form)
        campaign = form.save()
        messages.success(request, "The world has its frame. Now bring the party.")
        return redirect("world_party", self.project.pk, campaign.pk)


class EditWorldPage(Changing, WorldPage):
    """The same form of a campaign that is there, and the door to delete it."""

    template_name = "worlds/form.html"
    needs = Action.EDIT

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {"form": CampaignForm(instance=self.campaign, project=self.project), **context}

    def change(self, request: HttpRequest) -> HttpResponse:
        """Save it, or delete it when its name was typed."""
        if "delete" in request.POST:
            return self._delete(request)
        before = of_campaign(self.campaign)
        form = CampaignForm(request.POST, instance=self.campaign, project=self.project)
        if not form.is_valid():
            return self.again(form=form)
        stale = mark_stale(form.save(), before)
        said = (
            f" {stale} rows were made from other wishes and are marked as stale." if stale else ""
        )
        messages.success(
            request, f"Saved. What is written already stays until it is made anew.{said}"
        )
        return redirect("world", self.project.pk, self.campaign.pk)

    def _delete(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("delete", "").strip() != self.campaign.name:
            return self.again(problem="Type the name of the world exactly, then it is deleted.")
        if run_of_world(self.campaign):
            return self.again(problem="A run is going on. Cancel it first.")
        Campaign.objects.filter(pk=self.campaign.pk).delete()
        messages.success(request, "The world is deleted.")
        return redirect("worlds", self.project.pk)


class WorldHome(Changing, WorldPage):
    """A world at a glance: phases, tables, party, and the run that is going on."""

    template_name = "worlds/detail.html"
    needs_to_change = Action.GENERATE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        milestones = phase_status(self.reader)
        run = run_of_world(self.campaign)
        context |= {
            "milestones": milestones,
            "rows_total": sum(each.rows for each in milestones),
            "party": PlayerCharacter.objects.filter(campaign=self.campaign),
            "run": run,
            "writer_label": writer_of_runs(self.campaign),
            "last_job": None if run else last_run(self.project, self.campaign),
        }
        context["is_by_model"] = not context["writer_label"].startswith("Free")
        if context["can_generate"] and not run and context["is_by_model"]:  # rules cost nothing
            context["estimate"] = estimate_or_none(self.campaign)
        if self.reader.sees_all:
            last = context["last_job"]
            result = (last.result or {}) if last else {}
            context["findings"] = len(result["findings"]) if "findings" in result else None
            context["open_issues"] = ReferenceIssue.objects.filter(
                campaign=self.campaign, resolution="open"
            ).count()
            context["drafts"] = RowDraft.objects.filter(campaign=self.campaign).count()
        return context

    def change(self, request: HttpRequest) -> HttpResponse:
        """Start a run of the whole world."""
        if run_of_world(self.campaign):
            messages.warning(request, "A run is going on already.")
            return redirect("world", self.project.pk, self.campaign.pk)
        try:
            body: dict[str, Any] = {"budget_micros": micros_of(request.POST.get("budget", ""))}
            body |= {"review_rosters": True} if "review_rosters" in request.POST else {}
            request_generation(RUN, target=self.campaign, actor=self.user, body=body)
        except StoryforgeError as error:
            messages.error(request, error.message)
        return redirect("world", self.project.pk, self.campaign.pk)


def estimate_or_none(campaign: Campaign) -> Estimate | None:
    """What making the world would take; None where it could not be asked for, as the button then says."""
    try:
        return estimated(campaign, WorldRequest())
    except StoryforgeError:
        return None


def writer_of_runs(campaign: Campaign) -> str:
    """Who would write, in the words of every other generate button."""
    buttons = buttons_for(campaign, basename="campaign")
    return next(button.writer_label for button in buttons if button.kind == RUN)


def run_of_world(campaign: Campaign) -> Job | None:
    """The run of this world that has not ended."""
    return _runs(campaign).filter(status__in=Job.UNFINISHED).first()


def last_run(project: Project, campaign: Campaign) -> Job | None:
    """The run that ended last."""
    return _runs(campaign).filter(project=project).first()


def _runs(campaign: Campaign) -> Any:
    rows = Job.objects.filter(kind=RUN, target_type="campaign", target_id=campaign.pk)
    return rows.order_by("-created_at")
