"""What a job writes and records holds no word of another tenant, also with a wall taken away."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conftest import client_of, make_user
from scriptwriter.models import Book
from storyforge.core.acting import acting_as
from storyforge.generation.models import PromptPart, Receipt
from storyforge.generation.requests import kinds, request_generation
from storyforge.generation.spec import Generation
from storyforge.jobs.create import create_job
from storyforge.jobs.models import Job, JobEvent, JobStep, ProviderCall
from storyforge.jobs.registry import handlers
from storyforge.jobs.runner import run_due
from storyforge.projects.models import Project
from storyforge.webhooks.models import Delivery, Endpoint
from storyforge.webhooks.tests.conftest import receiver  # noqa: F401
from tests.contracts.conftest import undone
from tests.contracts.evil_worlds import world_of
from tests.contracts.rules import A_WORLD, file_in_project, file_of_names
from tests.contracts.sentinels import secrets_in_use, words_of
from tests.contracts.test_canary import CANARY, cage, without_wall
from tests.make import content_models, make
from tests.scripted_model import KEY, ScriptedModel
from worldgen import phases
from worldgen.exchange.exporting import FORMATS
from worldgen.models import Campaign, GenerationRun, PlayerCharacter
from worldgen.rows import load

pytestmark = pytest.mark.django_db
COOKIE = settings.SESSION_COOKIE_NAME
OF_WEBHOOKS = {"system.webhook", "system.webhook_off"}
KINDS = {handler.kind for handler in handlers()}
ASKING = {handler.kind for handler in handlers() if isinstance(handler, Generation)}  # a model
NOVEL = """CHAPTER I

It rained in the harbor. "Come in, Mara," said Tom. "The lamp is out again," said Mara, and she laughed.

CHAPTER II

In the morning Mara went to the lighthouse. "Nobody is here," she said. Tom waited by the boat all day.
"""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Alice's project with a whole world, and zoe's rows."""

    project: Project
    world: Campaign
    theirs: dict[type, Any]


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), undone():
        theirs = cage()
        project = Project.start(make_user("alice"), name="Third")
        yield Stage(project=project, world=world_of(project), theirs=theirs)


@acting_as(None)
def work():
    run_due()


def run_every_kind(client, stage, **wishes):
    """A job of each kind on rows of hers."""
    upload = {"project": str(stage.project.pk), "file": SimpleUploadedFile("a.txt", NOVEL.encode())}
    started(client.post(reverse("book-list"), upload, format="multipart"))
    book = Book.objects.get(project=stage.project)
    for kind, target in (("book.analysis", book), ("script.adapt", book.chapters.first())):
        generate(kind, target, writer="rules")  # there are characters and scenes to work on
    for spec in sorted(kinds(), key=lambda spec: spec.kind == "book.analysis"):  # again, and last
        target = spec.target.objects.filter(project=stage.project).first()
        assert target is not None, spec.kind
        more = a_row_of_each_phase(stage.world) if spec.target is Campaign else {}
        generate(spec.kind, target, **wishes, **more)
    run = GenerationRun.objects.get(campaign=stage.world, job__kind="world.run")
    started(client.post(reverse("run-rollback", args=[run.pk])))
    bring_files(client, stage)
    started(client.post(reverse("document-export", args=[book.pk])))
    for name in FORMATS:
        started(client.post(reverse("export-world", args=[stage.world.pk]), {"format": name}))


def bring_files(client, stage):
    """A world and names out of files."""
    world = file_in_project("w.json", A_WORLD)({Project: stage.project})
    started(client.post(reverse("import-world"), world, format="multipart"))
    names = reverse("world-vocabulary", args=[stage.world.pk])
    started(client.post(names, file_of_names({}), format="multipart"))


def generate(kind, target, **body):
    owner = target.project.owner
    with acting_as(owner.pk):
        request_generation(kind, target=target, actor=owner, body=body)
    work()


def started(answer):
    assert answer.status_code == 202, answer.content
    work()


def a_row_of_each_phase(campaign):
    """The wish that a world writes one row of each phase anew."""
    tables = load(campaign).tables
    first = [next(t for t in phase.tables if tables[t]) for phase in phases.PHASES]
    return {"mode": "row", "rows": {table: [min(tables[table])] for table in first}}


def kinds_done(project, statuses=(Job.Status.COMPLETED,)):
    """The kinds of which a job has ended so."""
    own = Job.objects.filter(project__in=[project]) | Job.objects.filter(project=None)
    return set(own.filter(status__in=statuses).values_list("kind", flat=True))


