"""Every code a client may meet: claimed once, documented, met by a test."""

from __future__ import annotations

import ast
import io
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from conftest import ROOT
from storyforge.web.codes import catalog, error_classes


def test_each_error_class_has_a_code_of_its_own_or_its_parents():
    claimed = {}
    for kind in error_classes():
        assert kind.__doc__, kind
        if "code" in vars(kind):
            assert claimed.setdefault(kind.code, kind) is kind
            assert (kind.code in catalog()) is kind.shown


def test_the_page_of_codes_is_up_to_date():
    out = io.StringIO()
    call_command("errors_docs", stdout=out)
    page = (ROOT / "docs" / "errors.md").read_text("utf-8")
    assert page == out.getvalue(), "run: manage.py errors_docs > docs/errors.md"


@pytest.mark.parametrize("code", sorted(catalog()))
def test_each_code_is_met_by_a_test(code):
    """As clients see it: a word that a test compares, or a table of one does. Classes and comments do not count."""
    assert code in compared_words()


def test_what_is_not_shown_has_no_place_on_the_page():
    hidden = {kind.code for kind in error_classes() if not kind.shown}
    assert {"interrupted", "stopped"} <= hidden
    assert not hidden & set(catalog())


@pytest.mark.django_db
def test_the_schema_names_every_code():
    problem = SchemaGenerator().get_schema(public=True)["components"]["schemas"]["Problem"]
    assert set(problem["properties"]["error_code"]["enum"]) == set(catalog())


@cache
def compared_words():
    """The strings in asserts, comparisons, decorators and module tables of all test modules but this one."""
    return {
        leaf.value
        for folder in ("storyforge", "canon", "scriptwriter", "worldgen", "tests")
        for path in (ROOT / folder).rglob("test_*.py")
        if path != Path(__file__)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for part in compared(node)
        for leaf in ast.walk(part)
        if isinstance(leaf, ast.Constant)
    }


def compared(node):
    match node:
        case ast.Assert() | ast.Compare():
            return [node]
        case ast.FunctionDef() | ast.ClassDef():
            return node.decorator_list
        case ast.Module():
            return [part for part in node.body if isinstance(part, ast.Assign | ast.AnnAssign)]
    return []
