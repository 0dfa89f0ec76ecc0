"""Each invariant finds what breaks it, and nothing in a table that was only ever touched by the engine."""

from __future__ import annotations

import json
import uuid

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import connection

from storyforge.accounts.models import User
from storyforge.jobs import fsck
from storyforge.jobs.create import create_job
from storyforge.jobs.models import Job, JobStep, ProviderCall, Worker
from storyforge.jobs.models.keys import IdempotencyKey
from storyforge.money import quotas
from storyforge.money.models import Account, Plan, Quota
from storyforge.projects.models import Project

pytestmark = pytest.mark.django_db


def broken():
    return {found.code: found.rows for found in fsck.check()}


def sql(statement, *values):
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement, values)


def without(table, *constraints):
    """The database does not let these be planted; another version of it may have."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    for name in constraints:
        sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


@pytest.fixture
def unit(kind, project):
    """A unit and its run, both unfinished."""
    run = create_job(kind.kind, project=project, actor=project.owner)
    Job.objects.filter(pk=run.pk).update(is_run=True)
    unit = create_job(kind.kind, project=project, actor=project.owner)
    Job.objects.filter(pk=unit.pk).update(parent=run, unit_key="a")
    unit.refresh_from_db()
    return unit


@pytest.fixture
def worked(kind, project, job, work):
    """Jobs in each state, made and moved by the engine alone."""
    work()
    create_job(kind.kind, project=project, actor=project.owner).cancel()
    running = create_job(kind.kind, project=project, actor=project.owner)
    running.claim()
    quotas.reserve(project.owner_id, 0, project_id=project.pk, actor_id=project.owner_id)
    return running


def test_there_are_fourteen_and_all_hold_for_what_the_engine_did(worked, unit):
    assert [each.code for each in fsck.INVARIANTS] == [f"I{n}" for n in range(1, 15)]
    assert broken() == {}


def test_i1_a_key_whose_answer_names_another_job(job, project):
    key = IdempotencyKey.objects.create(
        actor=project.owner, key="k", fingerprint="f", job=job, body=json.dumps({"id": str(job.pk)})
    )
    assert broken() == {}
    IdempotencyKey.objects.filter(pk=key.pk).update(body=json.dumps({"id": str(uuid.uuid4())}))
    assert list(broken()) == ["I1"]
    IdempotencyKey.objects.filter(pk=key.pk).update(body="")
    assert list(broken()) == ["I1"]


def test_i2_an_end_that_was_not_told_or_told_twice(job, work):
    work()
    sql(
        "UPDATE jobs_jobevent SET type = 'job.progress' WHERE type = 'job.completed' AND job_id = %s",
        job.pk,
    )
    assert list(broken()) == ["I2"]
    sql("UPDATE jobs_jobevent SET type = 'job.completed' WHERE job_id = %s", job.pk)
    assert list(broken()) == ["I2"]


def test_i3_a_gap_in_the_events(job):
    sql("UPDATE jobs_job SET event_seq = 2 WHERE id = %s", job.pk)
    assert broken()["I3"] == [f"{job.pk}: 2 expected, 1 found"]


def test_i4_a_result_without_completion_and_the_other_way_round(job, work):
    sql("UPDATE jobs_job SET result = '{}' WHERE id = %s", job.pk)
    assert list(broken()) == ["I4"]
    work()
    sql("UPDATE jobs_job SET result = NULL WHERE id = %s", job.pk)
    assert list(broken()) == ["I4"]


def test_i5_money_that_nobody_holds(job, project):
    ids = quotas.reserve(project.owner_id, 5_000, project_id=None, actor_id=project.owner_id)
    assert len(broken()["I5"]) == 2
    sql("UPDATE jobs_job SET reserved_micros = 5000, quotas = %s WHERE id = %s", ids, job.pk)
    assert broken() == {}
    Quota.objects.filter(scope="day").update(spent_micros=1)
    assert "spent 1 of 0" in broken()["I5"][0]
    Quota.objects.update(spent_micros=0)
    without("money_quota", "quota_not_overdrawn")
    Quota.objects.filter(scope="day").update(limit_micros=4_999)
    assert list(broken()) == ["I5"]


def test_i5_money_held_by_a_job_that_has_ended(job, work):
    work()
    sql("UPDATE jobs_job SET reserved_micros = 1 WHERE id = %s", job.pk)
    assert broken()["I5"] == [f"{job.pk}: completed and holds 1"]


def test_i6_one_attempt_too_many(job):
    sql("UPDATE jobs_job SET attempt = 6 WHERE id = %s", job.pk)
    assert list(broken()) == ["I6"]


def test_i7_a_lease_without_work(job):
    without("jobs_job", "job_lease_while_running")
    sql("UPDATE jobs_job SET lease_until = now() + interval '1 hour' WHERE id = %s", job.pk)
    assert list(broken()) == ["I7"]


def test_i8_a_dead_lease_that_nobody_reaps(job):
    job.claim()
    sql("UPDATE jobs_job SET lease_until = now() - interval '14 seconds' WHERE id = %s", job.pk)
    assert broken() == {}
    sql("UPDATE jobs_job SET lease_until = now() - interval '16 seconds' WHERE id = %s", job.pk)
    assert list(broken()) == ["I8"]


def test_i9_a_due_job_that_nobody_rings_for(job):
    worker = "UPDATE jobs_worker SET started_at = now() - interval '1 minute'"
    old = "UPDATE jobs_job SET run_after = now() - interval '1 minute', updated_at = run_after"
    sql(old)
    sql("UPDATE jobs_job SET updated_at = now() - interval '1 minute'")
    assert broken() == {}  # no worker: nobody could
    Worker.objects.create(name="w", queues=[job.queue], slots=1)
    sql(worker)
    assert list(broken()) == ["I9"]
    sql("UPDATE jobs_job SET dispatched_at = now()")
    assert broken() == {}


def test_i9_while_others_are_at_work(job, kind, project):
    """One runs, and there is room for more; what is beyond an account's cap waits rightly."""
    others = [create_job(kind.kind, project=project, actor=project.owner) for _ in range(2)]
    others[0].claim()
    Worker.objects.create(name="w", queues=[job.queue], slots=5)
    sql("UPDATE jobs_worker SET started_at = now() - interval '1 minute'")
    sql(
        "UPDATE jobs_job SET run_after = now() - interval '1 minute', updated_at = now() - interval '1 minute'"
    )
    assert len(broken()["I9"]) == 2
    plan = Plan.objects.create(code="two", name="Two", in_flight=2)
    Account.of(project.owner_id).put_on(plan)
    assert len(broken()["I9"]) == 1
    others[1].cancel()
    assert broken() == {}, "that was a moment ago"


