"""Staff see all of a job: its steps, calls, events, receipts and error, and change nothing."""

from __future__ import annotations

from scriptwriter.tests.conftest import analyzed, generate, imported  # noqa: F401
from storyforge.jobs.models import Breaker, Job, Worker


def test_the_page_of_a_job_shows_steps_calls_events_and_receipts(sarah, analyzed, generate):  # noqa: F811
    job = generate("plot.overview", analyzed)
    page = sarah.get(f"/admin/jobs/job/{job.pk}/change/")
    text = page.content.decode()
    assert page.status_code == 200
    for prefix in ("steps", "calls", "events", "receipts"):
        assert f'name="{prefix}-TOTAL_FORMS"' in text
    assert "job.completed" in text
    assert 'name="_save"' not in text
    assert sarah.post(f"/admin/jobs/job/{job.pk}/change/", {"status": "failed"}).status_code == 403


def test_what_the_engine_wrote_is_deleted_by_nobody_but_with_its_project(sarah, project):
    job = Job.objects.create(
        kind="book.import", project=project, account=project.owner, queue="cpu"
    )
    Breaker.objects.create(name="b")
    Worker.objects.create(name="w", slots=1)

    def post(path, **data):
        return sarah.post(f"/admin/jobs/{path}", {"post": "yes", **data}, format="multipart")

    assert post(f"job/{job.pk}/delete/").status_code == 403
    post("job/", action="delete_selected", _selected_action=[str(job.pk)])
    assert post("worker/w/delete/").status_code == 403
    assert Job.objects.exists()
    assert post("breaker/b/delete/").status_code == 302
    assert not Breaker.objects.exists()
    project_page = sarah.get(f"/admin/projects/project/{project.pk}/delete/").content.decode()
    assert "would require deleting" not in project_page


def test_the_list_of_jobs_names_the_error(sarah, project):
    Job.objects.create(
        kind="book.import",
        project=project,
        account=project.owner,
        queue="cpu",
        error={"error_code": "unreadable_file", "message": "No."},
    )
    assert "unreadable_file" in sarah.get("/admin/jobs/job/").content.decode()
