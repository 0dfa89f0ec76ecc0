"""What signs in or opens something is written into no log, whatever logger says it, at whatever level."""

from __future__ import annotations

import logging
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string

from conftest import client_of, make_user
from storyforge.accounts.models import User
from storyforge.accounts.tests.test_second_factor import code_now
from storyforge.core.logs import LINKS, Line
from storyforge.projects.models import Project
from tests.contracts.operations import page_routes

pytestmark = pytest.mark.django_db
OLD, NEW = "a quiet harbor at dusk", "a louder harbor at dawn"
LINK = re.compile(r"https?://[^/\s]+(/\S+/([^/\s]+))\n")
KEY = "sk-example-not-a-key-0123456789"


class Kept(logging.Handler):
    """What a handler with these filters would have written."""

    def __init__(self, *filters):
        super().__init__(level=0)
        self.lines: list[str] = []
        self.setFormatter(Line(fmt="%(name)s %(message)s"))
        for each in filters:
            self.addFilter(each)

    def emit(self, record):
        self.lines.append(self.format(record))

    @property
    def text(self):
        return "\n".join(self.lines)


@pytest.fixture
def logs():
    """As nobody filters it, and as the console does; every logger says all that it has to say."""
    names = settings.LOGGING["handlers"]["console"]["filters"]
    filters = [import_string(settings.LOGGING["filters"][name]["()"])() for name in names]
    raw, console = Kept(), Kept(*filters)
    loggers = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
    before = [(each, each.level, each.disabled) for each in loggers]
    for each in loggers:
        each.setLevel(1)
        each.disabled = False
        if each is logging.root or not each.propagate:
            each.handlers[:0] = [raw, console]
    yield raw, console
    for each, level, disabled in before:
        each.setLevel(level)
        each.disabled = disabled
        each.handlers[:] = [h for h in each.handlers if h not in (raw, console)]


