"""Every declared kind of generation keeps the contract, the day it is declared."""

from __future__ import annotations

import pytest

from scriptwriter.models import Scene
from scriptwriter.tests.conftest import analyzed, generate, imported  # noqa: F401
from storyforge.ai.text.fill import fill
from storyforge.generation.models import MadeBy, Receipt
from storyforge.generation.requests import buttons_for, generations
from tests.make import make
from worldgen.models import PlayerCharacter

KINDS = generations()
BACKSTORY = "Mara swore to find her brother Joss. She owes Old Pell her life."
BASENAMES = {"book": "book", "chapter": "chapter", "character": "character", "scene": "scene",
             "playercharacter": "player-character"}  # fmt: skip


@pytest.fixture
def targets(analyzed, generate):  # noqa: F811
    """A row to work on for each target model."""
    chapter = analyzed.chapters.first()
    generate("script.adapt", chapter)
    return {
        "book": analyzed,
        "chapter": chapter,
        "character": analyzed.characters.first(),
        "scene": Scene.objects.first(),
        "playercharacter": make(PlayerCharacter, analyzed.project, backstory=BACKSTORY),
    }


@pytest.mark.parametrize("spec", KINDS, ids=lambda s: s.kind)
def test_a_kind_says_what_it_is(spec):
    assert spec.label
    assert spec.help.endswith(".")
    assert spec.system
    assert spec.instructions
    schema = spec.output.model_json_schema()
    assert schema["additionalProperties"] is False
    assert spec.output.model_validate(fill(schema))


@pytest.mark.parametrize("spec", KINDS, ids=lambda s: s.kind)
def test_a_kind_appears_as_endpoint_button_and_in_the_list(spec, targets, alice):
    target = targets[spec.target._meta.model_name]
    buttons = buttons_for(target, basename=BASENAMES[spec.target._meta.model_name])
    button = next(b for b in buttons if b.kind == spec.kind)
    assert button.writer_label == "Free, made by rules"
    assert alice.post(button.url, {}).status_code == 202
    assert spec.kind in [k["kind"] for k in alice.get("/api/v1/kinds").json()]


@pytest.mark.parametrize("spec", KINDS, ids=lambda s: s.kind)
def test_rules_write_it_twice_alike_and_say_so(spec, targets, generate):  # noqa: F811
    target = targets[spec.target._meta.model_name]
    job = generate(spec.kind, target)
    assert job.status == "completed", job.error
    assert (job.writer, job.spent_micros) == ("rules", 0)
    assert Receipt.objects.get(job=job).writer == MadeBy.RULES
    assert generate(spec.kind, target).status == "completed"


@pytest.mark.parametrize("spec", KINDS, ids=lambda s: s.kind)
def test_what_a_model_would_see_can_be_looked_at_first(spec, targets, alice):
    target = targets[spec.target._meta.model_name]
    buttons = buttons_for(target, basename=BASENAMES[spec.target._meta.model_name])
    url = next(b.url for b in buttons if b.kind == spec.kind)
    first, second = (alice.post(f"{url.rstrip('/')}/preview", {}) for _ in range(2))
    assert first.status_code == 200
    assert first.content == second.content
    assert first.json()["items"]