def test_i10_a_step_of_a_claim_to_come(job):
    JobStep.objects.create(job=job, name="one", fence=1, output={})
    assert broken()["I10"][0].endswith("one: fence 1 of 0")


def test_i11_a_call_that_nobody_ended(job):
    call = {"job": job, "fence": 1, "model": "m", "price_version": "1", "worst_micros": 1}
    job.claim()
    ProviderCall.objects.create(step="one", **call)
    assert broken() == {}  # its worker has the job
    job.put_back(seconds=0)
    assert list(broken()) == ["I11"]


def test_i12_a_repeated_job_of_another_project(job, kind):
    without("jobs_job", "wall_jobs_job_retry_of_id")
    dora = User.objects.create_user("dora@example.org", "a long password 1")
    elsewhere = Project.start(dora, name="Elsewhere")
    theirs = create_job(kind.kind, project=elsewhere, actor=dora)
    Job.objects.filter(pk=job.pk).update(retry_of=theirs)
    assert broken()["I12"] == [f"{job.pk}: retry_of_id of another project"]


def test_i12_a_target_row_of_another_project(job):
    from canon.models import Character

    dora = User.objects.create_user("dora@example.org", "a long password 1")
    stranger = Character.objects.create(
        project=Project.start(dora, name="Elsewhere"), name="Mara", code="c1"
    )
    Job.objects.filter(pk=job.pk).update(target_type="character", target_id=stranger.pk)
    assert broken()["I12"] == [f"{job.pk}: target character of another project"]


def test_i13_a_run_that_ended_before_its_unit(unit):
    sql(
        "UPDATE jobs_job SET status = 'canceled', completed_at = now() WHERE id = %s",
        unit.parent_id,
    )
    assert "I13" in broken()


def test_i14_a_unit_of_a_unit_and_a_key_given_twice(unit, kind, project):
    below = create_job(kind.kind, project=project, actor=project.owner)
    Job.objects.filter(pk=below.pk).update(parent=unit, unit_key="b")
    assert list(broken()) == ["I14"]
    without("jobs_job", "unit_once")
    Job.objects.filter(pk=below.pk).update(parent=unit.parent_id, unit_key="a")
    assert "2 units with the key a" in broken()["I14"][0]


def test_the_command_prints_and_exits_with_1_where_something_is_broken(job, capsys):
    call_command("jobs_fsck")
    assert capsys.readouterr().out == "14 of 14 hold\n"
    sql("UPDATE jobs_job SET attempt = 6 WHERE id = %s", job.pk)
    with pytest.raises(SystemExit) as ended:
        call_command("jobs_fsck")
    assert ended.value.code == 1
    assert capsys.readouterr().out.startswith("I6 broken: no job was tried more often")
    with pytest.raises(SystemExit):
        call_command("jobs_fsck", "--json")
    assert json.loads(capsys.readouterr().out) == [
        {
            "code": "I6",
            "text": "no job was tried more often than allowed",
            "rows": [f"{job.pk}: 6 of 5"],
        }
    ]
