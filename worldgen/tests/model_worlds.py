"""A world by the scripted model through real jobs, in this process."""

from __future__ import annotations

from django.db.models.functions import Now

from storyforge.ai.config import get_text_provider
from storyforge.jobs.create import create_job
from storyforge.jobs.models import Job
from storyforge.jobs.runner import run_due

IN_PROCESS = "tests.scripted_model.in_process.WorldText"


def use_model(settings, **knobs):
    """Let the scripted model of worlds write; `seed` and `faults` are its knobs."""
    settings.TEXT_PROVIDERS = {"default": {"BACKEND": IN_PROCESS, "OPTIONS": knobs}}
    return get_text_provider("default")


def start(campaign, *, writer="model", **payload):
    """The job of a whole world."""
    return create_job("world.run", project=campaign.project, actor=campaign.project.owner,
                      target_type="campaign", target_id=campaign.pk, writer=writer,
                      payload=payload)  # fmt: skip


def drive(job, *, rounds=2_000):
    """Do what is due until the run ends or pauses; waits between tries are left out."""
    for _ in range(rounds):
        job = Job.objects.get(pk=job.pk)
        if job.is_terminal or job.paused_at:
            return job
        if not run_due():
            Job.objects.filter(status="pending").update(run_after=Now())
    raise AssertionError(f"{job.status} after {rounds} rounds")


def valid_share(job):
    """Rows that stand of all that were to be written, after all repairs: refused for good do not."""
    valid = dropped = 0
    for unit in job.units.all():
        result = unit.result or {}
        valid += result.get("valid", 0)
        dropped += len(result.get("dropped", ()))
        last = unit.input["step"] == "rows" and unit.input["round"] >= 2
        dropped += len(result.get("missing", ())) if last else 0
    return valid / max(1, valid + dropped)
