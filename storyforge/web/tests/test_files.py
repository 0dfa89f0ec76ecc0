"""Files under links: for one person, for some minutes, kept and never shown."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from scriptwriter.models import Book, BookFile, Script, ScriptVersion
from storyforge.core import clock, downloads
from storyforge.core.downloads import GOOD_FOR, File, attachment, link, named, offers, opened
from storyforge.core.errors import NotFound
from storyforge.money.models import LedgerEntry
from storyforge.projects.models import Membership
from tests.make import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(project):
    row = make(Book, project, title='The "Sea"/..\\\r\nX: y')
    make(BookFile, project, book=row, filename="../../evil.html", content=b"<script>1</script>")
    return row


def door(name, project, row, **more):
    return reverse(name, kwargs={"project_pk": project.pk, "pk": row.pk, **more})


def test_a_book_comes_back_as_it_came_and_is_no_page(alice, project, book):
    answer = alice.get(door("book_file", project, book), follow=True)
    assert answer.content == b"<script>1</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="the-sea-x-y.bin"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["Cache-Control"] == "no-store"


def test_a_script_comes_in_each_format(alice, project):
    script = make(Script, project, title="=HYPERLINK()")
    make(ScriptVersion, project, script=script, number=1)
    for name in ("fountain", "pdf", "json"):
        answer = alice.get(door("script_file", project, script, format=name), follow=True)
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith('attachment; filename="hyperlink-v1')
    assert (
        alice.get(door("script_file", project, script, format="exe"), follow=True).status_code
        == 404
    )


def test_a_script_without_a_version_has_no_file(alice, project):
    script = make(Script, project)
    assert alice.get(door("script_file", project, script, format="pdf")).status_code == 404


def test_a_link_is_of_no_use_to_anybody_else(alice, bob, charlie, client, project, book):
    path = alice.get(door("book_file", project, book))["Location"]
    assert alice.get(path).status_code == 200
    assert bob.get(path).status_code == 404  # a member; he has a door of his own
    assert charlie.get(path).status_code == 404
    assert client.get(path)["Location"].startswith(reverse("sign_in"))


def test_a_link_ends(alice, project, book, monkeypatch):
    path = alice.get(door("book_file", project, book))["Location"]
    later = clock.now() + timedelta(seconds=GOOD_FOR + 5)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert alice.get(path).status_code == 404


def test_a_link_shows_nothing_to_whom_the_project_was_taken_away(bob, project, book):
    path = bob.get(door("book_file", project, book))["Location"]
    Membership.objects.filter(user=bob.user).delete()
    assert bob.get(path).status_code == 404


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: "x" + t]
)
def test_a_changed_link_leads_nowhere(change, alice):
    token = link(alice.user, "usage").rpartition("/")[2]
    with pytest.raises(NotFound):
        opened(alice.user, change(token))


def test_a_link_to_what_nobody_offers_leads_nowhere(alice):
    token = link(alice.user, "nothing").rpartition("/")[2]
    with pytest.raises(NotFound):
        opened(alice.user, token)


def test_two_packages_cannot_offer_the_same(monkeypatch):
    monkeypatch.setattr(downloads, "_sources", {})
    source = offers("one")(lambda user: File(filename="a", media_type="b", content=b""))
    assert source(None).content == b""
    with pytest.raises(ValueError, match="one"):
        offers("one")(source)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Été", "t.txt"),
        ("", "book.txt"),
        ("../../etc", "etc.txt"),
        ('a"\r\nb', "a-b.txt"),
        ("x" * 99, "x" * 60 + ".txt"),
    ],
)
def test_names_of_files_are_ours(title, name):
    assert named(title, ".txt", otherwise="book") == name


def test_a_name_cannot_break_out_of_its_header():
    answer = attachment(File(filename='a"; b\r\nX: y', media_type="text/csv", content=b""))
    assert "\r" not in answer["Content-Disposition"]
    assert "X" not in answer.headers


def test_the_ledger_comes_as_csv_without_formulas(alice, bob, project):
    make(LedgerEntry, project, step="=cmd|'/C calc'!A0", charged_micros=1_500)
    make(LedgerEntry, project, step="theirs", payer=bob.user.audit_id)
    answer = alice.get(reverse("usage_file"), follow=True)
    assert answer["Content-Disposition"] == 'attachment; filename="storyforge-usage.csv"'
    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert header[0] == "at"
    assert [(row[3], row[8]) for row in rows] == [("'=cmd|'/C calc'!A0", "0.0015")]
