"""What jobs have to say to packages below them."""

from __future__ import annotations

from storyforge.jobs.errors import JobActive
from storyforge.jobs.models import Job
from storyforge.projects.ending import before_a_project_ends
from storyforge.projects.models import Project


@before_a_project_ends
def nothing_is_at_work(project: Project) -> None:
    """Raise `JobActive` while a job of the project runs.

    A model that is writing has to be paid, and what is paid is booked on the job: were it gone, the
    operator would pay, as often as somebody likes. Waiting jobs are locked, so that none is claimed now.
    """
    unfinished = Job.objects.filter(project=project, status__in=Job.UNFINISHED)
    statuses = list(unfinished.order_by("pk").select_for_update().values_list("status", flat=True))
    if Job.Status.RUNNING in statuses:
        raise JobActive("A job is at work in this project; cancel it first.")
