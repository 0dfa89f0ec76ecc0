from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from scriptwriter.journey import travel
from scriptwriter.models import Script
from storyforge.accounts.links import sign_in_path
from storyforge.accounts.models import User
from storyforge.core.acting import acting_as
from storyforge.jobs.models import Job
from storyforge.jobs.runner import run
from storyforge.projects.models import Membership, Project
from storyforge.web.samples import add_samples

EMAIL = "writer@localhost"
SAMPLE = "The Lighthouse Keepers"


class Command(BaseCommand):
    """The first start: somebody to sign in as, and a project in which the journey has been run."""

    help = "Make the sample project once, and print a one-time sign-in link's path."

    def handle(self, *args: Any, **options: Any) -> None:
        user, made = User.objects.get_or_create(
            email=EMAIL, defaults={"name": "Writer", "is_staff": True, "is_superuser": True}
        )
        if made:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        with acting_as(user.pk):
            mine = Project.objects.filter(owner=user, name=SAMPLE)
            mine.exclude(pk__in=Script.objects.values("project")).delete()  # one interrupted
            if made or not Membership.objects.filter(user=user).exists():
                self._travel(user)
        self.stdout.write(sign_in_path(user))

    def _travel(self, user: User) -> None:
        path: Path = settings.BASE_DIR / "examples" / "the-lighthouse-keepers.md"
        project = Project.start(user, name=SAMPLE, description="The sample that comes along.")
        travel(
            project=project,
            actor=user,
            filename=path.name,
            content=path.read_bytes(),
            chapter=1,
            wait=run_here,
        )
        add_samples(project, user)


def run_here(jobs: list[Job]) -> None:
    """Do these very jobs in this process: no worker runs yet."""
    for job in jobs:
        run(job)
