"""What kinds hand in: shapes a model can be held to, and rules that write the same every time."""

from __future__ import annotations

from typing import Any

import pytest
from anthropic import transform_schema
from django.apps import apps

from scriptwriter.models import Scene
from scriptwriter.tests.conftest import analyzed, generate, imported  # noqa: F401
from storyforge.generation.models import GeneratedContent
from storyforge.generation.pipeline import Writing
from storyforge.generation.requests import generations
from storyforge.jobs.create import create_job
from storyforge.jobs.execution import Execution
from tests.make import make
from worldgen.models import PCFact, PlayerCharacter

KINDS = generations()
BACKSTORY = "Mara swore to find her brother Joss. She owes Old Pell her life."


def by_kind(spec):
    return spec.kind


def nodes(schema: Any):
    """Every schema inside a schema."""
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from nodes(value)


@pytest.fixture
def targets(analyzed, generate):  # noqa: F811
    """A row for each model that a kind works on."""
    chapter = analyzed.chapters.first()
    generate("script.adapt", chapter)
    hero = make(PlayerCharacter, analyzed.project, backstory=BACKSTORY)
    rows = [analyzed, chapter, analyzed.characters.first(), Scene.objects.first(), hero]
    return {type(row): row for row in rows}


@pytest.fixture
def write(targets):
    """The rules' output for a kind, before it is saved."""

    def run(spec):
        target = targets[spec.target]
        job = create_job(
            spec.kind,
            project=target.project,
            actor=target.project.owner,
            target_type=target._meta.model_name,
            target_id=target.pk,
            payload=spec.request().model_dump(mode="json"),
            writer="rules",
        )
        job.claim()
        writing = Writing(spec, Execution(job))
        return writing, spec.write_by_rules(writing)

    return run


@pytest.mark.parametrize("spec", KINDS, ids=by_kind)
def test_a_model_can_be_held_to_the_schema(spec):
    schema = transform_schema(spec.output.model_json_schema())
    objects = [node for node in nodes(schema) if node.get("type") == "object"]
    assert objects
    for node in objects:
        assert node["additionalProperties"] is False, node
    assert not [n for n in nodes(schema) if {"minLength", "maxLength", "minimum"} & set(n)]


@pytest.mark.parametrize("spec", KINDS, ids=by_kind)
def test_the_request_refuses_what_it_does_not_know(spec):
    schema = spec.request.model_json_schema()
    assert schema["additionalProperties"] is False
    assert {"instructions", "writer"} <= set(schema["properties"])


@pytest.mark.parametrize("spec", KINDS, ids=by_kind)
def test_rules_write_the_same_bytes_twice_and_what_they_write_is_sound(spec, write):
    writing, first = write(spec)
    _, second = write(spec)
    text = first.model_dump_json()
    assert second.model_dump_json() == text
    assert type(first).model_validate_json(text) == first
    assert list(spec.problems(writing.target, first, writing.request)) == []


@pytest.mark.parametrize("spec", KINDS, ids=by_kind)
def test_rows_made_by_rules_say_so(spec, targets, generate):  # noqa: F811
    job = generate(spec.kind, targets[spec.target])
    made = [row for row in job.result["created"] if _is_generated(row["type"])]
    facts = PCFact.objects.filter(pk__in=[row["id"] for row in job.result["created"]])
    assert made or {fact.origin for fact in facts} == {"rules"}
    for row in made:
        found = _model(row["type"]).objects.get(pk=row["id"])
        assert (found.generation_method, found.job.writer, found.model_used) == (
            "rules",
            "rules",
            "",
        )
        assert found.get_generation_method_display() == "made by rules"


@pytest.mark.parametrize("spec", KINDS, ids=by_kind)
def test_whose_job_it_is_says_which_writer(spec, targets, generate, alice):  # noqa: F811
    job = generate(spec.kind, targets[spec.target])
    shown = alice.get(f"/api/v1/jobs/{job.pk}").json()
    assert (shown["writer"], shown["kind_label"]) == ("rules", spec.label)
    assert shown["cost"] == {"reserved_micros": 0, "spent_micros": 0, "currency": "USD"}
    receipts = alice.get("/api/v1/receipts", {"job": job.pk}).json()["results"]
    assert [r["writer"] for r in receipts] == ["rules"]
    assert receipts[0]["items"]


@pytest.mark.parametrize("spec", KINDS, ids=by_kind)
def test_the_list_of_kinds_says_what_each_takes(spec, alice):
    (listed,) = [k for k in alice.get("/api/v1/kinds").json() if k["kind"] == spec.kind]
    assert listed["label"] == spec.label
    assert listed["help"] == spec.help
    assert listed["target"] == spec.target._meta.model_name
    assert listed["input"] == spec.request.model_json_schema()


def _model(name):
    return next(m for m in apps.get_models() if m._meta.model_name == name)


def _is_generated(name):
    return issubclass(_model(name), GeneratedContent)
