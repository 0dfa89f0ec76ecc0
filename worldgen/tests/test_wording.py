"""The printed world: values as a reader wants them."""

from __future__ import annotations

import pytest

from worldgen.exchange.wording import number, shown, words
from worldgen.headless import _name


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"name": "Eel pie", "price_gp": 0.2}, "Eel pie (price 0.2 gp)"),
        ({"number": 3, "name": "Archive", "exits": [1, 4], "description": "Voices carry."}, "3. Archive (exits 1, 4): Voices carry."),
        ({"cha": 9, "str": 11, "con": 12, "dex": 10, "int": 8, "wis": 13}, "STR 11, DEX 10, CON 12, INT 8, WIS 13, CHA 9"),
        ({"fly": 0, "swim": 30, "climb": 0}, "swim: 30"),
        ({"ability": "str", "bonus": 2}, "STR (bonus +2)"),
        ({"fact": "The sea is rising.", "certainty": "suspects"}, "The sea is rising. (suspects)"),
        (["I hum when I work.", "I keep every letter."], "I hum when I work. I keep every letter."),
        (["light", "medium"], "light, medium"),
    ],
)  # fmt: skip
def test_small_objects_and_lists_read_as_lines(value, said):
    assert shown(value, {}) == said


def test_numbers_have_no_exponent_and_headings_have_units():
    assert [number(n) for n in (1_137_000.0, 731, 0.05, -424)] == ["1,137,000", "731", "0.05", "-424"]  # fmt: skip
    assert [words(n) for n in ("area_km2", "gm_secret", "pc_connection", "region_ids")] == [
        "Area (km²)", "GM secret", "PC connection", "Region",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("premise", "name"),
    [
        ("A coast where drowned bells ring.", "A coast where drowned bells ring"),
        ("A drowned archipelago where tides are counted as debts of the dead and the living.", "A drowned archipelago"),
        ("Above the smog of Harrowgate, clockwork airships fly.", "Above the smog of Harrowgate"),
        ("Three crowned sisters divide a cold steppe of horse clans in the far north.", "Three crowned sisters divide a cold steppe"),
        ("", "A world"),
    ],
)  # fmt: skip
def test_a_world_made_from_a_premise_has_a_name_that_is_not_cut_off(premise, name):
    assert _name(premise) == name
