"""One whole world for all tests of a module; what each of them changes is undone."""

from __future__ import annotations

import pytest

from conftest import client_of, make_user
from storyforge.jobs.models import Job
from storyforge.projects.models import Membership, Project
from storyforge.projects.roles import Role
from tests.contracts.conftest import undone
from worldgen.models import WorldUpload
from worldgen.tests.whole import new_campaign, write_world

MEMBERS = {"bob": Role.EDITOR, "carol": Role.CONTRIBUTOR, "vera": Role.VIEWER}


@pytest.fixture(scope="module")
def whole(django_db_setup, django_db_blocker):
    """A small world by rules of alice's, derived and sound."""
    with django_db_blocker.unblock(), undone():
        project = Project.start(make_user("alice"), name="The Lighthouse")
        for name, role in MEMBERS.items():
            Membership.objects.create(project=project, user=make_user(name), role=role)
        campaign = new_campaign(project)
        write_world(campaign)
        yield campaign


@pytest.fixture
def clients(whole):
    """The members of its project."""
    rows = Membership.objects.filter(project=whole.project).select_related("user")
    return {row.user.name.lower(): client_of(row.user) for row in rows}


@pytest.fixture
def alice(clients):
    return clients["alice"]


@pytest.fixture
def carol(clients):
    return clients["carol"]


@pytest.fixture
def vera(clients):
    return clients["vera"]


@pytest.fixture
def charlie(whole):
    return client_of(make_user("charlie"))


@pytest.fixture
def url(whole):
    """The address of something below its campaign."""
    return lambda path="": f"/api/v1/campaigns/{whole.pk}/{path}"


@pytest.fixture
def taken(work):
    """Do the job of a file that was sent, which keeps none of it; the job, or the answer that refused the file."""

    def run(answer):
        if answer.status_code != 202:
            return answer
        work()
        assert not WorldUpload.objects.exists()
        return Job.objects.get(pk=answer.json()["id"])

    return run


def refused(answer):
    """The code and the words with which a file was refused, by the request or by its job."""
    if isinstance(answer, Job):
        assert (answer.status, answer.result) == ("failed", None)
        return answer.error["error_code"], answer.error["message"]
    return answer.json()["error_code"], answer.json()["detail"]
