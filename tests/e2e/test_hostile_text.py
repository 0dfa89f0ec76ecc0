"""Thirty-eight hostile texts in every text field there is, and every page opened: nothing runs, nothing leaves.

The list of pages is that of `tests/contracts/test_pages.py`, which fails for a page it does not know; the staff's
pages are those of the registry, and the API's those of the schema. A new page is opened by itself.
"""

from __future__ import annotations

import json

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Error as PlaywrightError

from conftest import make_user
from storyforge.accounts.models import User
from storyforge.projects.models import Membership, Project
from tests.contracts.conftest import is_generation_without_kind, rows_of, url_of
from tests.contracts.operations import api_operations
from tests.contracts.rules import RULES, Door
from tests.contracts.test_pages import PAGES, ROUTES, SCOPED, expected
from tests.contracts.test_pages import url as page_url
from tests.e2e.alarm import FETCH, LATENT, READ, Alarm
from tests.payloads import PACKED, PAYLOADS
from tests.poison import poison_everything

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def poisoned(alice_user, site):
    """A project with a row of each model, one who may only read there, and hostile texts everywhere."""
    world = rows_of(alice_user)
    Membership.objects.create(project=world[Project], user=make_user("vera"), role="viewer")
    filled = poison_everything()
    assert Project.objects.get(pk=world[Project].pk).description == PACKED
    assert {"canon.Character", "worldgen.Entity", "scriptwriter.PlotOverview"} <= set(filled)
    assert len(filled) > 60, json.dumps(sorted(filled))
    return world


class Visitor:
    """Opens one address after the other in one tab; keeps what was set off, and how many pages showed hostile texts."""

    def __init__(self, page, alarm, site):
        self.page, self.alarm, self.site = page, alarm, site
        self.found: list[str] = []
        self.shown = 0

    def visit(self, where, *, status):
        try:
            response = self.page.goto(self.site.url + where, wait_until="load")
        except PlaywrightError as error:
            if "Download is starting" not in error.message:
                raise
            return  # a browser keeps it, and shows nothing
        found = self.page.evaluate(LATENT) + self.alarm.heard()
        if response.status != status:
            found.append(f"answered {response.status}, not {status}")
        self.found += [f"{where}: {each}" for each in found]
        self.shown += "hit(" in self.page.content()

    def read(self, where, *, status):
        """Fetch an address from the page that is open, and only parse it: a fifth of the time."""
        answer = self.page.evaluate(FETCH, where)
        found = answer["found"] + self.alarm.heard()
        if answer["status"] != status:
            found.append(f"answered {answer['status']}, not {status}")
        self.found += [f"{where}: {each}" for each in found]
        self.shown += answer["shown"]


@pytest.fixture
def visitor(page, alarm, site):
    return Visitor(page, alarm, site)


def studio_pages(world, persona, names):
    """Path and status of each page a browser gets by its address; where a page leads on, of the next."""
    for name in sorted(names):
        if PAGES[name].method == "get":
            status = expected(name, persona)
            yield page_url(name, world), 200 if status == 302 else status


def staff_pages(world):
    """Pages to open, of one row by each admin class; pages to read: all lists, and rows by a class of another model."""
    opened, read, seen = [reverse("admin:index")], [], set()
    for model, kind in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        read.append(reverse(f"{name}_changelist"))
        row = world.get(model) or model._default_manager.first()
        if row is not None:
            (read if type(kind) in seen else opened).append(
                reverse(f"{name}_change", args=[row.pk])
            )
            seen.add(type(kind))
    return opened, read


def api_reads(world):
    """Address and status of each GET of the API, as a document: what a person gets who opens the address."""
    for operation in api_operations():
        rule = RULES[operation.key]
        named = operation.method == "get" and not is_generation_without_kind(operation)
        if named and rule.door != Door.PUBLIC and "event" not in operation.name:
            yield url_of(operation, world), rule.status


def test_no_page_runs_or_loads_what_people_wrote(visitor, poisoned, as_person, alice_user):
    """As the owner, and as one who may only read; then each answer of the API, opened as a page."""
    assert set(ROUTES) == set(PAGES), "a page without a row in tests/contracts/test_pages.py"
    as_person(alice_user)
    for where, status in studio_pages(poisoned, "alice", PAGES):
        visitor.visit(where, status=status)
    hers = visitor.shown
    for where, status in api_reads(poisoned):
        visitor.visit(where, status=status)
    of_answers = visitor.shown - hers
    as_person(User.objects.get(pk__in=Membership.objects.filter(role="viewer").values("user")))
    for where, status in studio_pages(poisoned, "vera", SCOPED):
        visitor.visit(where, status=status)
    theirs = visitor.shown - hers - of_answers
    assert not visitor.found, "\n".join(visitor.found)
    told = "the texts are hardly shown: the test looks at the wrong rows"
    assert (hers > 40, theirs > 25, of_answers > 50) == (True, True, True), (
        told,
        hers,
        theirs,
        of_answers,
    )


def test_no_page_of_the_staff_does(visitor, poisoned, as_person):
    as_person(
        User.objects.create_superuser("sarah@example.org", "a long password 1", name=PACKED[:150])
    )
    opened, read = staff_pages(poisoned)
    for where in opened:
        visitor.visit(where, status=200)
    for where in read:
        visitor.read(where, status=200)
    assert not visitor.found, "\n".join(visitor.found)
    assert visitor.shown > 100


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


@pytest.fixture
def bare_alarm(context):
    return Alarm(context, "about:")


def test_each_text_is_heard_where_nothing_holds_it(context, bare_alarm):
    """The other tests can fail: put into a page as it is, every payload sets the alarm off."""
    silent, unread, reader = [], [], context.new_page()
    for number, payload in enumerate(PAYLOADS, 1):
        text = raw_page(next(RAW[start] for start in RAW if payload.startswith(start)), payload)
        if not is_heard(context, bare_alarm, text):
            silent.append(f"{number}: {payload}")
        if not reader.evaluate(READ, text):
            unread.append(payload)
    assert silent == []
    assert [
        p for p in unread if "<noscript>" not in p
    ] == []  # which a parser that runs nothing reads otherwise


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
