"""Every page at two sizes and two themes: no axe violation, nothing sideways, and a picture on wish."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT
from scriptwriter.journey import travel
from scriptwriter.management.commands.sample_project import run_here
from scriptwriter.models import Script
from storyforge.webhooks.models import Delivery
from tests.e2e.conftest import SHOTS, SIZES
from tests.make import make
from worldgen.exchange.vocabulary import entries_of, keep
from worldgen.headless import make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

AXE = (ROOT / "tests" / "vendor" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLORS = {"type": "rule", "values": ["color-contrast"]}  # another theme changes nothing else
SAMPLE = ROOT / "examples" / "the-lighthouse-keepers.md"


@pytest.fixture
def pages(project, work):
    """Name and path of every page, on a project in which the journey has been run."""
    journey = travel(
        project=project,
        actor=project.owner,
        filename=SAMPLE.name,
        content=SAMPLE.read_bytes(),
        chapter=1,
        wait=run_here,
    )
    make(Delivery, project, event="job.completed", tries=[{"status": 500}])
    script = Script.objects.get()
    world, _ = make_world(
        project, actor=project.owner, premise="A coast where drowned bells ring.", size="small"
    )
    work()
    beasts = [
        {"model": "api_v2.creature", "fields": {"name": name, "type": kind, "challenge_rating": rating, "document": "srd-2014"}}
        for name, kind, rating in (("Wolf", "beast", "0.250"), ("Will-o'-Wisp", "undead", "2.000"))
    ]  # fmt: skip
    keep(world, entries_of(beasts)[0])
    base = f"/projects/{project.pk}"
    book, lead = journey.book, journey.book.characters.first()
    return {
        "home": "/",
        "project": base,
        "books": f"{base}/books",
        "book": f"{base}/books/{book.pk}",
        "chapter": f"{base}/books/{book.pk}/chapters/{journey.chapter.pk}",
        "plot": f"{base}/books/{book.pk}/plot",
        "characters": f"{base}/characters",
        "character": f"{base}/characters/{lead.pk}",
        "scripts": f"{base}/scripts",
        "script": f"{base}/scripts/{script.pk}",
        "versions": f"{base}/scripts/{script.pk}/versions",
        "jobs": f"{base}/jobs",
        "job": f"{base}/jobs/{journey.jobs[-1].pk}",
        "webhooks": f"{base}/webhooks",
        "members": f"{base}/members",
        **{f"world{name}": f"{base}/worlds{path}" for name, path in world_pages(world).items()},
        "tokens": "/tokens",
        "account": "/account",
        "password": "/account/password",
        "security": "/account/security",
        "app": "/account/security/app",
        "passkeys": "/account/security/passkeys",
        "recovery": "/account/security/recovery-codes",
        "activity": "/account/activity",
        "data": "/account/data",
        "prove": "/account/prove",
        "sign-in": "/sign-in",
        "register": "/register",
        "forgot": "/password/forgot",
        "own-key": "/own-key",
    }


def world_pages(world):
    """The pages of a world, by the end of their name."""
    own = f"/{world.pk}"
    return {
        "s": "",
        "-new": "/new",
        "-import": "/import",
        "": own,
        "-edit": f"{own}/edit",
        "-party": f"{own}/party",
        "-character": f"{own}/party/pc1",
        "-table": f"{own}/tables/entities",
        "-relations-table": f"{own}/tables/entity_relationships",
        "-row": f"{own}/tables/entities/ent01",
        "-row-edit": f"{own}/tables/entities/ent01/edit",
        "-row-new": f"{own}/tables/shops/new",
        "-history": f"{own}/tables/entities/ent01/history",
        "-roster": f"{own}/roster/2A",
        "-drafts": f"{own}/drafts",
        "-runs": f"{own}/runs",
        "-map": f"{own}/map",
        "-web": f"{own}/relations",
        "-coverage": f"{own}/coverage",
        "-checks": f"{own}/checks",
        "-vocabulary": f"{own}/vocabulary",
        "-issues": f"{own}/references",
        "-place": f"{own}/tables/locations/loc01",
    }


def problems_of(page, studio, rules=RULES):
    """What axe finds by these rules, and whether the page scrolls sideways."""
    before = len(studio.complaints)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(
        "rules => axe.run({runOnly: rules}).then(r => r.violations.map("
        "v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | ')))",
        rules,
    )
    # axe sets two inline styles of its own, which our policy blocks; pages do not.
    late = studio.complaints[before:]
    studio.complaints[before:] = [c for c in late if "Applying inline style" not in c]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return found + ([f"scrolls sideways by {wide} px"] if wide > 0 else [])


def keep_picture(page, name):
    if Path() != SHOTS:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", caret="initial")


def test_every_page_is_readable_by_everyone(studio, pages, page):
    found = []
    page.emulate_media(reduced_motion="reduce")
    for name, path in pages.items():
        studio(path)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for theme, rules in (("light", RULES), ("dark", COLORS)):
                page.emulate_media(color_scheme=theme)
                keep_picture(page, f"{name}-{size}-{theme}")
                if (size, theme) == ("phone", "dark"):  # the colors of the desktop
                    continue
                found += [f"{name} {size} {theme}: {p}" for p in problems_of(page, studio, rules)]
    assert not found, "\n".join(found)
