"""Whatever a provider answers, jobs end with a stable code, others' rows stay, and nothing breaks.

Each answer of `evil` goes to one kind of generation or part of a world after the other in turn, over real HTTP
and through the real SDK; with `make fuzz`, each goes to every one.
"""

from __future__ import annotations

import logging
import os
import resource
import traceback

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import override_settings
from django.urls import reverse
from psycopg.sql import SQL, Identifier, Literal

from canon.models import Character
from conftest import client_of, make_user
from scriptwriter.imports import start_import
from scriptwriter.models import Book, Chapter, Scene
from scriptwriter.tests.conftest import STORY
from storyforge.core.acting import acting_as
from storyforge.generation.requests import kinds, request_generation
from storyforge.jobs import trees
from storyforge.jobs.beat import beat
from storyforge.jobs.models import Breaker, Job, JobStep, ProviderCall
from storyforge.jobs.runner import run_due
from storyforge.projects.models import Project
from tests.contracts import evil, evil_worlds
from tests.contracts.conftest import undone
from tests.contracts.sentinels import secrets_in_use, words_of
from tests.contracts.test_canary import CANARY, cage
from tests.make import content_models
from tests.scripted_model import KEY, ScriptedModel
from worldgen.models import Campaign, PlayerCharacter

pytestmark = pytest.mark.django_db
CORPUS = evil.corpus()
RUN = "world.run"
# A run of a world is asked for one part after the other; by itself it shows a model nothing.
KINDS = sorted(k.kind for k in kinds() if k.kind != RUN)
CASES = [*KINDS, *evil_worlds.CASES]
ROUNDS = 30  # of work until every job has to have ended
ATTEMPTS = 2
FEW = 2  # answers, of what takes seconds; the dearest has one
REFUSALS = (
    "refused",
    "bad_key",
    "no_such_path",
)  # the scripted server's own, in place of an answer
LOST = ("", "failed", "stopped")  # outcomes of a call that got no answer, or not all of it
WHOLE = ("text:", "field:")  # answers that are sound streams: their text is read, and judged
MEMORY = (
    600 * 1024 * 1024
)  # bytes this process may grow by; the scripted server and its bombs live in it
PAGES = {
    Book: ("plot", "pk"),
    Chapter: ("chapter", "book_id", "pk"),
    Character: ("character", "pk"),
    Scene: ("script", "script_id"),
}


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    """Alice's small book, read, analyzed and adapted by rules; a world; zoe's rows; a row for each kind's target."""
    beat.threaded = False  # a thread of its own connection sees no row of this transaction
    with django_db_blocker.unblock(), undone():
        foreign = cage()
        evil.FOREIGN_IDS[:] = [str(row.pk) for row in foreign.values()]
        project = Project.start(make_user("alice"), name="The Lighthouse")
        content = STORY.encode()
        book, _ = start_import(
            project=project, actor=project.owner, filename="salt.md", content=content
        )
        work()
        ask("book.analysis", book, writer="rules")
        ask("script.adapt", book.chapters.first(), writer="rules")
        work()
        rows = [
            book,
            book.chapters.first(),
            book.characters.first(),
            Scene.objects.get(code="sc1", project=project),
            world := evil_worlds.world_of(project),
            PlayerCharacter.objects.get(campaign=world, code="pc1"),
        ]
        yield {
            "alice": project.owner,
            "foreign": foreign[Project],
            **{type(row): row for row in rows},
        }


@pytest.fixture(scope="module")
def provider():
    with ScriptedModel(seed=11) as server:
        options = {
            "base_url": server.url,
            "api_key": KEY,
            "model": "claude-sonnet-5-5",
            "read_timeout": 2.0,
        }
        backend = "storyforge.ai.text.anthropic.AnthropicText"
        with override_settings(
            TEXT_PROVIDERS={"default": {"BACKEND": backend, "OPTIONS": options}}
        ):
            yield server


def ask(kind, target, **body):
    owner = target.project.owner
    with acting_as(owner.pk):
        return request_generation(kind, target=target, actor=owner, body=body)


@acting_as(None)
def work():
    run_due()


def finished(job):
    """The job and its units at their end, the waits between attempts passed over."""
    tree = Job.objects.filter(project=job.project_id, created_at__gte=job.created_at)
    for _ in range(ROUNDS):
        tree.update(max_attempts=ATTEMPTS)
        work()
        unfinished = tree.filter(status__in=Job.UNFINISHED)
        if not unfinished:
            return list(tree)
        if any(left.paused_at for left in unfinished):
            trees.cancel(job)  # a world waits for a person where its provider is away
        Breaker.objects.all().delete()
        unfinished.update(run_after=Now())
    raise AssertionError(f"not ended: {[(j.kind, j.status, j.error) for j in unfinished]}")


def digest(project):
    """All rows of a project in one number."""
    tables = [(m._meta.db_table, "project_id") for m in content_models()]
    row = SQL("SELECT md5(string_agg(t::text, '' ORDER BY t::text)) AS h FROM {} t WHERE {} = {}")
    each = [
        row.format(Identifier(table), Identifier(column), Literal(project.pk))
        for table, column in [*tables, ("projects_project", "id")]
    ]
    whole = SQL("SELECT md5(string_agg(h, '')) FROM ({}) AS every").format(
        SQL(" UNION ALL ").join(each)
    )
    with connection.cursor() as cursor:
        cursor.execute(whole)
        return cursor.fetchone()[0]


