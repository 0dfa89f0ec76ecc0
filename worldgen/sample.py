"""The world of the sample project: framed with its party; the first workers make it by rules."""

from __future__ import annotations

from storyforge.accounts.models import User
from storyforge.projects.models import Project
from storyforge.web.samples import sample
from worldgen.headless import make_world

PREMISE = "Drowned bells ring along a coast where the sea gives back what it took."


@sample("world")
def sample_world(project: Project, user: User) -> None:
    """Ask for a small world by rules, whatever model there is: a sample costs nothing."""
    make_world(project, actor=user, premise=PREMISE, size="small", writer="rules")
