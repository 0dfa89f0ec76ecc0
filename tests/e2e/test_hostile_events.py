"""Hostile texts that come while a page is open: by streams, by polls, in notices, in parts that are drawn anew.

The pages are opened while all texts are harmless. Then every text of every row becomes a hostile one, two jobs tell
all thirty-eight of them as they go on, and both fail with all of them in their error.
"""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from scriptwriter.models import Scene, Script
from storyforge.ai.errors import ProviderUnavailable
from storyforge.jobs.models import Job
from storyforge.projects.models import Membership, Project
from tests.contracts.conftest import client_of, make_user, rows_of
from tests.e2e.alarm import LATENT, Alarm
from tests.make import make
from tests.payloads import PACKED, PAYLOADS
from tests.poison import poison_everything
from tests.web_process import WebProcess
from worldgen.models import Campaign

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
LABEL = 200  # characters
# One poll, and what Alpine draws of it.
POLL = """
async () => {
  await Alpine.store("jobs").poll();
  await Alpine.nextTick();
  return document.body.textContent;
}
"""


@pytest.fixture
def site(transactional_db, tmp_path):
    """With streams."""
    with WebProcess(tmp_path / "web.log") as web:
        yield web


@pytest.fixture
def guest(context, site, as_person, alarm):
    """A second browser, of somebody who may only read: its context and its alarm."""
    other = context.browser.new_context()
    yield other, Alarm(other, site.url)
    other.close()


def running(project, target, **fields):
    """A job of a model on this row, which a worker has claimed."""
    kind = target._meta.model_name
    job = make(Job, project, target_type=kind, target_id=target.pk, writer="model", **fields)
    assert job.claim()
    return job


def labels():
    """All payloads, as many in each as a label takes."""
    lines = [""]
    for payload in PAYLOADS:
        longer = f"{lines[-1]} {payload}".strip()
        lines[-1:] = [longer] if len(longer) <= LABEL else [lines[-1], payload]
    return lines


def opened(context, site, *paths):
    pages = []
    for path in paths:
        page = context.new_page()
        assert page.goto(site.url + path).status == 200
        pages.append(page)
    return pages


def alarmed(pages, *alarms):
    return [f"{p.url}: {found}" for p in pages for found in p.evaluate(LATENT)] + [
        heard for alarm in alarms for heard in alarm.heard()
    ]


def test_nothing_that_comes_while_a_page_is_open_runs(
    context, site, alarm, guest, as_person, alice_user
):
    world, vera = rows_of(alice_user), make_user("vera")
    project, script, campaign = world[Project], world[Script], world[Campaign]
    Membership.objects.create(project=project, user=vera, role="viewer")
    writing = running(project, world[Scene], kind="scene.write")
    run = running(project, campaign, kind="world.run", is_run=True)
    on_script = reverse("script", args=[project.pk, script.pk])
    on_jobs = reverse("jobs", args=[project.pk])
    on_job = reverse("job", args=[project.pk, writing.pk])
    as_person(alice_user)
    hers = opened(
        context, site, on_script, reverse("world", args=[project.pk, campaign.pk]), on_job
    )
    as_person(vera, guest[0])
    theirs = opened(guest[0], site, on_script, on_jobs)
    pages = [*hers, *theirs]
    assert not any("hit(" in page.content() for page in pages)

    poison_everything()
    Job.objects.filter(pk=run.pk).update(target_type="campaign")  # by which its world finds it
    tell_all(writing, run, pages)
    for page in (hers[0], theirs[0]):
        draft = page.locator(".draft-text")
        expect(draft).to_contain_text(PAYLOADS[1], timeout=60_000)
        expect(page.locator(".draft header")).to_contain_text("Live")
    assert alarmed(pages, alarm, guest[1]) == []

    fail_all(writing, run, pages)
    assert alarmed(pages, alarm, guest[1]) == []

    clash(hers[0], client_of(alice_user), world[Scene])
    assert alarmed(pages, alarm, guest[1]) == []


def tell_all(writing, run, pages):
    """Progress and text of both jobs; each page shows each label."""
    assert writing.tell(step="write.1", offset=0, text=PACKED, label="Writing")
    for done, label in enumerate(labels()):
        assert writing.report(done=done, total=99, label=label)
        assert run.report(done=done, total=99, label=label)
        for page in pages:
            assert label in page.evaluate(POLL), page.url


def fail_all(writing, run, pages):
    """Both jobs fail with every payload in their error: in notices, and in what is drawn anew."""
    for job in (writing, run):
        assert job.fail(ProviderUnavailable(PACKED))
    for page in pages:
        page.evaluate(POLL)
        notices = page.locator(".toast.is-bad")
        expect(notices).to_have_count(2, timeout=60_000)
        expect(notices.first).to_contain_text(PAYLOADS[1])
        drawn = page.locator("[data-region]").all_inner_texts()
        assert any("hit(" in text for text in drawn), page.url


def clash(page, alice, scene):
    """Somebody else has saved a hostile text: both sides are shown, and theirs is put on the page."""
    where = reverse("scene-detail", args=[scene.pk])
    etag = alice.get(where)["ETag"]
    assert alice.patch(where, {"content": PACKED}, headers={"If-Match": etag}).status_code == 200
    page.locator(".cm-content").click()
    page.keyboard.type("x")
    page.keyboard.press("Control+s")
    dialog = page.locator("#conflict")
    expect(dialog).to_contain_text(PAYLOADS[1], timeout=60_000)
    dialog.get_by_role("button", name="Take the saved one").click()
    expect(page.locator(".cm-content")).to_contain_text("hit(")
