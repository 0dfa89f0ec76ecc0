"""A scene is read while a model writes it: over the stream, and over pages where there is none."""

from __future__ import annotations

import json
import re
import threading

import pytest
from django.db import connections
from playwright.sync_api import expect

from scriptwriter.scripts import import_fountain
from storyforge.jobs.runner import run_due
from tests.e2e.conftest import SHOTS, SIZES
from tests.e2e.test_every_page import problems_of
from tests.scripted_model import KEY, Reply, ScriptedModel
from tests.web_process import WebProcess

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SPEECH = "\n\nTOBIAS\n(quietly)\nThe lamp has to burn all night, whatever comes in from the sea.\n"
SCENE = (
    "INT. LAMP ROOM - NIGHT\n\nRain beats on the glass." + SPEECH * 12 + "\nThe lamp goes out.\n"
)
BUTTON = re.compile("Write this scene anew")


@pytest.fixture
def model(settings):
    with ScriptedModel(seed=7) as server:
        endpoint = {"base_url": server.url, "api_key": KEY, "model": "claude-sonnet-5-5"}
        settings.TEXT_PROVIDERS = {
            "default": {
                "BACKEND": "storyforge.ai.text.anthropic.AnthropicText",
                "OPTIONS": endpoint,
            }
        }
        yield server
        settings.TEXT_PROVIDERS = {}


@pytest.fixture
def script(project):
    text = b"INT. INN - NIGHT\n\nMARA\nYou are late.\n\nEXT. HARBOR - DAY\n\nThe boat waits.\n"
    return import_fountain(project, author=project.owner, filename="road.fountain", content=text)


@pytest.fixture
def worker(work):
    """Does due jobs beside the browser until the test ends."""
    stopping = threading.Event()

    def loop():
        while not stopping.wait(0.05):
            try:
                run_due()
            finally:
                connections.close_all()

    thread = threading.Thread(target=loop)
    thread.start()
    yield
    stopping.set()
    thread.join()


def answer(**how):
    return Reply(text=json.dumps({"text": SCENE, "goal": "Keep the light."}), **how)


def shot(page, name):
    if SHOTS.name:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png")


@pytest.mark.usefixtures("worker")
class TestOverAStream:
    way = "Live"

    @pytest.fixture
    def site(self, model, transactional_db, tmp_path):
        environ = {"AI_TEXT_BASE_URL": model.url, "AI_TEXT_API_KEY": KEY}
        with WebProcess(tmp_path / "web.log", **environ) as web:
            yield web

    @pytest.fixture(params=SIZES)
    def size(self, request):
        return request.param

    def test_words_appear_as_they_are_written(self, studio, project, script, model, size):
        model.queue(answer(rate=60))
        page = studio(f"/projects/{project.pk}/scripts/{script.pk}")
        page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
        if size == "phone":
            page.get_by_role("button", name="This scene", exact=True).click()
        page.get_by_role("button", name=BUTTON).first.click()
        if size == "phone":
            page.locator("#context").get_by_role("button", name="Close").click()
        draft = page.get_by_role("region", name="The text so far")
        expect(draft).to_contain_text("Rain beats on the glass.", timeout=60_000)
        assert "The lamp goes out." not in draft.inner_text()
        expect(page.locator(".draft header")).to_contain_text(self.way)
        page.wait_for_timeout(1_500)
        shot(page, f"draft-{size}-{self.way.split()[0]}")
        expect(page.get_by_text("There is a new text of this scene.")).to_be_visible(timeout=90_000)
        expect(draft).to_be_hidden()
        page.get_by_role("button", name="Show it").click()
        expect(page.locator(".cm-content")).to_contain_text("LAMP ROOM")

    def test_a_try_that_breaks_off_is_told_and_replaced(self, studio, project, script, model):
        model.queue(lambda asked: answer(rate=150, breaks_with="overloaded_error"), answer(rate=90))
        page = studio(f"/projects/{project.pk}/scripts/{script.pk}")
        page.get_by_role("button", name=BUTTON).first.click()
        draft = page.get_by_role("region", name="The text so far")
        expect(draft).to_contain_text("Rain beats", timeout=60_000)
        expect(page.get_by_text("There is a new text of this scene.")).to_be_visible(timeout=90_000)

    def test_what_broke_off_for_good_stays_to_be_read(self, studio, project, script, model):
        half = Reply(
            text='{"text": "INT. LAMP ROOM - NIGHT\\n\\nRain.', stop_reason="refusal", category="x"
        )
        model.queue(half)
        page = studio(f"/projects/{project.pk}/scripts/{script.pk}")
        page.get_by_role("button", name=BUTTON).first.click()
        stopped = page.get_by_role("heading", name="It stopped here, and nothing was saved")
        expect(stopped).to_be_visible(timeout=60_000)
        expect(page.get_by_role("region", name="The text so far")).to_contain_text("Rain.")
        assert problems_of(page, studio) == []
        shot(page, f"draft-stopped-{self.way.split()[0]}")
        page.locator(".draft").get_by_role("button", name="Close").click()
        expect(stopped).to_be_hidden()


class TestOverPages(TestOverAStream):
    """The same on a server of threads, where there is no stream; how wide the page is makes no difference."""

    way = "Every 2 seconds"

    @pytest.fixture
    def size(self):
        return "desktop"

    @pytest.fixture
    def site(self, live_server):
        return live_server
