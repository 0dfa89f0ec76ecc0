"""Thirty-eight hostile texts in every text field there is, and every page opened: nothing runs, nothing leaves.

The list of pages is that of `tests/contracts/test_pages.py`, which fails for a page it does not know; the staff's
pages are those of the registry, and the API's those of the schema. A new page is opened by itself.
"""

from __future__ import annotations

import json

import pytest
from django.conf import settings as django_settings
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Error as PlaywrightError

from storyforge.accounts.models import User
from storyforge.accounts.second_factor import SESSION_MARK
from storyforge.projects.models import Project
from tests.contracts.conftest import is_generation_without_kind, rows_of, url_of
from tests.contracts.operations import api_operations
from tests.contracts.rules import RULES, Door
from tests.contracts.test_pages import PAGES, ROUTES
from tests.contracts.test_pages import url as page_url
from tests.payloads import PACKED, PAYLOADS
from tests.poison import poison_everything

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  violations.push(event.violatedDirective + " " + event.blockedURI + " " + event.sample);
});
"""
# What would run later, by a click or a glance, and what should not be there at all.
LATENT = """
() => {
  const found = [];
  const urls = new Set(["href", "src", "action", "formaction", "data", "xlink:href", "srcdoc"]);
  for (const element of document.querySelectorAll("*")) {
    if (element.localName === "x") found.push("an element of ours got out");
    for (const { name, value } of element.attributes) {
      if (/^(x-|@|:)/.test(name) && value.includes("hit(")) found.push(`${element.localName}[${name}]`);
      if (/^on/.test(name)) found.push(`${element.localName}[${name}]`);
      if (!urls.has(name)) continue;
      const picture = element.localName === "img" && value.startsWith("data:image/");
      if (/^(javascript|vbscript|data):/i.test(value.replace(/[\\u0000-\\u0020]/g, "")) && !picture) found.push(`${name}=${value}`);
      if (/evil\\.example/.test(value) && element.localName !== "a") found.push(`${element.localName} ${name}=${value}`);
    }
  }
  return [...found, ...(window.violations || [])];
}
"""


class Alarm:
    """Everything a hostile text may set off in a browser's context."""

    def __init__(self, context, home):
        self.rung: list[str] = []
        context.expose_binding("hit", lambda source, number: self.rung.append(f"ran {number}"))
        context.add_init_script(WATCH)
        context.on("dialog", self._dialog)
        context.on("weberror", lambda error: self.rung.append(f"error: {error.error}"))
        context.on("console", self._console)
        context.on("request", self._request)
        self.home = home

    def _dialog(self, dialog):
        self.rung.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message):
        if "Content Security Policy" in message.text:
            self.rung.append(f"blocked: {message.text[:200]}")

    def _request(self, request):
        if not request.url.startswith((self.home, "data:", "blob:", "about:")):
            self.rung.append(f"left the origin: {request.url}")

    def heard(self):
        heard, self.rung = self.rung, []
        return heard


@pytest.fixture
def alarm(context, site):
    return Alarm(context, site.url)


@pytest.fixture
def poisoned(alice_user, site):
    """A project with a row of each model, and hostile texts in all of them."""
    world = rows_of(alice_user)
    for user in User.objects.all():
        assert Project.objects.filter(owner=user).exists() or user != alice_user
    filled = poison_everything()
    assert Project.objects.get(pk=world[Project].pk).description == PACKED
    return world, filled


@pytest.fixture
def as_person(context, site, client):
    """Sign the browser in; staff with their second factor shown."""

    def sign_in(user):
        client.force_login(user)
        session = client.session
        session[SESSION_MARK] = True
        session.save()
        name = django_settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site.url}])

    return sign_in


def visit(page, alarm, site, where, *, status):
    """Open an address and say what was set off."""
    response = page.goto(site.url + where, wait_until="load")
    found = page.evaluate(LATENT) + alarm.heard()
    if response.status != status:
        found.append(f"answered {response.status}, not {status}")
    return [f"{where}: {each}" for each in found]


def is_file(page, site, where):
    """Whether a browser keeps what is there, instead of showing it."""
    with_errors = page.request.get(site.url + where)
    assert with_errors.status < 500, where
    return "attachment" in with_errors.headers.get("content-disposition", "")


def studio_pages(world):
    """Path and status of each page a browser gets by its address."""
    shown = [name for name, row in sorted(PAGES.items()) if row.method == "get"]
    return [(page_url(name, world), PAGES[name].status) for name in shown]


