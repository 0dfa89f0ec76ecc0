"""Every code a client may meet: claimed once, documented, met by a test."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command

from conftest import ROOT
from storyforge.web.management.commands.errors_docs import catalog, error_classes


def test_each_error_class_has_a_code_of_its_own_or_its_parents():
    claimed = {}
    for kind in error_classes():
        assert kind.__doc__, kind
        if "code" in vars(kind):
            assert claimed.setdefault(kind.code, kind) is kind
            assert kind.code in catalog()


def test_the_page_of_codes_is_up_to_date():
    out = io.StringIO()
    call_command("errors_docs", stdout=out)
    page = (ROOT / "docs" / "errors.md").read_text("utf-8")
    assert page == out.getvalue(), "run: manage.py errors_docs > docs/errors.md"


@pytest.mark.parametrize("code", sorted(catalog()))
def test_each_code_is_met_by_a_test(code):
    """By the code where it is what a client sees, else by the class that carries it."""
    name = catalog()[code].kind.__name__
    assert re.search(rf"""["']{code}["']|raises\({name}\)|\b{name}\.code""", all_tests())


@cache
def all_tests():
    """All test modules as one text, but for this one."""
    return "\n".join(
        path.read_text("utf-8")
        for folder in ("storyforge", "canon", "scriptwriter", "worldgen", "tests")
        for path in (ROOT / folder).rglob("test_*.py")
        if path != Path(__file__)
    )
