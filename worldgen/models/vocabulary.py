"""The word lists that several tables share; they follow the System Reference Document where it fits."""

from __future__ import annotations

from django.db.models import TextChoices


class Ability(TextChoices):
    """One of the six abilities."""

    STR = "str", "str"
    DEX = "dex", "dex"
    CON = "con", "con"
    INT = "int", "int"
    WIS = "wis", "wis"
    CHA = "cha", "cha"


class Alignment(TextChoices):
    """Law and chaos, good and evil."""

    LAWFUL_GOOD = "lawful_good", "lawful good"
    NEUTRAL_GOOD = "neutral_good", "neutral good"
    CHAOTIC_GOOD = "chaotic_good", "chaotic good"
    LAWFUL_NEUTRAL = "lawful_neutral", "lawful neutral"
    TRUE_NEUTRAL = "true_neutral", "true neutral"
    CHAOTIC_NEUTRAL = "chaotic_neutral", "chaotic neutral"
    LAWFUL_EVIL = "lawful_evil", "lawful evil"
    NEUTRAL_EVIL = "neutral_evil", "neutral evil"
    CHAOTIC_EVIL = "chaotic_evil", "chaotic evil"
    UNALIGNED = "unaligned", "unaligned"


class Lifestyle(TextChoices):
    """How well one lives."""

    WRETCHED = "wretched", "wretched"
    SQUALID = "squalid", "squalid"
    POOR = "poor", "poor"
    MODEST = "modest", "modest"
    COMFORTABLE = "comfortable", "comfortable"
    WEALTHY = "wealthy", "wealthy"
    ARISTOCRATIC = "aristocratic", "aristocratic"


class DamageType(TextChoices):
    """What a blow or a spell does."""

    ACID = "acid", "acid"
    BLUDGEONING = "bludgeoning", "bludgeoning"
    COLD = "cold", "cold"
    FIRE = "fire", "fire"
    FORCE = "force", "force"
    LIGHTNING = "lightning", "lightning"
    NECROTIC = "necrotic", "necrotic"
    PIERCING = "piercing", "piercing"
    POISON = "poison", "poison"
    PSYCHIC = "psychic", "psychic"
    RADIANT = "radiant", "radiant"
    SLASHING = "slashing", "slashing"
    THUNDER = "thunder", "thunder"


class Skill(TextChoices):
    """What one may be trained in."""

    ACROBATICS = "acrobatics", "acrobatics"
    ANIMAL_HANDLING = "animal_handling", "animal handling"
    ARCANA = "arcana", "arcana"
    ATHLETICS = "athletics", "athletics"
    DECEPTION = "deception", "deception"
    HISTORY = "history", "history"
    INSIGHT = "insight", "insight"
    INTIMIDATION = "intimidation", "intimidation"
    INVESTIGATION = "investigation", "investigation"
    MEDICINE = "medicine", "medicine"
    NATURE = "nature", "nature"
    PERCEPTION = "perception", "perception"
    PERFORMANCE = "performance", "performance"
    PERSUASION = "persuasion", "persuasion"
    RELIGION = "religion", "religion"
    SLEIGHT_OF_HAND = "sleight_of_hand", "sleight of hand"
    STEALTH = "stealth", "stealth"
    SURVIVAL = "survival", "survival"


class CreatureType(TextChoices):
    """What kind of being it is."""

    ABERRATION = "aberration", "aberration"
    BEAST = "beast", "beast"
    CELESTIAL = "celestial", "celestial"
    CONSTRUCT = "construct", "construct"
    DRAGON = "dragon", "dragon"
    ELEMENTAL = "elemental", "elemental"
    FEY = "fey", "fey"
    FIEND = "fiend", "fiend"
    GIANT = "giant", "giant"
    HUMANOID = "humanoid", "humanoid"
    MONSTROSITY = "monstrosity", "monstrosity"
    OOZE = "ooze", "ooze"
    PLANT = "plant", "plant"
    UNDEAD = "undead", "undead"


class Environment(TextChoices):
    """Where an encounter takes place."""

    ARCTIC = "arctic", "arctic"
    COAST = "coast", "coast"
    DESERT = "desert", "desert"
    FOREST = "forest", "forest"
    GRASSLAND = "grassland", "grassland"
    HILL = "hill", "hill"
    MOUNTAIN = "mountain", "mountain"
    SWAMP = "swamp", "swamp"
    UNDERGROUND = "underground", "underground"
    UNDERWATER = "underwater", "underwater"
    URBAN = "urban", "urban"
    PLANAR = "planar", "planar"


class Size(TextChoices):
    """How large a being is."""

    TINY = "tiny", "tiny"
    SMALL = "small", "small"
    MEDIUM = "medium", "medium"
    LARGE = "large", "large"
    HUGE = "huge", "huge"
    GARGANTUAN = "gargantuan", "gargantuan"


class Condition(TextChoices):
    """What may befall a being."""

    BLINDED = "blinded", "blinded"
    CHARMED = "charmed", "charmed"
    DEAFENED = "deafened", "deafened"
    EXHAUSTION = "exhaustion", "exhaustion"
    FRIGHTENED = "frightened", "frightened"
    GRAPPLED = "grappled", "grappled"
    INCAPACITATED = "incapacitated", "incapacitated"
    INVISIBLE = "invisible", "invisible"
    PARALYZED = "paralyzed", "paralyzed"
    PETRIFIED = "petrified", "petrified"
    POISONED = "poisoned", "poisoned"
    PRONE = "prone", "prone"
    RESTRAINED = "restrained", "restrained"
    STUNNED = "stunned", "stunned"
    UNCONSCIOUS = "unconscious", "unconscious"


class Rarity(TextChoices):
    """How seldom an item is."""

    MUNDANE = "mundane", "mundane"
    COMMON = "common", "common"
    UNCOMMON = "uncommon", "uncommon"
    RARE = "rare", "rare"
    VERY_RARE = "very_rare", "very rare"
    LEGENDARY = "legendary", "legendary"
    ARTIFACT = "artifact", "artifact"


CHALLENGE_RATINGS = ("0", "1/8", "1/4", "1/2", *(str(n) for n in range(1, 31)))
