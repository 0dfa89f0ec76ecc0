"""A generation that must not or cannot be written ends with a reason and writes nothing."""

from __future__ import annotations

import json

import pytest
from django.db.models import F

from canon.models import Character
from scriptwriter.journey import JourneyFailed, travel
from scriptwriter.models import Book, PlotOverview
from storyforge.generation.context import Section, assemble
from storyforge.generation.models import Receipt
from storyforge.generation.spec import Generation
from storyforge.jobs import registry
from storyforge.jobs.errors import CancelRequested, FenceLost
from storyforge.jobs.execution import Execution
from storyforge.jobs.models import Job
from storyforge.projects.models import Membership, Project
from storyforge.projects.roles import Role
from tests.make import make
from tests.scripted_model import Reply


@pytest.fixture
def waiting(bob, imported):
    """A job of bob's that waits for a worker."""
    response = bob.post(f"/api/v1/books/{imported.pk}/generate/plot.overview", {})
    return Job.objects.get(pk=response.json()["id"])


def outcome(job):
    job.refresh_from_db()
    return job.status, job.error and job.error["error_code"]


def test_a_revoked_members_job_writes_nothing(bob, waiting, work):
    Membership.objects.filter(user=bob.user).delete()
    work()
    assert outcome(waiting) == ("failed", "permission_revoked")
    assert not PlotOverview.objects.exists()


def test_a_member_whose_role_fell_writes_nothing(bob, waiting, work):
    Membership.objects.filter(user=bob.user).update(role=Role.CONTRIBUTOR)
    work()
    assert outcome(waiting) == ("failed", "permission_revoked")


def test_a_job_of_a_deleted_account_writes_nothing(bob, waiting, work):
    bob.user.delete()
    work()
    assert outcome(waiting) == ("failed", "permission_revoked")


def test_a_job_whose_target_is_gone_says_so(waiting, imported, work):
    imported.delete()
    work()
    assert outcome(waiting) == ("failed", "target_gone")


def test_a_target_of_another_project_is_no_target(waiting, charlie, work):
    other = make(Book, Project.start(charlie.user, name="Elsewhere"))
    Job.objects.filter(pk=waiting.pk).update(target_id=other.pk)
    work()
    assert outcome(waiting) == ("failed", "target_gone")


def test_a_book_that_was_not_read_has_no_plot(bob, project, work):
    book = make(Book, project)
    response = bob.post(f"/api/v1/books/{book.pk}/generate/plot.overview", {})
    work()
    job = Job.objects.get(pk=response.json()["id"])
    assert outcome(job) == ("failed", "state_conflict")


def test_a_canceled_job_ends_without_an_error(bob, waiting, work):
    bob.post(f"/api/v1/jobs/{waiting.pk}/cancel")
    work()
    assert outcome(waiting) == ("canceled", None)
    assert CancelRequested.code == "interrupted"
    assert not PlotOverview.objects.exists()


def test_an_answer_that_never_fits_is_invalid_output(analyzed, generate, model):
    def nonsense(asked):
        return Reply(text=json.dumps({"role": "emperor"}))

    model.queue(nonsense, nonsense)
    character = analyzed.characters.first()
    job = generate("character.profile", character)
    assert outcome(job) == ("failed", "invalid_output")
    assert Character.objects.get(pk=character.pk).generation_method != "model"


def test_what_must_be_shown_and_does_not_fit_is_named(bob, imported, monkeypatch):
    spec = next(s for s in Generation.__subclasses__() if s.kind == "plot.overview")
    monkeypatch.setattr(spec, "context_budget", 1)
    response = bob.post(f"/api/v1/books/{imported.pk}/generate/plot.overview/preview", {})
    assert (response.status_code, response.json()["error_code"]) == (422, "context_too_big")
    assert "Book" in response.json()["detail"]


def test_what_may_be_cut_is_cut_before_it_is_refused():
    long = Section(title="Scene", text="It rained. " * 100, mandatory=True, at_least=10)
    assembled = assemble([long], budget=50, fence="data")
    assert [item.state for item in assembled.items] == ["trimmed"]
    assert assembled.text.removesuffix("\n</data>").endswith("It rained.")


def test_a_journey_stops_at_the_first_failed_job(project, work):
    with pytest.raises(JourneyFailed, match=r"^book\.import: ") as caught:
        travel(
            project=project,
            actor=project.owner,
            filename="no-book.epub",
            content=b"not an EPUB at all",
            chapter=1,
            wait=lambda jobs: work(),
        )
    assert caught.value.code == "journey_failed"


def test_a_worker_that_was_taken_for_dead_leaves_no_receipt_of_what_it_read(waiting):
    """The next one reads again, perhaps other words; what is saved is explained by what that one read."""

    class Sleeper(Execution):
        def progress(self, *told):
            super().progress(*told)
            Job.objects.filter(pk=waiting.pk).update(fence=F("fence") + 1)

    waiting.claim()
    with pytest.raises(FenceLost):
        registry.get(waiting.kind).run(Sleeper(waiting))
    assert not Receipt.objects.filter(job=waiting).exists()
