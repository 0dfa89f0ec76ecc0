"""A world by the scripted model with the real plan, prompts, validator and save path, without the job engine.

What a claimed job does around a part (lease, journal, money) is left out, so that hundreds of worlds can
be made; worlds through real jobs are in `test_model_worlds`.
"""

from __future__ import annotations

import random

from django.db import transaction

from storyforge.ai.errors import ProviderUnavailable
from storyforge.core.errors import StoryforgeError
from storyforge.generation.models import Made, MadeBy
from storyforge.jobs.create import create_job
from storyforge.jobs.models import Job
from storyforge.jobs.runs import UnitSeen
from worldgen.generations.world_phases import Written, by_rules, may_read, view, writer_of
from worldgen.planning.plan import Order, decide
from worldgen.prompting.previews import preview
from worldgen.runs.parts import write
from worldgen.runs.sight import sight_of

ROUNDS = 1_000


class LeanRun:
    """One run; `units` holds all parts with what came of them."""

    def __init__(self, campaign, provider, *, seed, **order):
        self.campaign, self.provider = campaign, provider
        self.dice = random.Random(seed)  # noqa: S311
        self.order = Order(
            **{"writer": "model", "writers": {"facts": "rules"}, "mends": "everywhere", **order}
        )
        self.units = {}
        self.job = create_job(
            "world.run", project=campaign.project, actor=campaign.project.owner, writer="rules",
            target_type="campaign", target_id=campaign.pk,
        )  # fmt: skip
        self.job.parent_id = self.job.pk  # in memory only: parts look up their run by it
        self.next = None

    def run(self):
        """Do parts, in any order among those that are ready, until the plan is finished."""
        for _ in range(ROUNDS):
            self.next = decide(sight_of(self.campaign, self.order, list(self.units.values())))
            if self.next.finished:
                return self
            assert self.next.parts, "the run has stalled"
            for part in self.dice.sample(self.next.parts, len(self.next.parts)):
                self.units[part.key] = self._done(part)
        raise AssertionError("the run does not end")

    def _done(self, part):
        status, result, error = "completed", {}, None
        try:
            with transaction.atomic():
                result = self._do(part)
        except StoryforgeError as failure:
            status, error = "failed", {"error_code": failure.code, "message": failure.message}
        return UnitSeen(key=part.key, kind="", status=status, input=part.model_dump(mode="json"),
                        result=result, error=error, attempt=1)  # fmt: skip

    def _do(self, part):
        if not part.is_written:
            return write(self.campaign, part, self.job)
        made = Made(generation_method=MadeBy.MODEL, model_used="", generation_cost_micros=0,
                    job=self.job)  # fmt: skip
        written = Written(payload=self._answer(part))
        writer_of(part.phase).save(self.campaign, written, made=made, request=part)
        return made.result

    def _answer(self, part):
        if part.writer == "rules":
            return by_rules(view(self.campaign, part, also=may_read(part))[0], part)
        request = preview(self.campaign, part)
        while True:
            try:
                return self.provider.complete(request).data
            except ProviderUnavailable:
                continue


def completed(job):
    """Whether the job has come to its end."""
    return Job.objects.get(pk=job.pk).status == Job.Status.COMPLETED
