"""Who may do what, after any sequence of joining, leaving, changed roles and deletions.

A model keeps who has which role in which project; the application is asked the same through the API, by the querysets
and past them, by row security alone. `make fuzz` runs longer sequences, other ones each time.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from conftest import client_of, make_user
from storyforge.core.acting import acting_as
from storyforge.projects.invitations import path_of
from storyforge.projects.models import Invitation, Membership, Project
from storyforge.projects.roles import ALLOWED, GIVEN, Action, Role
from tests.contracts.conftest import undone

pytestmark = pytest.mark.django_db
NAMES = ("alice", "bob", "carol", "dora")
EXAMPLES = int(os.environ.get("FUZZ_CASES", "1000")) // 100
STEPS = 50 if "FUZZ_CASES" in os.environ else 25
PHASES = [Phase.generate, *([Phase.shrink] if "FUZZ_CASES" in os.environ else [])]
SEED = int(os.environ["FUZZ_SEED"]) if "FUZZ_SEED" in os.environ else None
MOST = 3  # projects at a time
GIVABLE = [role for role, _ in GIVEN]

PAST_THE_QUERYSETS = """
WITH changed AS (UPDATE canon_character SET want = want RETURNING project_id)
SELECT 'edit', project_id FROM changed UNION ALL SELECT 'view', project_id FROM canon_character
"""

people = st.sampled_from(NAMES)
roles = st.sampled_from(Role.values)
nth = st.integers(0, MOST - 1)


@dataclass(kw_only=True)
class Known:
    """A project as the model knows it: its character, each member's role, each membership ever made."""

    pk: str
    character: str
    roles: dict[str, Role] = field(default_factory=dict)
    memberships: dict[str, int] = field(default_factory=dict)


