"""Words on the map of a world: none covers another."""

from __future__ import annotations

import itertools
import random

import pytest

from worldgen.models import GeographyRegion, Location
from worldgen.views import atlas


def words_of(drawn):
    """Where words stand on a map: the boxes of names of regions (spaced capitals) and of places."""
    for each, size, letter in (
        *((x, 15, 0.76) for x in drawn.lands),
        *((x, 17, 0.56) for x in drawn.places),
    ):
        if (label := each.label) is not None:
            wide = len(label.text) * size * letter
            left = label.x - {"start": 0, "middle": wide / 2, "end": wide}[label.anchor]
            yield left, label.y - size, left + wide, label.y + size * 0.3


@pytest.mark.parametrize("seed", range(12))
def test_no_name_on_a_map_covers_another_however_crowded_it_is(seed):
    dice = random.Random(seed)  # noqa: S311
    spread = dice.choice([5, 30, 100])
    regions = [
        GeographyRegion(code=f"reg{n:02}", name="The " + "Wide Reach " * dice.randint(1, 3),
                        region_type="land", map_x=dice.uniform(0, spread), map_y=dice.uniform(0, 100))
        for n in range(dice.randint(4, 20))
    ]  # fmt: skip
    for region in regions[3:6]:
        region.parent_region = regions[0]
    places = [
        Location(code=f"loc{n:02}", name="Under the Hill " * dice.randint(1, 2), population=n,
                 location_type="town", map_x=dice.uniform(0, spread), map_y=dice.uniform(0, 100))
        for n in range(dice.randint(2, 40))
    ]  # fmt: skip
    drawn = atlas.draw(regions, places, [])
    assert drawn == atlas.draw(regions[::-1], places[::-1], [])
    boxes = list(words_of(drawn))
    assert boxes
    for one, other in itertools.combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


@pytest.mark.django_db
def test_on_the_map_of_a_small_world_every_region_has_its_name(whole):
    regions = list(GeographyRegion.objects.filter(campaign=whole))
    drawn = atlas.draw(regions, Location.objects.filter(campaign=whole), [])
    assert [land.code for land in drawn.lands if land.label is None] == []
