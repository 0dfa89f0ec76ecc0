"""Whether plots can be written now, for whoever watches the installation."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from scriptwriter.generations.plot_overview import PlotOverviewGeneration
from storyforge.generation.callers import caller_for
from storyforge.jobs.models import Breaker, Job
from storyforge.jobs.models.breaker import OPEN_SECONDS


def plot_service(request: HttpRequest) -> JsonResponse:
    """The kind, who would write with the operator's model or none, and whether that model is held back.

    503 while it is; rules write all the same where they are asked for.
    """
    spec = PlotOverviewGeneration()
    writer = spec.writer_for("auto", own_key=False)
    held = False
    if writer == Job.Writer.MODEL:
        with caller_for(spec.provider, None) as caller:
            held = Breaker.is_open(caller.breaker)
    body = {
        "status": "unavailable" if held else "ok",
        "kind": spec.kind,
        "writer": str(writer),
        "breaker": "open" if held else "closed",
    }
    answer = JsonResponse(body, status=503 if held else 200)
    if held:
        answer["Retry-After"] = str(OPEN_SECONDS)
    return answer
