"""A canary in every secret field and hidden row reaches no player."""

from __future__ import annotations

import pytest

from conftest import make_user
from storyforge.projects.models import Membership
from storyforge.projects.roles import Role
from worldgen import phases
from worldgen.models.fields import Line, Prose
from worldgen.rows import load_rows
from worldgen.secrets import filterable, hidden_codes, sees_all, shown, visible

pytestmark = pytest.mark.django_db
CANARY = "canary"


def people(project):
    found = {"alice": project.owner}
    for name, role in (("carol", Role.CONTRIBUTOR), ("vera", Role.VIEWER), ("charlie", None)):
        found[name] = make_user(name)
        if role:
            Membership.objects.create(project=project, user=found[name], role=role)
    return found


def spoil(campaign):
    """Write the canary into every secret text, and into each text of rows hidden as they are."""
    for model in phases.tables().values():
        texts = [f.name for f in phases.writable(model) if isinstance(f, Prose | Line)]
        secret = [name for name in texts if name in model.gm_fields]
        rows = model.objects.filter(campaign=campaign)
        if secret:
            rows.update(**dict.fromkeys(secret, CANARY))
        if model.hidden_rows is not None:
            hidden = rows.filter(model.hidden_rows)
            for row in hidden:
                for name in texts:
                    setattr(row, name, f"{CANARY} {row.pk}"[: row._meta.get_field(name).max_length])
                row.save()


def test_a_player_sees_no_secret_and_a_contributor_sees_all(whole, project):
    spoil(whole)
    users = people(project)
    hidden = hidden_codes(whole.pk)
    assert hidden
    told = dict.fromkeys(users, "")
    for name, user in users.items():
        for model in phases.tables().values():
            rows = list(visible(user, model.objects.filter(campaign=whole)))
            values = load_rows(rows)
            if sees_all(user, project.pk):
                told[name] += str(values)
            else:
                told[name] += str([
                    shown(model, values[row.pk], row.revealed_fields, hidden) for row in rows
                ])  # fmt: skip
    assert told["alice"] == told["carol"]
    assert CANARY in told["carol"]
    assert CANARY not in told["vera"]
    assert len(told["vera"]) > 10_000
    for code in hidden:
        assert f"'{code}'" not in told["vera"], code
    assert "'backstory_fact_ids'" not in told["vera"]
    assert "'truth'" not in told["vera"]
    assert set(told["charlie"]) <= set("[]{}")
    open_tables = [m for m in phases.tables().values() if m.hidden_rows is None and m.code_prefix]
    for model in open_tables:
        rows = model.objects.filter(campaign=whole)
        assert visible(users["vera"], rows).count() == rows.count(), model


def test_what_a_game_master_reveals_is_seen(whole, project):
    vera = people(project)["vera"]
    quests = phases.tables()["quest_hooks"]
    assert not visible(vera, quests.objects.all()).exists()
    quests.objects.filter(code="qst01").update(is_revealed=True)
    (quest,) = visible(vera, quests.objects.all())
    faction = phases.tables()["factions"].objects.filter(code="fac01")
    faction.update(revealed_fields=["goals"])
    row = faction.get()
    seen = shown(type(row), load_rows([row])[row.pk], row.revealed_fields, hidden_codes(whole.pk))
    assert "goals" in seen
    assert "methods" not in seen
    assert quest.code not in hidden_codes(whole.pk)


@pytest.mark.parametrize("table", list(phases.tables()))
def test_no_secret_field_may_be_filtered_by_a_player(table):
    model = phases.tables()[table]
    assert filterable(model) & {n.partition("[")[0] for n in model.gm_fields} == set()
