"""A browser on the studio: Debian's Chromium, real pages, jobs done when the test says so."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from conftest import make_user
from storyforge.accounts.second_factor import SESSION_MARK
from storyforge.jobs.runner import run_due
from storyforge.projects.models import Project
from tests.e2e.alarm import Alarm

SHOTS = Path(os.environ.get("STORYFORGE_SHOTS", ""))
SIZES = {"desktop": (1360, 820), "phone": (390, 844)}
# Known and harmless: what the browser itself says about a page it was told not to load.
KNOWN = ("favicon",)


@pytest.fixture(scope="session", autouse=True)
def _allow_rows_in_browser_tests():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    # The same browser without a window system takes a third of the processor time.
    names = (os.environ.get("CHROMIUM_PATH"), "chromium-headless-shell", "chromium")
    path = next(filter(None, (shutil.which(name) for name in names if name)), None)
    if path is None:
        pytest.fail("Chromium is missing: apt-get install chromium-headless-shell")
    return {
        **browser_type_launch_args,
        "executable_path": path,
        "args": [
            "--no-sandbox",
            "--disable-background-networking",
            "--disable-quic",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
        ],
    }


@pytest.fixture
def work():
    """Do every due job, with the rows the browser sees."""
    return run_due


@pytest.fixture
def alice_user(transactional_db):
    return make_user("alice")


@pytest.fixture
def project(alice_user):
    return Project.start(alice_user, name="The Lighthouse")


@pytest.fixture
def site(live_server):
    """Where the studio is served: in this process, by threads."""
    return live_server


@pytest.fixture
def watched(context, site):
    """The context fails the test on a console error, a page error, or a request to another host."""
    complaints: list[str] = []

    def on_console(message):
        if message.type == "error" and not any(word in message.text for word in KNOWN):
            complaints.append(f"console: {message.text}")

    def on_request(request):
        if not request.url.startswith((site.url, "data:", "blob:")):
            complaints.append(f"left the origin: {request.url}")

    context.on("console", on_console)
    context.on("weberror", lambda error: complaints.append(f"page: {error.error}"))
    context.on("request", on_request)
    yield complaints
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def studio(context, page, site, alice_user, watched, client):
    """A page signed in as alice; `studio(path)` opens one."""
    client.force_login(alice_user)
    context.add_cookies(
        [
            {
                "name": django_settings.SESSION_COOKIE_NAME,
                "value": client.cookies[django_settings.SESSION_COOKIE_NAME].value,
                "url": site.url,
            }
        ]
    )

    def open_page(path):
        page.goto(site.url + path)
        page.wait_for_load_state("load")
        return page

    open_page.complaints = watched
    return open_page


@pytest.fixture
def alarm(context, site):
    return Alarm(context, site.url)


@pytest.fixture
def as_person(context, site):
    """Sign a browser in; staff with their second factor shown."""

    def sign_in(user, browser=context):
        client = Client()
        client.force_login(user)
        session = client.session
        session[SESSION_MARK] = True
        session.save()
        name = django_settings.SESSION_COOKIE_NAME
        browser.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site.url}])

    return sign_in