class Journey:
    """Somebody who signs up and in, and keeps what only they may know."""

    def __init__(self, letters):
        self.letters = letters
        self.secrets: dict[str, str] = {"old password": OLD, "new password": NEW}
        self.client = Client()

    def letter(self, name):
        """The path in the last letter; its token is a secret."""
        path, token = LINK.search(self.letters[-1].body).groups()
        self.secrets[name] = token
        return path

    def poke(self, path):
        """Every way a link is refused: by method, by the missing CSRF token, by form."""
        Client(enforce_csrf_checks=True).post(path, {"password": OLD})
        self.client.put(path)
        self.client.get(path + "x")
        self.client.get(path + "/more")
        self.client.get(f"/api/v1/nothing?next={path}")

    def sign_up(self):
        form = {"email": "ada@example.org", "password": OLD, "name": "Ada"}
        self.client.post("/register", form)
        confirm = self.letter("confirmation")
        self.poke(confirm)
        self.client.get(confirm)
        self.client.post(confirm, {"password": "wrong" + OLD})
        assert self.client.post(confirm, {"password": OLD}).status_code == 200
        assert self.client.get(confirm).status_code == 410

    def choose_anew(self):
        self.client.post("/password/forgot", {"email": "ada@example.org"})
        reset = self.letter("reset")
        self.poke(reset)
        self.client.post(reset, {"password": "short"})
        assert self.client.post(reset, {"password": NEW}).status_code == 200

    def sign_in(self):
        self.client.post("/sign-in", {"username": "ada@example.org", "password": OLD})
        self.client.post("/sign-in", {"username": "ada@example.org", "password": NEW})
        user = User.objects.get(email="ada@example.org")
        assert int(self.client.session["_auth_user_id"]) == user.pk
        self.secrets["session"] = self.client.session.session_key
        return user

    def add_factor(self):
        self.client.get("/account/security/app")
        secret = self.client.session["totp_secret"]
        self.secrets["authenticator"] = secret
        code = code_now(secret)
        self.client.post("/account/security/app", {"code": "000000"})
        page = self.client.post("/account/security/app", {"code": code}).content.decode()
        codes = re.findall(r"<code>(\S{29})</code>", page)
        assert len(codes) == 10
        self.secrets |= {f"recovery code {n}": each for n, each in enumerate(codes)}

    def make_proofs(self, project):
        def ask(path, wanted, **body):
            answer = self.client.post(f"/api/v1/{path}", body, content_type="application/json")
            assert answer.status_code == wanted, answer.content
            return answer.json() if answer.content else {}

        self.secrets["API token"] = ask("tokens", 201, name="x")["secret"]
        ask("provider-keys", 201, key=KEY)
        self.secrets["provider key"] = KEY
        hook = ask("webhooks", 201, project=str(project.pk), url="https://example.com/hook")
        self.secrets["webhook"] = hook["secret"]
        self.secrets["webhook 2"] = ask(f"webhooks/{hook['id']}/rotate", 200)["secret"]
        ask(f"projects/{project.pk}/invitations", 202, email="zoe@example.org", role="viewer")
        self.poke(self.letter("invitation"))
        login = {"email": "ada@example.org", "password": NEW}
        ask("auth/login", 401, **login)
        code = next(v for k, v in self.secrets.items() if k.startswith("recovery"))
        pair = ask("auth/login", 200, **login, code=code)
        self.keep_pair(pair, "first")
        pair = ask("auth/refresh", 200, refresh_token=pair["refresh_token"])
        self.keep_pair(pair, "second")
        ask("auth/refresh", 401, refresh_token=self.secrets["first refresh"])
        self.use_badly(pair["access_token"])

    def keep_pair(self, pair, name):
        self.secrets |= {
            f"{name} access": pair["access_token"],
            f"{name} refresh": pair["refresh_token"],
        }

    def use_badly(self, access):
        """As many 4xx as carry a secret in a header, a body or a query."""
        for token in (access, self.secrets["API token"], self.secrets["API token"] + "x"):
            proof = {"Authorization": f"Bearer {token}"}
            Client(headers=proof).post("/api/v1/projects", "{", content_type="application/json")
            Client(headers=proof).get("/api/v1/projects/none")
            Client(headers=proof).put("/api/v1/me")
        body = {"email": "a@b", "password": NEW, "code": self.secrets["authenticator"]}
        self.client.post("/api/v1/auth/login", body, content_type="application/json")
        self.client.post("/api/v1/auth/reset", {"uid": "x", "token": NEW, "password": NEW})


def test_the_whole_way_in_leaves_no_secret_in_any_log(logs, mailoutbox, settings):
    settings.EMAIL_CONFIRMATION = True
    settings.FIELD_ENCRYPTION_KEYS = ["k" * 32]
    settings.AI_KEY_ENDPOINTS = ["https://models.example.org"]
    raw, console = logs
    journey = Journey(mailoutbox)
    journey.sign_up()
    journey.choose_anew()
    user = journey.sign_in()
    journey.add_factor()
    journey.make_proofs(Project.start(user, name="The Lighthouse"))
    assert len(journey.secrets) > 20
    told = {name for name, secret in journey.secrets.items() if secret in raw.text}
    assert {"confirmation", "reset", "invitation"} <= told  # the test can hear
    assert [name for name, secret in journey.secrets.items() if secret in console.text] == []
    assert "/password/reset/…" in console.text


def test_each_page_with_a_token_in_its_address_is_among_those_that_are_cut():
    routes = {
        page.route.partition("<")[0].strip("/") for page in page_routes() if "token>" in page.route
    }
    assert routes == set(LINKS)


def test_a_refused_link_is_logged_without_what_opens_it(logs, client):
    raw, console = logs
    dead = client.get(reverse("reset", args=["MQ", "c0ffee-deadbeef"]))
    assert dead.status_code == 410
    client_of(make_user("ada")).get(reverse("file", args=["c0ffee:deadbeef"]))
    assert raw.text.count("deadbeef") >= 2
    assert "deadbeef" not in console.text
