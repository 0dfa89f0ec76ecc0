"""Phase 3B: businesses and services in the places."""

from __future__ import annotations

from typing import Annotated

from django.db.models import Q
from pydantic import Field

from worldgen.models.base import NamedRow, SoftLink
from worldgen.models.fields import Line, Link, Listed, Number, Whole, Word
from worldgen.models.vocabulary import Lifestyle
from worldgen.shapes import Dish, Rumor, Stock, TempleService


class Shop(NamedRow):
    """Shops."""

    code_prefix = "shp"
    row_counts = (3, 6, 20)
    row_tokens = 632
    soft_links = (SoftLink("inventory[].item", ("items",)),)
    hidden_rows = Q(shop_type="black_market")

    location = Link("Location")
    building = Link("Building", optional=True, help_text="A building at this location.")
    owner = Link("Entity", optional=True)
    faction = Link("Faction", optional=True)
    shop_type = Word(
        "general smith armorer apothecary alchemist magic bookseller tailor jeweler stable shipwright food curios pawn black_market"
    )
    price_modifier = Number(0.5, 3)
    quality = Word(Lifestyle)
    inventory = Listed(Stock, 4, 10, help_text="item is the code of an item or empty.")
    specialty = Line(160)
    staff = Listed(Annotated[str, Field(max_length=120)], 0, 3, blank=True)
    rumor = Line(240)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_shops"


class Tavern(NamedRow):
    """Inns and taverns."""

    code_prefix = "tav"
    row_counts = (2, 4, 12)
    row_tokens = 760
    soft_links = (
        SoftLink(
            "rumors[].about",
            (
                "entities",
                "quest_hooks",
                "locations",
                "items",
            ),
        ),
    )
    gm_fields = ("rumors[].truth",)

    location = Link("Location")
    building = Link("Building", optional=True, help_text="A building at this location.")
    owner = Link("Entity", optional=True)
    faction = Link("Faction", optional=True)
    quality = Word(Lifestyle)
    rooms_available = Whole(0, 60)
    room_price_gp = Number(0, 50)
    menu = Listed(Dish, 3, 8)
    entertainment = Line(200)
    regulars = Listed(Annotated[str, Field(max_length=160)], 2, 5)
    rumors = Listed(
        Rumor, 2, 5, help_text="about is the code of an entity, quest, location or item."
    )

    class Meta(NamedRow.Meta):
        db_table = "worldgen_taverns"


class Temple(NamedRow):
    """Temples and shrines."""

    code_prefix = "tmp"
    row_counts = (2, 4, 12)
    row_tokens = 418
    soft_links = (SoftLink("relic", ("items",), free_text=True),)
    hidden_rows = Q(standing="hidden")

    location = Link("Location")
    building = Link("Building", optional=True, help_text="A building at this location.")
    deity = Link("Deity")
    high_priest = Link("Entity", optional=True)
    faction = Link("Faction", optional=True)
    temple_size = Word("shrine chapel temple cathedral monastery")
    services = Listed(TempleService, 1, 6)
    rites = Listed(Annotated[str, Field(max_length=200)], 1, 4)
    relic = Line(160, blank=True, help_text="Code of an item, or words.")
    standing = Word("revered respected tolerated declining persecuted hidden")
    clergy_count = Whole(0, 500)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_temples"
