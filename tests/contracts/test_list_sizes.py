"""No list of the API answers with more than a hundred rows, whatever is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from storyforge.jobs.models import Job
from storyforge.projects.models import Project
from tests.contracts.operations import committed_schema
from tests.make import make

pytestmark = pytest.mark.django_db
SCHEMA = committed_schema()
MOST = 100
# Lists without pages, and what bounds them.
WHOLE = {
    "/api/v1/account/sessions/": "a hundred of each sort, cut in `signins.sign_ins`",
    "/api/v1/chapters/{id}/scenes/": "of one chapter, whose text has a bound",
    "/api/v1/campaigns/{campaign_pk}/tables/": "the 43 tables",
    "/api/v1/campaigns/{campaign_pk}/roster/": "the lines of one world, as many as its size asks for",
    "/api/v1/campaigns/{campaign_pk}/exports/": "five are kept",
    "/api/v1/campaigns/{campaign_pk}/phases/": "the nine phases",
    "/api/v1/worldgen/phases/": "the nine phases",
    "/api/v1/worldgen/phases/{phase}/schema/": "the tables of a phase",
    "/api/v1/jobs/{id}/events/": "500 events a page, `after` leads on",
    "/api/v1/kinds/": "the kinds of this release",
    "/api/v1/projects/{project_pk}/members/": "the people of a project, each invited by hand",
    "/api/v1/projects/{project_pk}/invitations/": "fifty are open, `invitations.MOST_OPEN`",
    "/api/v1/scenes/{id}/takes/": "cut at a hundred in the view",
}


def lists() -> dict[str, Any]:
    """Each GET whose answer is a list, by its path: the parameters of its pages, none without pages."""
    found = {}
    for path, methods in SCHEMA["paths"].items():
        answer = methods.get("get", {}).get("responses", {}).get("200", {})
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        name = schema.get("$ref", "").rpartition("/")[2]
        whole = SCHEMA["components"]["schemas"].get(name, schema)
        if whole.get("type") == "array":
            found[path] = None
        elif "results" in whole.get("properties", {}):
            found[path] = {p["name"]: p for p in methods["get"]["parameters"] if p["in"] == "query"}
    return found


def test_each_list_has_pages_or_a_bound_of_its_own():
    whole = {path for path, parameters in lists().items() if parameters is None}
    assert whole - set(WHOLE) == set()
    paged = {path: p for path, p in lists().items() if p is not None}
    assert len(paged) >= 10
    for path, parameters in paged.items():
        assert {"page_size", "limit"} & set(parameters), path
        if "limit" in parameters:
            assert parameters["limit"]["schema"]["maximum"] <= MOST


@pytest.mark.parametrize("path", [p for p, found in lists().items() if found is not None])
def test_a_page_of_any_size_is_one_of_a_hundred_at_most(path, alice, project):
    if "{" in path:
        return  # of one row; the same pages
    for query in ("page_size=100000", "limit=101", "limit=-1", "page_size=-5", "limit=99999999999"):
        answer = alice.get(f"{path}?{query}")
        assert answer.status_code in (200, 400)
        if answer.status_code == 200:
            assert len(answer.json()["results"]) <= MOST


def test_of_105_rows_a_hundred_are_shown(alice, project):
    for number in range(105):
        make(Job, project)
        if number % 2:
            Project.start(alice.user, name="More")
            Project.start(alice.user, name="More")
    for path, query in {
        "/api/v1/jobs": "limit=100",
        "/api/v1/projects": "page_size=100000",
    }.items():
        answer = alice.get(f"{path}?{query}").json()
        assert len(answer["results"]) == MOST
        assert answer["next"]
