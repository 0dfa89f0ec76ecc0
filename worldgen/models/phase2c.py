"""Phase 2C: things that matter to the player characters."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from worldgen.models.base import EVERY_ROW, NamedRow, once
from worldgen.models.fields import Line, Link, Links, Number, Prose, Shaped, Whole, Word
from worldgen.models.vocabulary import Ability, Alignment, Condition, DamageType, Rarity
from worldgen.shapes import Armor, Weapon


class Item(NamedRow):
    """Equipment, relics, documents."""

    code_prefix = "itm"
    row_counts = (6, 12, 40)
    row_tokens = 461
    allows_stub = True
    gm_fields = (
        "pc_connection_detail",
        "is_cursed",
        "is_sentient",
    )

    item_type = Word(
        "weapon armor shield potion ring rod staff wand scroll wondrous tool gear trade_good vehicle ammunition art document"
    )
    rarity = Word(Rarity, help_text="mundane if and only if not is_magical.")
    is_magical = models.BooleanField()
    requires_attunement = models.BooleanField(help_text="Only a magical item does.")
    attunement_requirement = Line(120, blank=True)
    pc = Link("PlayerCharacter", optional=True)
    pc_connection_detail = Prose(300, blank=True)
    creator = Link("Entity", optional=True)
    current_owner = Link("Entity", optional=True, help_text="Owner or location, not both.")
    current_location = Link("Location", optional=True)
    origin_culture = Link("Culture", optional=True)
    origin_period = Link("HistoricalPeriod", optional=True)
    weapon = Shaped(
        of=Weapon, null=True, blank=True, help_text="Given if and only if item_type is weapon."
    )
    armor = Shaped(
        of=Armor,
        null=True,
        blank=True,
        help_text="Given if and only if item_type is armor or shield.",
    )
    weight_lb = Number(0, 5000)
    value_gp = Number(0, 1000000, help_text="Within the band of its rarity.")
    charges = Whole(0, 50, null=True)
    is_cursed = models.BooleanField()
    is_sentient = models.BooleanField(help_text="Then it has one row in sentient_item_properties.")
    history = Prose(400)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_items"


class ItemEffect(NamedRow):
    """What magical items do."""

    code_prefix = "eff"
    row_counts = (6, 18, 60)
    row_tokens = 302
    hidden_rows = Q(effect_type="curse")

    item = Link("Item", help_text="A magical item has at least one effect.")
    effect_type = Word(
        "bonus resistance spell damage healing sense movement condition utility summon curse other"
    )
    activation = Word("passive action bonus_action reaction on_hit command_word consumed")
    bonus = Whole(-5, 5, null=True)
    damage_dice = Line(20, null=True, blank=True)
    damage_type = Word(
        DamageType, null=True, blank=True, help_text="Given if and only if damage_dice is."
    )
    condition = Word(Condition, null=True, blank=True)
    spell_name = Line(60, null=True, blank=True, help_text="SRD spell or world spell.")
    save_ability = Word(Ability, null=True, blank=True)
    save_dc = Whole(8, 30, null=True, help_text="Given if and only if save_ability is.")
    charges_cost = Whole(0, 20, help_text="At most the charges of the item.")
    uses_per_day = Whole(1, 10, null=True)
    duration = Line(60)
    rules_text = Prose(400)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_item_effects"


class SentientItemProperties(NamedRow):
    """Minds of sentient items (one-to-one)."""

    code_prefix = "sen"
    row_counts = (0, 2, 6)
    row_tokens = 356
    gm_fields = (
        "special_purpose",
        "purpose_detail",
        "bound_spirit",
        "conflict_dc",
    )
    hidden_rows = EVERY_ROW

    item = Link("Item", help_text="A sentient item; each has one such row.")
    intelligence = Whole(1, 30)
    wisdom = Whole(1, 30)
    charisma = Whole(1, 30)
    alignment = Word(Alignment)
    communication = Word("empathy speech telepathy")
    languages = Links(
        "Language", 0, 4, blank=True, help_text="At least one if and only if it speaks."
    )
    senses = Line(80)
    special_purpose = Word(
        "aligned bane protector crusader templar destroyer glory_seeker lore_seeker destiny_seeker"
    )
    purpose_detail = Prose(300)
    served_deity = Link("Deity", optional=True)
    opposed_faction = Link("Faction", optional=True)
    bound_spirit = Link("Entity", optional=True)
    personality = Prose(300)
    conflict_dc = Whole(8, 25)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_sentient_item_properties"
        constraints = [
            *NamedRow.Meta.constraints,
            once("item", name="sentient_item_properties_once"),
        ]
