"""The end of a project. Packages above declare what stands in its way."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from storyforge.projects.models import Project

Check = Callable[[Project], None]
_checks: list[Check] = []


def before_a_project_ends(check: Check) -> Check:
    """Declare a check: it raises a `StoryforgeError` where the project has to stay for now.

    It runs in the transaction of the deletion, so rows that it locks are those that are deleted.
    """
    _checks.append(check)
    return check


def end(project: Project) -> None:
    """Delete a project with all that is in it. Raises what the checks raise.

    Whoever writes on a row of the project holds that row when its key to the project is checked, so rows are
    locked before the project: the other way round both would wait for each other. What began in between
    is asked about once more, and nothing begins after that.
    """
    with transaction.atomic():
        _ask(project)
        Project.objects.select_for_update().filter(pk=project.pk).first()
        _ask(project)
        project.delete()


def _ask(project: Project) -> None:
    for check in _checks:
        check(project)