def staff_pages(world):
    """A list by each admin class, which the tables of worlds share, and the page of one row of each model."""
    yield reverse("admin:index")
    listed = set()
    for model, kind in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        if type(kind) not in listed:
            listed.add(type(kind))
            yield reverse(f"{name}_changelist")
        row = world.get(model) or model._default_manager.first()
        if row is not None:
            yield reverse(f"{name}_change", args=[row.pk])


def api_reads(world):
    """Each GET of the API, as a document: what a person gets who opens the address."""
    for operation in api_operations():
        rule = RULES[operation.key]
        named = operation.method == "get" and not is_generation_without_kind(operation)
        if named and rule.door != Door.PUBLIC and "event" not in operation.name:
            yield url_of(operation, world)


def test_no_page_runs_or_loads_what_people_wrote(
    page, alarm, site, poisoned, as_person, alice_user
):
    world, _ = poisoned
    as_person(alice_user)
    assert set(ROUTES) == set(PAGES), "a page without a row in tests/contracts/test_pages.py"
    found, shown = [], 0
    for where, status in studio_pages(world):
        if is_file(page, site, where):
            continue
        found += visit(page, alarm, site, where, status=200 if status == 302 else status)
        shown += any(str(n) in page.content() for n in ("hit(1)", "hit(5)", "hit(9)"))
    assert not found, "\n".join(found)
    assert shown > 15, "the texts are hardly shown: the test looks at the wrong rows"


def test_no_page_of_the_staff_does(page, alarm, site, poisoned, as_person):
    world, _ = poisoned
    as_person(
        User.objects.create_superuser("sarah@example.org", "a long password 1", name=PACKED[:150])
    )
    found = []
    for where in staff_pages(world):
        found += visit(page, alarm, site, where, status=200)
    assert not found, "\n".join(found)


def test_no_answer_of_the_api_does_when_it_is_opened_as_a_page(
    page, alarm, site, poisoned, as_person, alice_user
):
    world, _ = poisoned
    as_person(alice_user)
    found = []
    for where in api_reads(world):
        if is_file(page, site, where):
            continue
        found += visit(page, alarm, site, where, status=200)
    assert not found, "\n".join(found)


# Where careless code would put a text, by how a text that is meant for that place begins.
RAW = {
    '">': '<p title="{}">a</p>',
    '" ': '<p title="{}">a</p>',
    "'>": "<p title='{}'>a</p>",
    "' ": "<p title='{}'>a</p>",
    '";': '<script>var a = "{}";</script>',
    "';": "<script>var a = '{}';</script>",
    "$": "<script>var a = `{}`;</script>",
    "</script": '<script>var a = "{}";</script>',
    "</title": "<title>{}</title>",
    "</textarea": "<textarea>{}</textarea>",
    "</style": "<style>{}</style>",
    "-->": "<!-- {} -->",
    "]]>": "<svg><![CDATA[{}]]></svg>",
    "[": "markdown",
    "!": "markdown",
    "<javascript": "markdown",
    "": "<p>{}</p>",
}


def test_each_text_is_heard_where_nothing_holds_it(context, alarm):
    """The other tests can fail: put into a page as it is, every payload sets the alarm off."""
    silent = []
    for number, payload in enumerate(PAYLOADS, 1):
        place = next(RAW[start] for start in RAW if payload.startswith(start))
        if not is_heard(context, alarm, raw_page(place, payload)):
            silent.append(f"{number}: {payload}")
    assert silent == []


def is_heard(context, alarm, text):
    """Whether a page sets the alarm off."""
    page = context.new_page()
    alarm.heard()
    try:
        page.set_content(text)
        if page.evaluate(LATENT) or alarm.heard():
            return True
        # A page that writes its own markup again reads it anew.
        page.evaluate("document.body.innerHTML = document.body.innerHTML")
        return bool(page.evaluate(LATENT) or alarm.heard())
    except PlaywrightError:  # it has led away from the page under our hands
        return bool(alarm.heard())
    finally:
        page.close()


def raw_page(place, payload):
    """A page as careless code would write it."""
    if place == "markdown":
        from markdown_it import MarkdownIt

        reader = MarkdownIt("commonmark", {"html": True})
        reader.validateLink = lambda url: True
        return reader.render(payload)
    return f"<!doctype html><body>{place.replace('{}', payload)}"


def test_every_model_with_text_was_filled(poisoned):
    _, filled = poisoned
    assert "canon.Character" in filled
    assert {"worldgen.Entity", "scriptwriter.PlotOverview", "jobs.Job"} <= set(filled)
    assert len(filled) > 60, json.dumps(sorted(filled))