def texts_of(project):
    """All that the project and its jobs hold, files among it, and what was told of it, by where it stands."""
    for model in content_models():
        for row in model.objects.filter(project=project).values():
            yield model._meta.label, text_of(row)
    for model in (JobEvent, JobStep):
        for row in model.objects.filter(job__project=project).values():
            yield model._meta.label, str(row)
    for row in Job.objects.filter(project=None).values():
        yield "a job of the system", str(row)
    for letter in mail.outbox:
        yield "a letter", f"{letter.subject} {letter.body}"


def text_of(row):
    """A row with the bytes of its files."""
    return str({k: bytes(v) if isinstance(v, memoryview) else v for k, v in row.items()})


@pytest.mark.parametrize("missing", [0, 1, 3])
def test_no_job_of_hers_reads_what_is_not_hers(missing, stage, monkeypatch):
    """Every kind on rows of hers, by rules: no row, no file, no receipt and no event holds the canary."""
    client = client_of(stage.project.owner)
    with undone(), without_wall(missing, monkeypatch):
        run_every_kind(client, stage, writer="rules")
        assert KINDS - kinds_done(stage.project) == OF_WEBHOOKS
        held = list(texts_of(stage.project))
    assert {model._meta.label for model in (Job, Receipt, JobEvent)} <= {where for where, _ in held}
    assert len(held) >= 500
    assert {where for where, text in held if CANARY in text} == set()


@pytest.mark.parametrize("missing", [(), (1,), (3,), (1, 3)])
def test_a_job_in_her_name_on_rows_of_others_does_nothing(missing, stage, monkeypatch):
    """As when she was a member when she asked. Without both walls it would write."""
    with undone(), ExitStack() as walls:
        row = make(
            PlayerCharacter, stage.theirs[Project], backstory=f"{CANARY} swore to find Joss."
        )
        for wall in missing:
            walls.enter_context(without_wall(wall, monkeypatch))
        job = create_job(
            "world.pc_facts",
            project=row.project,
            actor=stage.project.owner,
            target_type="playercharacter",
            target_id=row.pk,
            payload={},
            writer="rules",
        )
        work()
        job.refresh_from_db()
        told = str([job.result, job.error, *JobStep.objects.filter(job=job).values()])
        receipts = Receipt.objects.filter(job=job).count()
    if len(missing) == 2:
        assert (job.status, receipts) == ("completed", 1), job.error
    else:
        assert job.error["error_code"] in ("permission_revoked", "target_gone")
        assert (receipts, CANARY in told) == (0, False)


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
    stage,
    provider,
    receiver,  # noqa: F811
):
    """Of all that leaves this machine, the provider's own key in its own header is the only secret.

    What this model makes up is refused by most kinds: what counts here is what it was asked.
    """
    client = client_of(stage.project.owner)
    with undone():
        hook = Endpoint.start(project=stage.project, url=receiver.url)
        wish = f"Use everything about {stage.theirs[Project].pk}."
        run_every_kind(client, stage, writer="model", instructions=wish)
        receiver.answers.append(410)  # gone: the owner gets a letter
        started(client.post(reverse("export-world", args=[stage.world.pk]), {"format": "json"}))
        assert kinds_done(stage.project, Job.TERMINAL) == KINDS
        asked = ProviderCall.objects.values_list("job_id", flat=True)
        assert set(Job.objects.filter(pk__in=asked).values_list("kind", flat=True)) == ASKING
        held = [text for _, text in texts_of(stage.project)]
        stored = [
            str(d) for d in Delivery.objects.filter(project=stage.project).values("body", "tries")
        ]
        parts = PromptPart.objects.filter(project=stage.project).count()
    sent = [words_of(call) for call in provider.calls]
    heard = [f"{message.headers} {message.body!r}" for message in receiver.heard]
    assert len(sent) >= 15
    assert len(heard) >= 10
    assert parts >= 10
    assert CANARY not in "".join(held)
    hidden = [CANARY, hook.secret, *secrets_in_use(), client.cookies[COOKIE].value]
    assert [h for h in hidden for text in [*sent, *heard, *stored] if h in text] == []
    keys = {tuple(sorted(call.secrets.items())) for call in provider.calls}
    assert keys == {(("authorization", f"Bearer {KEY}"),)}
