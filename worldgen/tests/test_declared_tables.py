"""The models are the plan: `world-tables.json` and the classes say the same, field by field."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import Q
from pydantic import TypeAdapter

from worldgen import models as world
from worldgen import phases
from worldgen.models import vocabulary
from worldgen.models.base import EVERY_ROW
from worldgen.models.fields import Line, Link, Links, Listed, Number, Prose, Shaped, Whole, Word
from worldgen.phases import table_of, tables

PLAN = json.loads((Path(__file__).parent / "data" / "world-tables.json").read_text())
TABLES = PLAN["tables"]
PARTY = {"player_characters": "PlayerCharacter"}


def described(field):
    """A field in the words of the plan's type grammar."""
    null = "?" if field.null else ""
    if isinstance(field, Link):
        return f"fk{null}({target(field)})"
    if isinstance(field, Links):
        return f"m2m({target(field)})[{field.low}..{field.high}]"
    if isinstance(field, Word):
        return f"enum{null}({','.join(field.words)})"
    if isinstance(field, Line):
        return f"str{null}({field.max_length})"
    if isinstance(field, Prose):
        return f"text({field.max_length})"
    if isinstance(field, Whole):
        return f"int{null}({field.low}..{field.high})"
    if isinstance(field, Number):
        return f"num{null}({field.low:g}..{field.high:g})".replace("1e+08", "100000000").replace(
            "1e+06", "1000000"
        )
    return "bool" if isinstance(field, models.BooleanField) else type(field).__name__


def target(field):
    return (
        "player_characters"
        if field.related_model is world.PlayerCharacter
        else table_of(field.related_model)
    )


def planned(field):
    """The same of the plan; an optional number, word or reference is one that may be null."""
    text = field["type"]
    kind = re.match(r"[a-z0-9]+", text)[0]
    if not field["required"] and "?" not in text and kind in ("int", "num", "fk"):
        text = text.replace("(", "?(", 1)
    return text


def json_shape(parsed):
    """The JSON Schema of a list or object of the plan, without names."""
    match parsed["k"]:
        case "list":
            return {"of": json_shape(parsed["of"]), "low": parsed["lo"], "high": parsed["hi"]}
        case "obj":
            return {name: json_shape(sub) for name, sub in parsed["f"].items()}
        case "str" | "text":
            return f"text {parsed['n']}"
        case "int" | "num" as kind:
            return f"{kind} {parsed['lo']:g} {parsed['hi']:g}"
        case "enum":
            words = parsed.get("vals") or PLAN["vocabularies"][parsed["vocab"]]
            return " ".join(words)
    return parsed["k"]