class Memberships(RuleBasedStateMachine):
    """What people do to projects and to each other, and what they may do then."""

    clients: dict[str, object] = {}
    granted: tuple[str, list[object]] = ("", [])
    asked = 0  # in all examples

    def __init__(self):
        super().__init__()
        self.projects: list[Known] = []
        self.gone: set[str] = set()
        self.asked_here = 0
        self.cookies = {name: client.cookies.copy() for name, client in self.clients.items()}
        self.block = transaction.atomic()
        self.block.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)
        for name, client in self.clients.items():
            client.cookies = self.cookies[name]  # whoever was deleted had lost theirs

    # what the model expects

    def may(self, person, action, project):
        return project.roles.get(person) in ALLOWED[action] and person not in self.gone

    def expected(self, person, project, *, needs, status):
        """The answer to this person: stranger, role too low, or what the operation gives."""
        if person in self.gone:
            return 401
        if person not in project.roles:
            return 404
        return status if self.may(person, needs, project) else 403

    def project(self, number):
        """Mostly the first: what happens to one project over and over finds more."""
        return self.projects[number if number < len(self.projects) else 0]

    def ask(self, person, method, path, body=None):
        Memberships.asked += 1
        self.asked_here += 1
        return getattr(self.clients[person], method)(f"/api/v1/{path}", body)

    # what people do

    @initialize(given=st.lists(st.none() | st.sampled_from(GIVABLE), min_size=3, max_size=3))
    def begin(self, given):
        """Alice's project with some people in it."""
        self._start("alice")
        for person, role in zip(NAMES[1:], given, strict=True):
            if role:
                self.add("alice", 0, person, role)

    @precondition(lambda self: len(self.projects) < MOST)
    @rule(owner=people)
    def start(self, owner):
        self._start(owner)

    def _start(self, owner):
        answer = self.ask(owner, "post", "projects", {"name": f"A project of {owner}"})
        if owner in self.gone:
            assert answer.status_code == 401
            return
        pk = answer.json()["id"]
        made = self.ask(owner, "post", "characters", {"project": pk, "name": "Mara"})
        project = Known(pk=pk, character=made.json()["id"], roles={owner: Role.OWNER})
        own = Membership.objects.get(project=pk)
        project.memberships[owner] = own.pk
        self.projects.append(project)

    @precondition(lambda self: self.projects)
    @rule(actor=people, number=nth, person=people, role=roles)
    def add(self, actor, number, person, role):
        project = self.project(number)
        body = {"email": f"{person}@example.org", "role": role}
        answer = self.ask(actor, "post", f"projects/{project.pk}/invitations", body)
        wanted = 409 if person in project.roles else 202  # also for somebody who is gone
        if role not in GIVABLE:
            wanted = 400
        assert answer.status_code == self.expected(
            actor, project, needs=Action.ADMIN, status=wanted
        )
        if answer.status_code == 202:
            self._accept(project, person, role, Invitation.objects.get(pk=answer.json()["id"]))

    def _accept(self, project, person, role, invitation):
        """Who has another address, or no account any more, gets nowhere with the link."""
        token = path_of(invitation).rpartition("/")[2]
        for each in (*(name for name in NAMES if name != person), person, person):
            answer = self.ask(each, "post", "invitations/accept", {"token": token})
            may = each == person and person not in project.roles
            wanted = 200 if may else 410
            assert answer.status_code == (401 if each in self.gone else wanted)
            if answer.status_code == 200:
                project.roles[person] = Role(role)
                project.memberships[person] = answer.json()["id"]

    @precondition(lambda self: self.projects)
    @rule(actor=people, number=nth, person=people, role=roles)
    def change_role(self, actor, number, person, role):
        project = self.project(number)
        answer = self.ask(actor, "patch", self._member(project, person), {"role": role})
        status = self._about(project, person, 200 if role in GIVABLE else 400)
        assert answer.status_code == self.expected(
            actor, project, needs=Action.ADMIN, status=status
        )
        if answer.status_code == 200:
            project.roles[person] = Role(role)

    @precondition(lambda self: self.projects)
    @rule(actor=people, number=nth, person=people)
    def remove(self, actor, number, person):
        project = self.project(number)
        answer = self.ask(actor, "delete", self._member(project, person))
        status = self._about(project, person, 204)
        wanted = self.expected(actor, project, needs=Action.ADMIN, status=status)
        if actor == person and wanted == 403:
            wanted = 204  # leaving is everybody's own
        assert answer.status_code == wanted
        if answer.status_code == 204:
            del project.roles[person]

    def _member(self, project, person):
        """Also of somebody who left, or was never there."""
        return f"projects/{project.pk}/members/{project.memberships.get(person, 987_654_321)}"

    def _about(self, project, person, status):
        if person not in project.roles:
            return 404
        return 409 if project.roles[person] == Role.OWNER else status

    @precondition(lambda self: len(self.projects) > 1)
    @rule(actor=people, number=nth)
    def delete_project(self, actor, number):
        project = self.project(number)
        answer = self.ask(actor, "delete", f"projects/{project.pk}")
        assert answer.status_code == self.expected(actor, project, needs=Action.ADMIN, status=204)
        if answer.status_code == 204:
            self.projects.remove(project)

    @precondition(lambda self: len(self.gone) < 2 and self.asked_here > 20)
    @rule(person=people)
    def delete_account(self, person):
        answer = self.ask(person, "delete", "account", {"current_password": "a long password 1"})
        assert answer.status_code == (401 if person in self.gone else 204)
        self.gone.add(person)
        self.projects = [p for p in self.projects if p.roles.get(person) != Role.OWNER]
        for project in self.projects:
            project.roles.pop(person, None)

    @precondition(lambda self: self.projects)
    @rule(person=people, number=nth)
    def try_everything(self, person, number):
        """Read, write, spend and administer, and undo it."""
        project = self.project(number)
        character = f"characters/{project.character}"
        generate = f"{character}/generate/character.profile"
        for needs, status, method, path, body in [
            (Action.VIEW, 200, "get", f"projects/{project.pk}", None),
            (Action.VIEW, 200, "get", f"projects/{project.pk}/members", None),
            (Action.VIEW, 200, "get", character, None),
            (Action.EDIT, 200, "patch", character, {"want": "A ship."}),
            (Action.EDIT, 204, "delete", character, None),
            (Action.GENERATE, 202, "post", generate, {}),
            (Action.ADMIN, 200, "get", f"projects/{project.pk}/budget", None),
            (Action.ADMIN, 200, "patch", f"projects/{project.pk}", {"name": "Mine now"}),
        ]:
            with undone():
                answer = self.ask(person, method, path, body)
            wanted = self.expected(person, project, needs=needs, status=status)
            assert answer.status_code == wanted, (method, path, answer.content)
        with undone():  # named in a body: what one may not see is not there
            answer = self.ask(person, "post", "characters", {"project": project.pk, "name": "Tom"})
        wanted = self.expected(person, project, needs=Action.EDIT, status=201)
        assert answer.status_code == (400 if wanted == 404 else wanted)

    # what holds after each step

    @invariant()
    def everybody_has_exactly_what_their_roles_give(self):
        found = {(person, action): set() for person in NAMES for action in Action}
        with connection.cursor() as cursor:
            cursor.execute(*self.granted)
            for person, action, project in cursor:
                found[person, action].add(project)
        for (person, action), projects in found.items():
            assert projects == self._where(person, action), (person, action)

    @invariant()
    def row_security_alone_says_the_same(self):
        for person in NAMES:
            with acting_as(self.clients[person].user.pk), connection.cursor() as cursor:
                cursor.execute(PAST_THE_QUERYSETS)
                found = set(cursor.fetchall())
            assert found == {
                (action.value, project)
                for action in (Action.VIEW, Action.EDIT)
                for project in self._where(person, action)
            }, person

    def _where(self, person, action):
        return {uuid.UUID(p.pk) for p in self.projects if self.may(person, action, p)}

    @invariant()
    def every_project_has_one_owner_who_pays(self):
        owners = Membership.objects.filter(role=Role.OWNER)
        found = owners.values_list("project", "user", "project__owner")
        there = {name: client.user.pk for name, client in self.clients.items()}
        assert sorted(found) == sorted(
            (uuid.UUID(project.pk), there[name], there[name])
            for project in self.projects
            for name, role in project.roles.items()
            if role == Role.OWNER
        )


@pytest.fixture
def everybody():
    """A client each, made once: an example undoes what it did to them."""
    return {name: client_of(make_user(name)) for name in NAMES}


def granted(clients):
    """What `allowed_to` gives each person for each action, as one statement: it is asked after each step."""
    parts, values = [], []
    for name, client in clients.items():
        for action in Action:
            rows = Project.objects.allowed_to(client.user, action).order_by().values("pk")
            sql, params = rows.query.sql_with_params()
            parts.append(f"SELECT %s, %s, each.pk FROM ({sql}) AS each")  # noqa: S608 - Django wrote it
            values += [name, action.value, *params]
    return " UNION ALL ".join(parts), values


def test_nobody_ever_has_more_than_their_role_gives(everybody, record_property):
    Memberships.clients, Memberships.asked = everybody, 0
    Memberships.granted = granted(everybody)
    machine = Memberships if SEED is None else seed(SEED)(Memberships)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=SEED is None,
            phases=PHASES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    record_property("requests of people who join, leave and change roles", Memberships.asked)
    assert Memberships.asked > EXAMPLES * 5
