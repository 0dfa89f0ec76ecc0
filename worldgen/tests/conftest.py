from __future__ import annotations

import copy

import pytest

from worldgen.rows import load
from worldgen.tests.whole import new_campaign, write_world


@pytest.fixture
def campaign(project):
    return new_campaign(project)


@pytest.fixture
def whole(campaign):
    """A whole small world by rules, derived and sound."""
    write_world(campaign)
    return campaign


@pytest.fixture
def world(whole):
    """The same, loaded; changing it changes no row."""
    return copy.deepcopy(load(whole))
