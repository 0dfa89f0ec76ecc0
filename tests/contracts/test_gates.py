"""The hard gates of the house, checked on the source itself."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin

from conftest import ROOT

PRODUCT = ("storyforge", "canon", "scriptwriter", "worldgen")
FUNCTION_LINES, FILE_LINES = 50, 400
FORBIDDEN_NAMES = re.compile(r"^(utils|helpers|services|managers)\.py$|_(v2|enhanced|pro)\.py$")


@cache
def sources() -> dict[Path, ast.Module]:
    """Every module of the product, parsed; no migrations, no tests."""
    files = [
        path
        for package in PRODUCT
        for path in (ROOT / package).rglob("*.py")
        if not {"migrations", "tests"} & set(path.parts)
    ]
    return {path: ast.parse(path.read_text("utf-8")) for path in files}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{named(path)}:{node.lineno} {node.name}"
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


def test_no_file_is_longer_than_one_sitting():
    long = [named(path) for path in sources() if len(path.read_text().splitlines()) > FILE_LINES]
    assert long == []


def test_everything_is_caught_only_where_a_job_is_run():
    broad = [
        f"{named(path)}:{node.lineno}"
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
        )
    ]
    assert [place.rpartition(":")[0] for place in broad] == ["storyforge/jobs/runner.py"]


def test_there_is_one_celery_task_and_one_place_that_rings():
    calls, tasks = set(), set()
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in {"delay", "apply_async"}:
                calls.add(named(path))
            if isinstance(node, ast.FunctionDef):
                names = {ast.unparse(d).split("(")[0] for d in node.decorator_list}
                if names & {"shared_task", "app.task"}:
                    tasks.add(f"{named(path)}:{node.name}")
    assert calls == {"storyforge/jobs/dispatch.py"}
    assert tasks == {"storyforge/jobs/tasks.py:run_job"}


def test_the_doors_in_the_walls_are_opened_where_it_is_said():
    opened = set()
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "door":
                opened.add((named(path), ast.unparse(node.value)))
    opened.discard(("storyforge/core/acting.py", "door"))
    assert opened == {
        ("storyforge/jobs/engine.py", "Door.JOBS"),
        ("storyforge/accounts/staff.py", "Door.ADMIN"),
        ("storyforge/accounts/leaving.py", "Door.ADMIN"),
        ("storyforge/projects/masonry.py", "Door.ADMIN"),
        ("storyforge/jobs/upkeep.py", "Door.ADMIN"),
    }


def test_who_is_asking_is_told_to_the_database_in_one_place():
    told = [
        named(path) for path in sources() if re.search(r"set_config|app\.system", path.read_text())
    ]
    assert sorted(told) == ["storyforge/core/acting.py", "storyforge/projects/masonry.py"]


def test_no_file_is_named_for_nothing():
    assert [named(p) for p in sources() if FORBIDDEN_NAMES.search(p.name)] == []


def own_models():
    return [m for m in apps.get_models() if m.__module__.split(".")[0] in PRODUCT]


@pytest.mark.parametrize("model", own_models(), ids=lambda m: m.__name__)
def test_every_model_says_what_it_is_and_stands_in_the_admin(model):
    assert model.__doc__
    assert not model.__doc__.startswith(f"{model.__name__}(")
    inline = {i.model for a in admin.site._registry.values() for i in a.inlines}
    made_by_django = model._meta.auto_created
    assert model in admin.site._registry or model in inline or made_by_django


@pytest.mark.parametrize("model", own_models(), ids=lambda m: m.__name__)
def test_every_foreign_key_is_indexed(model):
    for field in model._meta.concrete_fields:
        if field.is_relation:
            first = {next(iter(i.fields)).lstrip("-") for i in model._meta.indexes if i.fields}
            assert field.db_index or field.unique or field.name in first, field.name


def test_text_becomes_html_in_one_place():
    made = re.compile(r"mark_safe|SafeString\(|format_html|SafeText|__html__|\bnh3\.|MarkdownIt\(")
    found = [named(path) for path in sources() if made.search(path.read_text("utf-8"))]
    assert found == ["storyforge/core/safe_html.py"]


def test_templates_and_scripts_hold_nothing_the_policy_forbids():
    forbidden = re.compile(
        r"x-html|innerHTML|mark_safe|\|safe\b|\son\w+=[\"']|\sstyle=[\"']|<script(?![^>]*\ssrc=)"
    )
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static" / "js").rglob("*.js")]
    found = [named(f) for f in files if forbidden.search(f.read_text("utf-8"))]
    assert found == []


# `a.b[key] =` with a key that is not written out; what is on the left before the bracket.
COMPUTED = re.compile(r"([\w.]+)\[(?![\d\"'])[^\]]+\]\s*=(?!=)")
MERGES = re.compile(
    r"__proto__|\.prototype\b|\bfor \((?:const|let) \w+ in\b|Object\.assign\((?!.*, \{)"
)


@pytest.mark.parametrize("path", sorted((ROOT / "static/js").glob("*.js")), ids=lambda p: p.name)
def test_no_script_sets_a_foreign_key_on_an_object_with_a_prototype(path):
    text = path.read_text("utf-8")
    for holder in COMPUTED.findall(text):
        owner, _, name = holder.rpartition(".")
        where = rf"^  {name}: (.+)" if owner == "this" else rf"\b(?:const|let) {name} = (.+)"
        made = re.findall(where, text, re.M)
        assert made, f"{holder}: where is it made?"
        assert [m for m in made if not m.startswith("Object.create(null)")] == [], holder
    assert MERGES.findall(text) == []