def shown(client, target, jobs):
    """The statuses of what shows the result: each job's answer, and the pages of the row."""
    answers = [client.get(f"/api/v1/jobs/{job.pk}") for job in jobs]
    if isinstance(target, Campaign | PlayerCharacter):
        return {
            answer.status_code
            for answer in [*answers, *map(client.get, evil_worlds.pages_of(target))]
        }
    name, *ids = PAGES[type(target)]
    where = reverse(name, args=[target.project_id, *(getattr(target, i) for i in ids)])
    return {answer.status_code for answer in [*answers, client.get(where)]}


def start(case, stage, number):
    """The job of a case and the row that it works on."""
    if body := evil_worlds.CASES.get(case):
        return ask(RUN, stage[Campaign], **body(stage[Campaign], number)), stage[Campaign]
    target = stage[next(k for k in kinds() if k.kind == case).target]
    return ask(case, target, writer="model"), target


def outcome(case, number, name, stage, provider, client, known_codes):
    """What is wrong about how this case takes this answer; empty where nothing is."""
    provider.answer, first = CORPUS[name], len(provider.calls)
    try:
        job, target = start(case, stage, number)
        jobs = finished(job)
    except Exception:  # noqa: BLE001 - what a worker would die of is what is looked for
        return traceback.format_exc()[-3_000:]
    return unheard(name, provider.settled(timeout=60)[first:], jobs) or unsound(
        job, target, jobs, client, known_codes
    )


def unheard(name, calls, jobs):
    """Whether the answer was not sent as it was meant, or did not come to where answers are read."""
    if not calls or not all(map(was_sent, calls)):
        return f"not sent: {[(call.reply, call.outcome, call.bytes_sent) for call in calls]}"
    ended = ProviderCall.objects.filter(job__in=jobs, ended_at__isnull=False)
    if ended.count() != len(calls):
        return f"{len(calls)} answers sent, {ended.count()} calls booked"
    read = JobStep.objects.filter(job__in=jobs, name__in=ended.values("step"))
    if name.startswith(WHOLE) and not read.exists():
        return f"not read: {[(call.outcome, call.bytes_sent) for call in calls]}"
    return ""


def was_sent(call):
    """Whether the call got the answer that was meant, or as much of it as the caller wished to read."""
    given_up = call.outcome == "disconnected" and not call.bytes_sent
    return call.reply not in REFUSALS and call.outcome not in LOST and not given_up


def unsound(job, target, jobs, client, known_codes):
    """Whether the jobs ended otherwise than by the rules, or what they made cannot be shown."""
    odd = [
        j.error
        for j in jobs
        if j.status == Job.Status.FAILED and j.error["error_code"] not in known_codes
    ]
    ends = {Job.Status.COMPLETED, Job.Status.FAILED}
    if job.kind == RUN:
        ends.add(Job.Status.CANCELED)
    if odd or any(j.status not in ends for j in jobs):
        return str(odd or [(j.kind, j.status) for j in jobs])
    if any(j.status == Job.Status.COMPLETED for j in jobs):
        statuses = shown(client, target, jobs)
        return "" if statuses == {200} else f"shown with {statuses}"
    return ""


def answers_for(case):
    """Its share of every second answer, or all of them; a part of a world, which takes seconds, has a few."""
    whole = list(CORPUS)
    if "FUZZ_CASES" in os.environ:
        return whole
    if case in KINDS:
        return whole[KINDS.index(case) :: 2 * len(KINDS)]
    first, step = CASES.index(case), len(whole) // FEW
    most = 1 if case == evil_worlds.DEAREST else FEW
    return whole[first * step // len(CASES) :: step][:most]


@pytest.mark.parametrize("case", CASES)
def test_no_answer_of_a_provider_breaks_anything(
    case, stage, provider, known_codes, record_property
):
    wrong, before, memory = {}, digest(stage["foreign"]), peak()
    client = client_of(stage["alice"])
    first = len(provider.calls)
    logging.disable(logging.CRITICAL)
    try:
        for number, name in enumerate(answers_for(case)):
            with undone():
                if problem := outcome(case, number, name, stage, provider, client, known_codes):
                    wrong[name] = problem
                elif digest(stage["foreign"]) != before:
                    wrong[name] = "changed a row of another tenant"
    finally:
        logging.disable(logging.NOTSET)
    asked = provider.calls[first:]
    record_property("evil answers of a provider", len(asked))
    assert not wrong, "\n".join(f"--- {name}\n{problem}" for name, problem in wrong.items())
    assert asked
    assert {call.path for call in asked} == {"/v1/messages"}  # no redirect was followed
    assert peak() - memory < MEMORY
    assert leaks(asked) == []


def leaks(calls):
    """Secrets and words of another tenant in what the provider was sent."""
    hidden = [CANARY, *secrets_in_use()]
    sent = "".join(words_of(call) for call in calls)
    keys = {tuple(sorted(call.secrets.items())) for call in calls}
    return [h for h in hidden if h in sent] + [
        k for k in keys if k != (("authorization", f"Bearer {KEY}"),)
    ]


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_the_answers_are_many_and_no_two_alike():
    """Of what is asked in this run: each kind has its share of them, and parts of worlds one or two."""
    asked = {case: answers_for(case) for case in CASES}
    assert len({name for case in KINDS for name in asked[case]}) >= 200
    assert all(asked.values())