def model_shape(schema, root):
    """The same of a pydantic schema."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "enum" in schema:
        return " ".join(schema["enum"])
    match schema["type"]:
        case "array":
            low, high = schema.get("minItems", 0), schema["maxItems"]
            return {"of": model_shape(schema["items"], root), "low": low, "high": high}
        case "object":
            assert set(schema["required"]) == set(schema["properties"])
            return {n: model_shape(s, root) for n, s in schema["properties"].items()}
        case "string":
            return f"text {schema['maxLength']}"
        case "integer" | "number" as kind:
            low, high = schema["minimum"], schema["maximum"]
            return f"{'int' if kind == 'integer' else 'num'} {low:g} {high:g}"
    return {"boolean": "bool"}[schema["type"]]


def fields_of(model):
    """The fields of the class itself, those of every named row apart."""
    base = world.NamedRow if issubclass(model, world.NamedRow) else world.RelationRow
    common = {f.name for f in base._meta.get_fields()}
    return [f for f in phases.writable(model) if f.name not in common]


def test_there_are_as_many_tables_fields_and_references_as_planned():
    assert list(tables()) == list(TABLES)
    counts = PLAN["counts"]
    made = [f for model in tables().values() for f in fields_of(model)]
    named = [m for m in tables().values() if issubclass(m, world.NamedRow)]
    assert len(named) == 28
    assert len(made) == counts["generated_fields"]
    assert sum(isinstance(f, Link) for f in made) == counts["foreign_keys"]
    assert sum(isinstance(f, Links) for f in made) == counts["many_to_many"]
    own = [
        f
        for model in tables().values()
        for f in [*phases.links(model), *phases.link_sets(model)]
        if f.related_model is model
    ]
    # Relation rows link two rows of one table, which is no reference of a table to itself.
    assert len(own) == counts["self_references"]
    for i, size in enumerate(world.Campaign.SIZES):
        assert sum(m.row_counts[i] for m in tables().values()) == counts["rows"][size]


@pytest.mark.parametrize("table", TABLES)
def test_the_fields_of_a_table_are_those_of_the_plan(table):
    plan, model = TABLES[table], tables()[table]
    assert model.__name__ == plan["model"]
    assert model._meta.db_table == f"worldgen_{table}"
    fields = fields_of(model)
    assert [f.name for f in fields] == [f["name"] for f in plan["fields"]]
    for field, wanted in zip(fields, plan["fields"], strict=True):
        if isinstance(field, Shaped):
            schema = TypeAdapter(field.of).json_schema()
            assert model_shape(schema, schema) == json_shape(wanted["parsed"]), field
            assert field.null == bool(wanted["parsed"].get("null")), field
            assert isinstance(field, Listed) == (wanted["parsed"]["k"] == "list"), field
        else:
            assert described(field) == planned(wanted), field
        assert is_required(field) == wanted["required"], field


def is_required(field):
    return not (field.blank or field.null)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_counted_keyed_and_guarded_as_planned(table):
    plan, model = TABLES[table], tables()[table]
    assert model.code_prefix == (plan.get("code_prefix") or "")
    assert list(model.row_counts) == list(plan["rows"].values())
    assert model.row_tokens == plan["tokens_per_row"]
    assert issubclass(model, world.RelationRow) == plan["relation_table"]
    assert model.allows_stub == plan.get("allows_stub", False)
    assert list(model.inline) == plan.get("inline", [])
    assert phases.phase_of(table).code == plan["phase"]
    assert phases.levels()[table] == plan["level"]
    assert phases.needed_tables(model) == set(plan["depends_on"])
    assert phases.needed_tables(model, required_only=True) >= set(plan["requires"])
    assert [f.name for f in phases.deferred(model)] == [f["name"] for f in plan.get("deferred", [])]
    unique = [tuple(c.fields[1:]) for c in model._meta.constraints if c.name == f"{table}_once"]
    assert unique == ([tuple(plan["unique"])] if "unique" in plan else [])
    hidden = plan.get("gm_only", {})
    assert sorted(model.gm_fields) == sorted(hidden.get("fields", []))
    assert model.hidden_rows == condition(hidden.get("rows"))


def condition(text):
    """The rows the plan hides, as a filter."""
    if text is None:
        return None
    if text == "all":
        return EVERY_ROW
    found = Q()
    for part in text.split(" or "):
        if among := re.fullmatch(r"(\w+) in \((.+)\)", part):
            found |= Q(**{f"{among[1]}__in": among[2].split(", ")})
        elif equal := re.fullmatch(r"(\w+) = (\w+)", part):
            found |= Q(**{equal[1]: equal[2]})
        else:
            found |= Q(**{part: True})
    return found


def test_codes_and_reverse_names_are_all_different():
    prefixes = [m.code_prefix for m in tables().values() if m.code_prefix]
    assert len(set(prefixes)) == len(prefixes)
    for table, model in tables().items():
        for field in [*phases.links(model), *phases.link_sets(model)]:
            assert field.remote_field.related_name == f"{table}_{field.name}"


def test_soft_references_are_those_of_the_plan():
    made = [
        (table, soft.path, list(soft.to), soft.free_text)
        for table, model in tables().items()
        for soft in model.soft_links
    ]
    planned_ones = [
        (s["table"], s["path"], s["to"], s["free_text"]) for s in PLAN["soft_references"]
    ]
    assert sorted(made) == sorted(planned_ones)


@pytest.mark.parametrize("name", PLAN["vocabularies"])
def test_a_shared_word_list_is_that_of_the_plan(name):
    words = getattr(vocabulary, "".join(part.title() for part in name.split("_")))
    assert words.values == PLAN["vocabularies"][name]


@pytest.mark.parametrize("code", PLAN["phases"])
def test_a_phase_is_that_of_the_plan(code):
    plan, phase = PLAN["phases"][code], phases.by_code(code)
    assert (phase.title, phase.focus, phase.group) == (plan["title"], plan["focus"], plan["group"])
    assert list(phase.tables) == plan["tables"]
    assert list(phases.needs(code)) == plan["needs"]
    assert list(phase.reads) == plan["reads"]


SYSTEM = {
    "campaigns": world.Campaign, "player_characters": world.PlayerCharacter,
    "pc_facts": world.PCFact, "fact_citations": world.FactCitation,
    "generation_runs": world.GenerationRun, "phase_runs": world.PhaseRun,
    "table_runs": world.TableRun, "row_drafts": world.RowDraft,
    "reference_issues": world.ReferenceIssue,
}  # fmt: skip
#: Derived from the latest run, never stored.
DERIVED = {"campaigns": {"status", "current_phase", "total_phases"}}


@pytest.mark.parametrize("table", PLAN["system_tables"])
def test_a_system_table_has_the_fields_of_the_plan(table):
    plan, model = PLAN["system_tables"][table], SYSTEM[table]
    for wanted in plan["fields"]:
        if wanted["name"] in DERIVED.get(table, ()):
            continue
        field = model._meta.get_field(wanted["name"])
        kind = re.match(r"[a-z]+", wanted["type"])[0]
        if kind in ("enum", "text", "int"):
            assert described(field).replace("?", "") == wanted["type"].replace("?", ""), field
        if kind == "str":
            assert f"str({field.max_length})" == wanted["type"], field
        if kind == "fk":
            assert field.is_relation, field
    unique = {
        tuple(c.fields) for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)
    }
    assert "unique" not in plan or tuple(plan["unique"]) in unique


@pytest.mark.parametrize("wanted", PLAN["system_fields"], ids=lambda f: f["name"])
def test_every_row_has_the_columns_of_the_system(wanted):
    for model in tables().values():
        if wanted["on"] == "all" or issubclass(model, world.NamedRow):
            field = model._meta.get_field(wanted["name"])
            assert not field.editable or wanted["name"] in ("created_at", "updated_at")
            if wanted["type"].startswith(("enum", "int")):
                assert described(field) == wanted["type"]
    for wanted_common in PLAN["common_fields"]:
        assert world.NamedRow._meta.get_field(wanted_common["name"]).editable


def test_a_reference_to_a_later_phase_stops_the_application(monkeypatch):
    swapped = (phases.PHASES[1], phases.PHASES[0], *phases.PHASES[2:])
    monkeypatch.setattr(phases, "PHASES", swapped)
    with pytest.raises(ImproperlyConfigured, match="of the later phase 1A"):
        phases.check()


def test_a_table_of_no_phase_stops_the_application(monkeypatch):
    monkeypatch.setattr(phases, "PHASES", phases.PHASES[:-1])
    with pytest.raises(ImproperlyConfigured, match="EntityRelationship is in 0 phases"):
        phases.check()
