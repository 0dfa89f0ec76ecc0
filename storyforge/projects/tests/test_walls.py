"""Row security with every filter forgotten, and what stands beneath it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import F

from canon.models import Alias, Character
from conftest import make_user
from scriptwriter.models import Book
from storyforge.core.acting import Door, acting_as
from storyforge.jobs.models import IdempotencyKey, Job, JobEvent, JobStep
from storyforge.projects import masonry
from storyforge.projects.models import Invitation, Membership, Project
from storyforge.projects.roles import ALLOWED, Action, Role
from storyforge.projects.walls import OPEN, is_walled, unwalled, walls
from tests.make import content_models, make, make_world

pytestmark = pytest.mark.django_db
WALLED = [wall.model for wall in walls()]


@dataclass(frozen=True, kw_only=True)
class Town:
    """A project with a row of every walled model, and another one."""

    project: Project
    other: Project
    viewer: int
    editor: int
    stranger: int


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker):
    """Made once, in a transaction that each test only borrows."""
    with django_db_blocker.unblock(), transaction.atomic():
        project, other = (
            Project.start(make_user(name), name=name) for name in ("owner", "neighbor")
        )
        for each in (project, other):
            fill(each)
        connection.check_constraints()  # once, not at the end of each test
        yield Town(
            project=project,
            other=other,
            viewer=in_project(project, Role.VIEWER),
            editor=in_project(project, Role.EDITOR),
            stranger=make_user("stranger").pk,
        )
        transaction.set_rollback(True)


def fill(project):
    """A row of every walled model."""
    world = make_world(project)
    JobEvent.objects.create(job=world[Job], seq=1, type="job.created")
    JobStep.objects.create(job=world[Job], name="write", fence=1, output={})
    for row in list(world.values()):
        for field in row._meta.many_to_many:
            if field.remote_field.through._meta.auto_created:
                getattr(row, field.name).add(world[field.related_model])


def in_project(project, role):
    user = make_user(f"{role}-person")
    Membership.objects.create(project=project, user=user, role=role)
    return user.pk


def counts(model):
    return model._default_manager.count()


def test_every_model_that_names_a_row_of_a_project_is_walled_or_says_why():
    assert unwalled() == sorted(OPEN)
    assert set(content_models()) < set(WALLED)
    assert {Project, JobEvent, JobStep, Book.characters.through} < set(WALLED)


def test_all_walls_stand_and_building_again_changes_nothing():
    assert masonry.faults() == []
    before = masonry.standing()
    masonry.build()
    assert masonry.standing() == before


def test_a_wall_with_a_hole_is_seen_and_mended():
    with connection.cursor() as cursor:
        cursor.execute("DROP POLICY wall_delete ON scriptwriter_book")
        cursor.execute("ALTER TABLE canon_alias NO FORCE ROW LEVEL SECURITY")
        cursor.execute("ALTER TABLE canon_character DROP CONSTRAINT wall_canon_character_job_id")
    assert masonry.faults() == [
        "canon_alias: row security",
        "canon_character: job_id reaches other projects",
        "scriptwriter_book: row security",
    ]
    found = [warning.msg for warning in run_checks(databases=["default"])]
    assert "A wall is missing: canon_alias: row security" in found
    told = StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", stdout=told)
    assert "missing  walls: canon_alias: row security; canon_character: job_id" in told.getvalue()
    masonry.build()
    assert masonry.faults() == []
    assert masonry.look() == []


def shown(user, *, door=Door.SHUT):
    """Labels of the walled models of which this user sees a row."""
    with acting_as(user, door=door):
        return {model._meta.label for model in WALLED if counts(model)}


def test_nobody_sees_a_row_and_a_stranger_none_of_others(town):
    assert len(shown(None, door=Door.ADMIN)) == len(WALLED)
    assert shown(None) == set()
    assert shown(town.stranger) == set()


def keys_seen(user, *, door=Door.SHUT):
    with acting_as(user, door=door):
        return IdempotencyKey.objects.count()


def test_a_key_is_shown_to_its_actor_and_nobody_else(town):
    job = Job.objects.filter(project=town.project).first()
    row = {"actor_id": town.project.owner_id, "job": job, "body": "{}"}
    key = IdempotencyKey.objects.create(key="one", **row)
    assert keys_seen(town.project.owner_id) == keys_seen(None, door=Door.ADMIN) == 1
    assert keys_seen(town.editor) == keys_seen(None) == keys_seen(None, door=Door.JOBS) == 0
    with acting_as(town.editor):
        assert IdempotencyKey.objects.update(body="") == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            IdempotencyKey.objects.create(key="two", **{**row, "job": None})
        Job.objects.filter(pk=job.pk).delete()
    key.refresh_from_db()
    assert (key.job_id, key.body) == (None, "{}")


def test_members_see_their_own_project_only(town):
    """Some only those of a higher role see: what waits to be read into a world, who is invited."""
    roles = {
        town.project.owner_id: Role.OWNER, town.editor: Role.EDITOR, town.viewer: Role.VIEWER,
    }  # fmt: skip
    for user, role in roles.items():
        with acting_as(user):
            for model in content_models():
                seen = set(model._default_manager.values_list("project", flat=True))
                needed = getattr(model, "walled_for", (Action.VIEW,))[0]
                theirs = {town.project.pk} if role in ALLOWED[needed] else set()
                assert (model, seen) == (model, theirs)


def test_a_viewer_changes_and_deletes_nothing(town):
    with acting_as(town.viewer):
        for model in WALLED:
            rows, seen = model._default_manager.all(), counts(model)
            some = model._meta.concrete_fields[-1].attname
            assert (model, rows.update(**{some: F(some)})) == (model, 0)
            assert (model, rows._raw_delete(using="default"), counts(model)) == (model, 0, seen)


def test_a_viewer_adds_nothing_and_an_editor_nothing_elsewhere(town):
    for user, where in ((town.viewer, town.project), (town.editor, town.other)):
        with (
            acting_as(user),
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(),
        ):
            Character.objects.create(project=where, code="c9", name="Eve")


def test_an_editor_sees_and_changes_no_invitation(town):
    with acting_as(town.editor):
        assert Invitation.objects.count() == 0
        assert Invitation.objects.update(role="editor") == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            make(Invitation, town.project)


def test_whoever_has_the_address_sees_and_takes_their_invitation_and_changes_nothing(town):
    asked = make_user("asked")
    make(Invitation, town.project, email=asked.email)
    with acting_as(asked.pk):
        assert [row.email for row in Invitation.objects.all()] == [asked.email]
        assert Invitation.objects.update(role="editor") == 0
        assert not Project.objects.exists()
        assert Invitation.objects.all().delete()[0] == 1
    assert Invitation.objects.filter(project=town.project).count() == 1


def test_only_the_owner_changes_a_project_and_others_may_lock_it(town):
    with acting_as(town.editor):
        assert Project.objects.select_for_update().get() == town.project
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Project.objects.update(name="Mine")
        assert Project.objects.all()._raw_delete(using="default") == 0
    with acting_as(town.project.owner_id):
        assert Project.objects.update(name="Ours") == 1


def test_nobody_starts_a_project_in_the_name_of_another(project):
    with (
        acting_as(project.owner_id),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Project.start(make_user("zoe"), name="A present")


def test_the_owner_deletes_a_whole_project(town):
    with acting_as(town.project.owner_id):
        Project.objects.get().delete()
    for model in content_models():
        left = set(model._default_manager.values_list("project", flat=True))
        assert (model, left) == (model, {town.other.pk})
    assert list(Membership.objects.values_list("project", flat=True)) == [town.other.pk]


def test_the_engines_door_opens_the_tables_that_say_so(town):
    engine = {"jobs.Job", "jobs.JobEvent", "jobs.JobStep", "webhooks.Endpoint", "webhooks.Delivery"}
    assert shown(None, door=Door.JOBS) == engine


def links():
    """Every foreign key between rows of a project, but those whose row follows what it hangs on."""
    follows = {(w.table, w.parent.column) for w in walls() if w.parent is not None}
    found = [link for wall in walls() for link in wall.links]
    return [link for link in found if (link.table, link.column) not in follows]


ALSO = {"jobs_job.parent_id": {"unit_key": "one"}}  # what else a check asks for


def test_no_foreign_key_reaches_another_project(town):
    """With every other wall open the database itself refuses."""
    by_table = {model._meta.db_table: model for model in WALLED}
    assert len(links()) > 150
    for link in links():
        model, theirs = by_table[link.table], make(by_table[link.to], town.other)
        field = next(f for f in model._meta.concrete_fields if f.column == link.column)
        row = next(r for r in model._default_manager.all() if project_of(r) == town.project.pk)
        changes = {field.attname: theirs.pk} | ALSO.get(f"{link.table}.{link.column}", {})
        rows = model._default_manager.filter(pk=row.pk)
        assert refuses(lambda r=rows, c=changes: r.update(**c)), link


def refuses(change):
    """Whether the database finds that the change ties rows of two projects."""
    try:
        with transaction.atomic():
            change()
            connection.check_constraints()
    except IntegrityError as error:
        return bool(re.search("wall_|in_campaign|of one campaign", str(error)))
    return False


def project_of(row):
    wall = next(w for w in walls() if w.model is type(row))
    return row.project_id if wall.parent is None else getattr(row, wall.parent.name).project_id


def test_a_join_of_two_projects_is_refused(town):
    book, theirs = make(Book, town.project), make(Character, town.other)
    assert refuses(lambda: book.characters.add(theirs))
    assert not refuses(lambda: book.characters.add(make(Character, town.project)))


def test_is_walled_knows_what_belongs_to_no_project():
    assert not is_walled(Membership)
    assert is_walled(Alias)
