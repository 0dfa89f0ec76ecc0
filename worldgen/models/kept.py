"""What is kept of a world beside its rows: the last result of its checks, files made of it, files to be read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from storyforge.jobs.models import Job
from storyforge.money.storage import counted
from storyforge.projects.models import ProjectContent
from storyforge.projects.roles import Action
from worldgen.models.base import CampaignContent
from worldgen.models.fields import Word


class CheckReport(CampaignContent):
    """What the checks of a campaign found when they last ran."""

    findings: Any = models.JSONField(default=list)

    class Meta(CampaignContent.Meta):
        constraints = [models.UniqueConstraint(fields=["campaign"], name="one_check_report")]

    def __str__(self) -> str:
        return f"{len(self.findings)} findings"


class WorldExport(CampaignContent):
    """A file made of a world, secrets included: for game masters only."""

    format = Word("json markdown")
    filename = models.CharField(max_length=120)
    content = models.BinaryField()
    rows = models.PositiveIntegerField(default=0)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")

    class Meta(CampaignContent.Meta):
        ordering = ["-created_at", "pk"]
        triggers = counted("content")

    def __str__(self) -> str:
        return self.filename


class WorldUpload(ProjectContent):
    """A file on its way into a world, secrets included; it goes in the transaction that ends its job."""

    walled_for: ClassVar = (Action.VIEW_SECRETS, Action.EDIT)

    job = models.OneToOneField(Job, models.CASCADE, related_name="+")
    filename = models.CharField(max_length=255)
    content = models.BinaryField()

    class Meta(ProjectContent.Meta):
        triggers = counted("content")

    def __str__(self) -> str:
        return self.filename
