"""What a job writes and records holds no word of another tenant."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from storyforge.core.acting import acting_as
from storyforge.generation.models import PromptPart, Receipt
from storyforge.generation.requests import generations, request_generation
from storyforge.jobs.models import JobEvent, JobStep
from storyforge.projects.models import Project
from tests.contracts.test_canary import CANARY, cage
from tests.make import content_models

pytestmark = pytest.mark.django_db
NOVEL = """CHAPTER I

It rained in the harbor. "Come in, Mara," said Tom. "The lamp is out again," said Mara, and she laughed.

CHAPTER II

In the morning Mara went to the lighthouse. "Nobody is here," she said. Tom waited by the boat all day.
"""


def rows_with_the_canary(project):
    """Tables in which a row of another project than zoe's holds the canary."""
    found = set()
    for model in content_models():
        for row in model.objects.filter(project=project).values():
            if CANARY in str(row):
                found.add(model._meta.label)
    return found


def test_no_job_of_hers_reads_what_is_not_hers(alice, work):
    """Every kind of generation on rows of hers: no receipt, no event, no row holds the canary."""
    cage()
    project = Project.start(alice.user, name="Third")
    upload = {"project": str(project.pk), "file": SimpleUploadedFile("a.txt", NOVEL.encode())}
    assert alice.post("/api/v1/books", upload, format="multipart").status_code == 202
    done = work()
    for spec in sorted(generations(), key=lambda spec: spec.kind != "book.analysis"):
        target = spec.target.objects.filter(project=project).first()
        if target is not None:
            with acting_as(alice.user.pk):
                request_generation(spec.kind, target=target, actor=alice.user, body={})
            done += work()
    assert done >= 5
    assert rows_with_the_canary(project) == set()
    texts = [
        *PromptPart.objects.filter(project=project).values_list("text", flat=True),
        *map(str, Receipt.objects.filter(project=project).values_list("items", flat=True)),
        *map(str, JobEvent.objects.filter(job__project=project).values_list("data", flat=True)),
        *map(str, JobStep.objects.filter(job__project=project).values_list("output", flat=True)),
    ]
    assert len(texts) >= 10
    assert not [text for text in texts if CANARY in text]
