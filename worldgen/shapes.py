"""The lists and objects inside rows, each with exactly these keys."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from worldgen.models.vocabulary import Ability, DamageType, Skill

Score = Annotated[int, Field(ge=1, le=30)]


class Shape(BaseModel):
    """Base of all of them; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Month(Shape):
    """Months of a calendar."""

    name: str = Field(max_length=60)
    days: int = Field(ge=1, le=60)
    season: Literal["winter", "spring", "summer", "autumn", "dry", "wet", "none"]


class IntercalaryDay(Shape):
    """Intercalary days of a calendar."""

    name: str = Field(max_length=60)
    after_month: str = Field(max_length=60)
    meaning: str = Field(max_length=160)


class LeapDay(Shape):
    """Leap days of a calendar."""

    name: str = Field(max_length=60, description="Or empty.")
    after_month: str = Field(max_length=60)
    days: int = Field(ge=1, le=60)
    every: str = Field(max_length=24, description="Years: 4 or 4/100/400.")


class Festival(Shape):
    """Festivals of a calendar."""

    name: str = Field(max_length=80)
    month: str = Field(max_length=60)
    day: int = Field(ge=1, le=60)
    meaning: str = Field(max_length=200)


class KeyEvent(Shape):
    """Key events of historical periods."""

    year: int = Field(ge=-100000, le=20000)
    title: str = Field(max_length=120)
    description: str = Field(max_length=400)
    region: str = Field(max_length=120)


class Coin(Shape):
    """Coins of economic systems."""

    name: str = Field(max_length=40)
    metal: str = Field(max_length=40)
    value_cp: int = Field(ge=1, le=100000)


class TradeGood(Shape):
    """Trade goods of economic systems."""

    name: str = Field(max_length=60)
    origin_region: str = Field(max_length=120)
    price_gp: float = Field(ge=0, le=100000)
    unit: str = Field(max_length=30)


class Tax(Shape):
    """Taxes of economic systems."""

    name: str = Field(max_length=60)
    rate_percent: float = Field(ge=0, le=100)
    levied_on: str = Field(max_length=80)


class Law(Shape):
    """Laws of legal systems."""

    title: str = Field(max_length=80)
    text: str = Field(max_length=240)
    penalty: str = Field(max_length=120)


class MoonPhase(Shape):
    """Phases of celestial bodies."""

    name: str = Field(max_length=40)
    days: float = Field(ge=0, le=10000)


class OtherSpeeds(Shape):
    """Speeds other of races."""

    fly: int = Field(ge=0, le=120)
    swim: int = Field(ge=0, le=120)
    climb: int = Field(ge=0, le=120)
    burrow: int = Field(ge=0, le=120)


class AbilityBonus(Shape):
    """Ability bonuses of races."""

    ability: Ability
    bonus: int = Field(ge=-2, le=3)


class Trait(Shape):
    """Traits of races."""

    name: str = Field(max_length=60)
    description: str = Field(max_length=300)


class NameExamples(Shape):
    """Name examples of races."""

    masculine: list[Annotated[str, Field(max_length=40)]] = Field(min_length=0, max_length=6)
    feminine: list[Annotated[str, Field(max_length=40)]] = Field(min_length=0, max_length=6)
    neutral: list[Annotated[str, Field(max_length=40)]] = Field(min_length=0, max_length=6)
    family: list[Annotated[str, Field(max_length=40)]] = Field(min_length=0, max_length=6)


class Feature(Shape):
    """Features of character classes."""

    level: int = Field(ge=1, le=20)
    name: str = Field(max_length=60)
    description: str = Field(max_length=240)


class Benefit(Shape):
    """Benefits of feats."""

    kind: Literal["ability_score", "skill", "tool", "language", "equipment", "feature", "other"]
    description: str = Field(max_length=240)


class Phrase(Shape):
    """Sample phrases of languages."""

    phrase: str = Field(max_length=80)
    meaning: str = Field(max_length=120)


class Custom(Shape):
    """Customs of cultures."""

    name: str = Field(max_length=60)
    description: str = Field(max_length=240)


class FactionGoal(Shape):
    """Goals of factions."""

    goal: str = Field(max_length=200)
    horizon: Literal["immediate", "short", "long"]


class Rank(Shape):
    """Ranks of factions."""

    order: int = Field(ge=1, le=10)
    title: str = Field(max_length=60)


class Personality(Shape):
    """Personality of entities."""

    traits: list[Annotated[str, Field(max_length=120)]] = Field(min_length=1, max_length=3)
    ideal: str = Field(max_length=160)
    bond: str = Field(max_length=160)
    flaw: str = Field(max_length=160)


