"""A world by hand in a real browser: framed, peopled, made by a real worker's jobs, browsed and changed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from storyforge.jobs.create import create_job
from storyforge.jobs.models import Job
from worldgen.headless import make_world
from worldgen.models import Campaign, Entity
from worldgen.rows import load
from worldgen.tests.whole import new_campaign

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
STORY = "Mara swore to find her brother Joss. She owes the ferryman Old Pell her life."


def frame(studio, project):
    """A small campaign with one player character, by clicks and keys."""
    page = studio(f"/projects/{project.pk}/worlds")
    page.get_by_role("link", name="New world").click()
    page.get_by_label("Name", exact=True).fill("The Drowned Bells")
    page.get_by_label("Premise").fill("A coast where the sea gives back what it took.")
    page.get_by_label("Size").select_option("small")
    page.get_by_role("button", name="Make the world").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The party")
    page.get_by_label("Name", exact=True).fill("Mara")
    page.get_by_label("Backstory").fill(STORY)
    page.get_by_role("button", name="Add to the party").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mara")
    return page


def test_a_world_is_framed_made_watched_and_browsed(studio, project, work):
    page = frame(studio, project)
    page.get_by_role("button", name=re.compile("Confirm")).first.click()
    expect(page.get_by_text("confirmed").first).to_be_visible()
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("button", name="Make the world").click()
    expect(page.get_by_role("heading", name="Making the world")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused.", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    work()
    expect(page.get_by_role("button", name="Make the world again")).to_be_visible(timeout=15_000)
    expect(page.locator(".phase.is-done")).to_have_count(9)
    assert Job.objects.get(kind="world.run").status == "completed"
    page.get_by_role("link", name="Entities", exact=True).click()
    expect(page.get_by_role("table")).to_contain_text("Joss")
    page.get_by_label("Search", exact=True).fill("Joss")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Joss", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Joss")
    expect(page.get_by_role("heading", name="Game master only")).to_be_visible()
    expect(page.get_by_text("What names it")).to_be_visible()
    page.get_by_role("link", name="Relations", exact=True).click()
    joss = Entity.objects.filter(campaign=Campaign.objects.get()).get(name__contains="Joss")
    expect(page.locator("svg.web .node-name", has_text=joss.name).first).to_be_visible()
    page.get_by_role("link", name="Map", exact=True).click()
    expect(page.locator("svg.atlas .place").first).to_be_visible()


def test_a_row_is_edited_locked_and_keeps_its_words_when_the_world_is_made_again(
    studio, project, work
):
    world, _ = make_world(project, actor=project.owner, premise="A coast.", size="small")
    work()
    page = studio(f"/projects/{project.pk}/worlds/{world.pk}/tables/entities/ent01")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Occupation").fill("Bell founder")
    page.get_by_label("Occupation").press("Enter")
    expect(page.get_by_text("From now on the row is yours")).to_be_visible()
    page.get_by_role("button", name="Lock").click()
    expect(page.get_by_text("locked").first).to_be_visible()
    expect(page.get_by_role("link", name="Edit", exact=True)).to_have_count(0)
    studio(f"/projects/{project.pk}/worlds/{world.pk}")
    page.get_by_role("button", name="Make the world again").click()
    expect(page.get_by_role("heading", name="Making the world")).to_be_visible()
    work()
    expect(page.get_by_role("button", name="Make the world again")).to_be_visible(timeout=15_000)
    row = Entity.objects.get(campaign=world, code="ent01")
    assert (row.occupation, row.is_locked) == ("Bell founder", True)
    studio(f"/projects/{project.pk}/worlds/{world.pk}/tables/entities/ent01")
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("table").first).to_contain_text("Bell founder")
    studio(f"/projects/{project.pk}/worlds/{world.pk}/runs")
    page.get_by_role("link", name=re.compile("What it changed")).first.click()
    expect(page.get_by_role("heading", name=re.compile("The world after"))).to_be_visible()


def test_a_run_is_rolled_back_while_its_page_watches(studio, project, work):
    world = new_campaign(project)
    create_job("world.run", project=project, actor=project.owner, target_type="campaign",
               target_id=world.pk, writer="rules", payload={"mode": "phase", "phases": ["1A"]})  # fmt: skip
    work()
    page = studio(f"/projects/{project.pk}/worlds/{world.pk}/runs")
    page.get_by_role("link", name=re.compile("Roll back")).click()
    page.get_by_role("button", name="Roll back").click()
    card = page.locator(".job", has_text="Undo a run")
    expect(card).to_be_visible()
    expect(card).to_contain_text("Waiting for a worker")
    work()
    expect(page.locator("[data-region=runs] .chip")).to_have_text("rolled back", timeout=15_000)
    expect(card).to_have_count(0)
    assert not any(load(world).tables.values())
