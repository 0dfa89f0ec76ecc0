"""A whole book becomes scripts: one unit a chapter, and a retry does only what is missing."""

from __future__ import annotations

import pytest

from scriptwriter.generations.script_adapt import ScriptAdapt
from scriptwriter.models import Script
from storyforge.core.errors import StoryforgeError
from storyforge.jobs.models import Job


class Refused(StoryforgeError):
    """Not this chapter."""

    code = "refused"


def adapt(client, book, **body):
    answer = client.post(f"/api/v1/books/{book.pk}/generate/book.adapt", body)
    assert answer.status_code == 202, answer.content
    return Job.objects.get(pk=answer.json()["id"])


def reload(job):
    return Job.objects.get(pk=job.pk)


def test_every_chapter_gets_a_script_and_the_run_lists_them(analyzed, alice, work):
    job = adapt(alice, analyzed)
    work()
    job = reload(job)
    chapters = analyzed.chapters.count()
    assert (job.state, job.progress_done) == ("completed", chapters)
    assert Script.objects.filter(book=analyzed).count() == chapters
    assert len(job.result["created"]) == chapters
    assert set(job.units.values_list("kind", flat=True)) == {"script.adapt"}
    body = alice.get(f"/api/v1/jobs/{job.pk}").json()
    assert (body["status"], body["progress"]["done"]) == ("completed", chapters)


def test_only_the_chosen_or_missing_chapters(analyzed, alice, work):
    first = adapt(alice, analyzed, chapters=[1])
    work()
    rest = adapt(alice, analyzed, only_missing=True)
    work()
    assert reload(first).progress_total == 1
    assert reload(rest).progress_total == analyzed.chapters.count() - 1
    none = adapt(alice, analyzed, only_missing=True)
    work()
    assert reload(none).error["error_code"] == "state_conflict"


def test_a_chapter_that_fails_is_a_hole_and_retry_fills_it(analyzed, alice, work, monkeypatch):
    write = ScriptAdapt.write_by_rules

    def refuse_the_first(self, writing):
        if writing.target.number == 1:
            raise Refused
        return write(self, writing)

    monkeypatch.setattr(ScriptAdapt, "write_by_rules", refuse_the_first)
    job = adapt(alice, analyzed)
    work()
    job = reload(job)
    assert (job.state, job.result["missing"]) == ("partial", ["chapter 1"])
    monkeypatch.undo()
    answer = alice.post(f"/api/v1/jobs/{job.pk}/retry")
    work()
    again = Job.objects.get(pk=answer.json()["id"])
    assert (again.state, again.units.count()) == ("completed", 1)


def test_nothing_at_all_is_a_failure(analyzed, alice, work, monkeypatch):
    def refuse(self, writing):
        raise Refused

    monkeypatch.setattr(ScriptAdapt, "write_by_rules", refuse)
    job = adapt(alice, analyzed)
    work()
    assert reload(job).error["error_code"] == "nothing_made"


@pytest.mark.parametrize("chapters", [["x"], [1.5], "all"])
def test_chapters_are_numbers(analyzed, alice, chapters):
    answer = alice.post(
        f"/api/v1/books/{analyzed.pk}/generate/book.adapt", {"chapters": chapters}, format="json"
    )
    assert answer.status_code == 400


def test_a_run_has_no_prompt_of_its_own(analyzed, alice):
    answer = alice.get(f"/api/v1/books/{analyzed.pk}/generate/book.adapt/preview")
    assert answer.status_code in {404, 405}