class Knowledge(Shape):
    """Knowledge of entities."""

    fact: str = Field(max_length=240)
    certainty: Literal["knows", "believes", "suspects", "wrong"]


class Abilities(Shape):
    """The six abilities of an entity."""

    # No defaults: a class attribute called str or int would hide the type from the other fields.
    str: Score
    dex: Score
    con: Score
    int: Score
    wis: Score
    cha: Score


class SkillBonus(Shape):
    """Skills of entities."""

    skill: Skill
    bonus: int = Field(ge=-5, le=20)


class StatAction(Shape):
    """Actions of entities."""

    name: str = Field(max_length=60)
    text: str = Field(max_length=240)
    attack_bonus: int = Field(ge=-5, le=20)
    damage_dice: str = Field(max_length=20)
    damage_type: Literal[
        "acid",
        "bludgeoning",
        "cold",
        "fire",
        "force",
        "lightning",
        "necrotic",
        "piercing",
        "poison",
        "psychic",
        "radiant",
        "slashing",
        "thunder",
        "none",
    ]


class PeopleShare(Shape):
    """Demographics of locations."""

    race: str = Field(max_length=120)
    percent: float = Field(ge=0, le=100)


class Atmosphere(Shape):
    """Atmosphere of locations."""

    sight: str = Field(max_length=160)
    sound: str = Field(max_length=160)
    smell: str = Field(max_length=160)


class Room(Shape):
    """Rooms of dungeons."""

    number: int = Field(ge=1, le=60)
    name: str = Field(max_length=60)
    description: str = Field(max_length=300)
    exits: list[Annotated[int, Field(ge=1, le=60)]] = Field(min_length=0, max_length=6)
    contents: str = Field(max_length=200)


class Trap(Shape):
    """Traps of dungeons."""

    name: str = Field(max_length=60)
    room: int = Field(ge=1, le=60)
    trigger: str = Field(max_length=120)
    detect_dc: int = Field(ge=5, le=30)
    save_ability: Ability
    save_dc: int = Field(ge=5, le=30)
    damage_dice: str = Field(max_length=20)
    damage_type: DamageType


class Treasure(Shape):
    """Treasure of dungeons."""

    room: int = Field(ge=1, le=60)
    description: str = Field(max_length=160)
    value_gp: float = Field(ge=0, le=500000)


class Weapon(Shape):
    """Weapon of items."""

    category: Literal["simple", "martial"]
    damage_dice: str = Field(max_length=20)
    damage_type: DamageType
    properties: list[Annotated[str, Field(max_length=30)]] = Field(min_length=0, max_length=6)


class Armor(Shape):
    """Armor of items."""

    category: Literal["light", "medium", "heavy", "shield"]
    base_ac: int = Field(ge=0, le=20)
    dex_cap: int = Field(ge=0, le=10)
    strength_required: int = Field(ge=0, le=20)
    stealth_disadvantage: bool


class Stage(Shape):
    """Stages of quest hooks."""

    order: int = Field(ge=1, le=8)
    title: str = Field(max_length=80)
    description: str = Field(max_length=240)
    location: str = Field(max_length=120)


class Reward(Shape):
    """Rewards of quest hooks."""

    kind: Literal["gold", "item", "favor", "information", "land", "title", "faction_standing"]
    detail: str = Field(max_length=160)
    amount_gp: float = Field(ge=0, le=500000)


class CreatureCount(Shape):
    """Creatures of encounters."""

    name: str = Field(max_length=80)
    count: int = Field(ge=1, le=30)
    challenge_rating: str = Field(max_length=4)


class SkillCheck(Shape):
    """Skill checks of encounters."""

    skill: Skill
    dc: int = Field(ge=5, le=30)
    success: str = Field(max_length=160)
    failure: str = Field(max_length=160)


class Stock(Shape):
    """Inventory of shops."""

    name: str = Field(max_length=80)
    price_gp: float = Field(ge=0, le=100000)
    quantity: int = Field(ge=0, le=999)
    item: str = Field(max_length=120)


class Dish(Shape):
    """Menu of taverns."""

    name: str = Field(max_length=80)
    price_gp: float = Field(ge=0, le=50)


class Rumor(Shape):
    """Rumors of taverns."""

    text: str = Field(max_length=240)
    truth: Literal["true", "partly", "false"]
    about: str = Field(max_length=120)


class TempleService(Shape):
    """Services of temples."""

    name: str = Field(max_length=80)
    price_gp: float = Field(ge=0, le=50000)
