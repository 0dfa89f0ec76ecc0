"""The Celery application: a doorbell for the job table. JOBS are rows; see storyforge/jobs."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyforge.settings")

app = Celery("storyforge")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["storyforge.jobs"])
app.autodiscover_tasks(["storyforge.jobs"], related_name="workers")
