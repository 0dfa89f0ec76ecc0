"""The four personas, a project, and jobs done in this process."""

from __future__ import annotations

import gc
import os
import signal
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from rest_framework.test import APIClient

from storyforge.accounts.mail import post
from storyforge.accounts.models import User
from storyforge.accounts.second_factor import SESSION_MARK
from storyforge.core.acting import Door, acting_as
from storyforge.jobs.beat import beat
from storyforge.jobs.models import Job
from storyforge.jobs.runner import run_due
from storyforge.projects.models import Membership, Project
from storyforge.projects.roles import Role
from tests.emptying import rows_go_tables_stay

ROOT = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("STORYFORGE_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared test data; the test is skipped where it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the shared test data is not beside the project")
    return SHARED / "data"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database; rows of tests that commit are deleted after them."""
    with acting_as(None, door=Door.ADMIN), django_db_blocker.unblock(), rows_go_tables_stay():
        yield
        with connection.cursor() as cursor:  # a stream's ears close a little after its last reader
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"  # its own upkeep ends by itself
            )


@pytest.fixture(scope="session", autouse=True)
def _rows_of_all_projects():
    """Tests make rows as they please. Requests and jobs inside them have walls: they say who they are."""
    with acting_as(None, door=Door.ADMIN):
        yield


@pytest.fixture
def no_hang():
    """A guard against code that does not end, far above what any sound code takes on a busy machine."""

    def stop(_signal: int, _frame: object) -> None:
        raise TimeoutError("not done after two minutes")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="session", autouse=True)
def _settings_of_tests():
    """Static files from where they lie, without a collectstatic; passwords hashed quickly."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        WHITENOISE_AUTOREFRESH=True,
        WHITENOISE_USE_FINDERS=True,
        STORAGES={**settings.STORAGES, "staticfiles": plain},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_threads_aside():
    """A thread of its own connection sees no row of a test's transaction; letters lie in `mailoutbox` at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beat, "threaded", False)
        patch.setattr(post, "threaded", False)
        yield


#: They wait for processes of their own, some for minutes: begun last, one would keep all others waiting.
FIRST = (
    "tests/chaos/test_smoke.py", "tests/e2e/test_launcher.py", "storyforge/launcher/",
    "tests/e2e/test_world_killed.py", "tests/e2e/test_worker.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what takes longest begin first; the others keep their order."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


def pytest_collection_finish() -> None:
    """Thousands of collected tests stay to the end: looking through them for garbage takes a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have counted, over all processes: properties of theirs that are whole numbers."""
    counted: Counter[str] = Counter()
    most: dict[str, int] = {}
    for report in [r for name in ("passed", "failed") for r in terminalreporter.getreports(name)]:
        for name, value in report.user_properties:
            if type(value) is int:
                counted[name] += value
                most[name] = max(value, most.get(name, 0))
    for name in sorted(counted):
        total = most[name] if name.startswith("MB ") else counted[name]
        terminalreporter.write_line(f"{name}: {total:,}")


def make_user(name: str) -> User:
    return User.objects.create_user(f"{name}@example.org", "a long password 1", name=name.title())


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def project(db) -> Project:
    return Project.start(make_user("alice"), name="The Lighthouse")


@pytest.fixture
def member(project):
    """A client signed in as somebody with this role in the project, or none."""

    def make(role: Role | None, name: str) -> APIClient:
        user = make_user(name)
        if role:
            Membership.objects.create(project=project, user=user, role=role)
        return client_of(user)

    return make


@pytest.fixture
def alice(project):
    """Owns the project."""
    return client_of(project.owner)


@pytest.fixture
def bob(member):
    """Edits it."""
    return member(Role.EDITOR, "bob")


@pytest.fixture
def carol(member):
    """Contributes to it."""
    return member(Role.CONTRIBUTOR, "carol")


@pytest.fixture
def vera(member):
    """Only reads it."""
    return member(Role.VIEWER, "vera")


@pytest.fixture
def charlie(member):
    """Has never heard of it."""
    return member(None, "charlie")


@pytest.fixture
def sarah(db):
    """Runs the installation, and has shown that it is her."""
    client = client_of(User.objects.create_superuser("sarah@example.org", "a long password 1"))
    session = client.session
    session[SESSION_MARK] = True
    session.save()
    return client


@pytest.fixture
def work():
    """Do every due job in this process as a worker does, and say how many."""
    return acting_as(None)(run_due)


@pytest.fixture
def finish(work):
    """Do the job of a 202 answer and return it, completed."""

    def run(response) -> Job:
        assert response.status_code == 202, response.content
        work()
        job = Job.objects.get(pk=response.json()["id"])
        assert job.status == Job.Status.COMPLETED, job.error
        return job

    return run
