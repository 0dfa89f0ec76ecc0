"""What somebody who watches the installation is told about plots."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from storyforge.ai.config import get_text_provider
from storyforge.jobs.models import Breaker
from tests.scripted_model import KEY

pytestmark = pytest.mark.django_db
RULES = {"status": "ok", "kind": "plot.overview", "writer": "rules", "breaker": "closed"}
BACKEND = "storyforge.ai.text.anthropic.AnthropicText"
OPTIONS = {"base_url": "http://127.0.0.1:9", "api_key": KEY, "model": "m"}


@pytest.fixture
def with_model(settings):
    settings.TEXT_PROVIDERS = {"default": {"BACKEND": BACKEND, "OPTIONS": OPTIONS}}


@pytest.mark.parametrize("slash", ["", "/"])
def test_without_a_model_the_rules_write(client, slash):
    answer = client.get(f"/health/plot-service{slash}")
    assert (answer.status_code, answer.json()) == (200, RULES)


def test_with_a_model_it_writes_and_is_not_named(client, with_model):
    answer = client.get("/health/plot-service")
    assert (answer.status_code, answer.json()) == (200, {**RULES, "writer": "model"})


def test_while_the_provider_is_held_back_it_is_503(client, with_model):
    name = f"default {get_text_provider('default').model}"
    breaker = Breaker.objects.create(
        name=name, failures=5, open_until=Now() + timedelta(seconds=30)
    )
    answer = client.get("/health/plot-service")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer.json() == {
        **RULES, "status": "unavailable", "writer": "model", "breaker": "open",
    }  # fmt: skip
    Breaker.objects.filter(pk=breaker.pk).update(open_until=Now() - timedelta(seconds=1))
    assert client.get("/health/plot-service").status_code == 200
