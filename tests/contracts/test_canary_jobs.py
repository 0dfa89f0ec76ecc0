"""What a job writes and records holds no word of another tenant."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from storyforge.core.acting import acting_as
from storyforge.generation.models import PromptPart, Receipt
from storyforge.generation.requests import generations, request_generation
from storyforge.jobs.models import JobEvent, JobStep
from storyforge.projects.models import Project
from storyforge.webhooks.models import Delivery, Endpoint
from storyforge.webhooks.tests.conftest import receiver  # noqa: F401
from tests.contracts.sentinels import secrets_in_use, words_of
from tests.contracts.test_canary import CANARY, cage
from tests.make import content_models
from tests.scripted_model import KEY, ScriptedModel

pytestmark = pytest.mark.django_db
COOKIE = settings.SESSION_COOKIE_NAME
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


@pytest.fixture
def provider(settings):
    """A model behind the real adapter; whatever it is asked is kept."""
    with ScriptedModel(seed=3) as server:
        options = {"base_url": server.url, "api_key": KEY, "model": "claude-sonnet-5-5"}
        backend = "storyforge.ai.text.anthropic.AnthropicText"
        settings.TEXT_PROVIDERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
        yield server
        settings.TEXT_PROVIDERS = {}


def test_no_request_to_a_provider_and_no_webhook_holds_a_secret_or_a_word_of_hers(
    alice,
    work,
    provider,
    receiver,  # noqa: F811
):
    """Of all that leaves this machine, the provider's own key in its own header is the only secret."""
    theirs = cage()
    project = Project.start(alice.user, name="Third")
    hook = Endpoint.start(project=project, url=receiver.url)
    upload = {"project": str(project.pk), "file": SimpleUploadedFile("a.txt", NOVEL.encode())}
    assert alice.post("/api/v1/books", upload, format="multipart").status_code == 202
    work()
    wishes = {"instructions": f"Use everything about {theirs[Project].pk}."}
    for writer in ("rules", "model"):
        for spec in sorted(generations(), key=lambda spec: spec.kind != "book.analysis"):
            target = spec.target.objects.filter(project=project).first()
            if target is not None:
                body = {"writer": writer, **wishes}
                with acting_as(alice.user.pk):
                    request_generation(spec.kind, target=target, actor=alice.user, body=body)
                work()
    sent = [words_of(call) for call in provider.calls]
    heard = [f"{message.headers} {message.body!r}" for message in receiver.heard]
    stored = [str(d) for d in Delivery.objects.filter(project=project).values("body", "tries")]
    assert len(sent) >= 5
    assert len(heard) >= 5
    hidden = [CANARY, hook.secret, *secrets_in_use(), alice.cookies[COOKIE].value]
    assert [h for h in hidden for text in [*sent, *heard, *stored] if h in text] == []
    keys = {tuple(sorted(call.secrets.items())) for call in provider.calls}
    assert keys == {(("authorization", f"Bearer {KEY}"),)}
