"""The journey by hand: clicks and keys in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from scriptwriter.models import Book, SceneRevision, Script
from scriptwriter.tests.conftest import STORY

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_newcomer_registers_and_makes_a_project(
    page, live_server, watched, alice_user, mailoutbox
):
    page.goto(live_server.url)
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto(f"{live_server.url}/register")
    page.get_by_label("Email").fill("nora@example.org")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name=re.compile("account", re.I)).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Look into your mail")
    page.goto(re.search(r"http://\S+", mailoutbox[0].body)[0])
    page.get_by_label("The password you chose").fill("correct horse battery")
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("link", name="Sign in").first.click()
    page.get_by_label("Email").fill("nora@example.org")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="New project").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Winter novel")
    page.get_by_role("button", name="Make the project").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Winter novel")


def test_a_book_is_brought_read_and_turned_into_a_screenplay(studio, project, work):
    page = studio(f"/projects/{project.pk}/books")
    page.locator("input[type=file]").set_input_files(
        {"name": "salt.md", "mimeType": "text/markdown", "buffer": STORY.encode()}
    )
    expect(page.get_by_text("Read a book").first).to_be_visible()
    work()
    expect(page.get_by_text("The Salt Road").first).to_be_visible(timeout=15_000)
    book = Book.objects.get()
    page = studio(f"/projects/{project.pk}/books/{book.pk}")
    for label in ("Read for people and scenes", "Write the plot overview"):
        page.get_by_role("button", name=re.compile(label)).first.click()
        page.wait_for_timeout(500)
        assert work() == 1
    page = studio(f"/projects/{project.pk}/books/{book.pk}")
    expect(page.get_by_text("Mara").first).to_be_visible()
    expect(page.get_by_text("made by rules", exact=False).first).to_be_visible()
    chapter = book.chapters.first()
    page = studio(f"/projects/{project.pk}/books/{book.pk}/chapters/{chapter.pk}")
    page.get_by_role("button", name=re.compile("Turn into a screenplay")).first.click()
    page.wait_for_timeout(500)
    assert work() == 1
    script = Script.objects.get()
    page = studio(f"/projects/{project.pk}/scripts/{script.pk}")
    expect(page.get_by_text("TOBIAS", exact=False).first).to_be_visible()


@pytest.fixture
def script(project, work):
    from scriptwriter.scripts import import_fountain

    text = b"INT. INN - NIGHT\n\nMARA\nYou are late.\n\nEXT. HARBOR - DAY\n\nThe boat waits.\n"
    return import_fountain(project, author=project.owner, filename="road.fountain", content=text)


def test_what_is_typed_is_saved_by_itself(studio, project, script):
    page = studio(f"/projects/{project.pk}/scripts/{script.pk}")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nA door slams.\n")
    expect(page.locator(".save-state")).to_have_text("Saved", timeout=10_000)
    page.wait_for_timeout(2_500)
    expect(page.locator(".save-state")).to_have_text("Saved", timeout=10_000)
    assert SceneRevision.objects.filter(text__contains="A door slams.").exists()
    page.reload()
    expect(page.get_by_text("A door slams.").first).to_be_visible()


def test_two_tabs_that_clash_keep_both_texts(studio, project, script, context, live_server):
    page = studio(f"/projects/{project.pk}/scripts/{script.pk}")
    studio.complaints_before = list(studio.complaints)
    scene = script.versions.first().tree.first().scene
    from scriptwriter.models import SceneCard
    from scriptwriter.versions import edit_scene

    edit_scene(scene, text="Somebody else was here.\n", card=SceneCard(), author=project.owner)
    page.locator(".cm-content").click()
    page.keyboard.type("Mine. ")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("dialog")).to_contain_text("Somebody else was here.", timeout=10_000)
    expect(page.get_by_role("dialog")).to_contain_text("Mine.")
    # The refused save itself is what the browser complains about.
    assert all("412" in c for c in studio.complaints)
    studio.complaints.clear()


def test_a_job_survives_a_reload_and_can_be_canceled(studio, project, script):
    page = studio(f"/projects/{project.pk}/scripts/{script.pk}")
    page.get_by_role("button", name=re.compile("Write this scene anew")).first.click()
    expect(page.get_by_role("button", name=re.compile("Cancel")).first).to_be_visible(
        timeout=10_000
    )
    page.reload()
    page.get_by_role("button", name=re.compile("Cancel")).first.click()
    expect(page.get_by_text(re.compile("canceled", re.I)).first).to_be_attached(timeout=10_000)


def test_sign_in_works_without_scripts(browser, live_server, alice_user):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/sign-in")
    page.locator("input[name=username]").fill("alice@example.org")
    page.locator("input[name=password]").fill("a long password 1")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{live_server.url}/")
    context.close()
