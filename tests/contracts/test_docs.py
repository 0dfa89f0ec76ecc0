"""What is written down agrees with the code."""

from __future__ import annotations

import io
import re

import pytest
from django.core.management import call_command

from conftest import ROOT
from storyforge.env import DECLARED


def printed(command):
    out = io.StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("name", ["settings"])
def test_a_generated_page_is_up_to_date(name):
    page = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
    assert page == printed(f"{name}_docs"), f"run: manage.py {name}_docs > docs/{name}.md"


@pytest.mark.django_db
def test_the_openapi_document_is_up_to_date(tmp_path):
    fresh = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(fresh))
    assert (ROOT / "docs" / "openapi.yaml").read_text() == fresh.read_text(), "run: make openapi"


def test_the_example_environment_names_every_setting():
    example = (ROOT / ".env.example").read_text("utf-8")
    assert sorted(set(re.findall(r"^#?\s*([A-Z][A-Z_]+)=", example, re.M)) & set(DECLARED)) == (
        sorted(DECLARED)
    )


def test_the_example_environment_shows_the_defaults():
    example = (ROOT / ".env.example").read_text("utf-8")
    shown = dict(re.findall(r"^#([A-Z][A-Z_]+)=(.*)$", example, re.M))
    assert len(shown) > 10
    assert shown == {name: DECLARED[name].default for name in shown}


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], ids=str)
def test_links_between_pages_lead_somewhere(path):
    for link in re.findall(r"\]\(([^)#]+)", path.read_text("utf-8")):
        if "://" not in link:
            assert (path.parent / link).exists(), link
