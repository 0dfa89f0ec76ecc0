"""Nouns for people who go without a name: kin, work, rank, creatures that speak."""

from __future__ import annotations

from scriptwriter.prose.types import Gender
from scriptwriter.prose.wordlist import wordlist

KIN: dict[str, Gender] = {
    **dict.fromkeys(
        wordlist(
            """
    father brother husband uncle nephew grandfather son stepfather stepbrother fiancé
    """
        ),
        "male",
    ),
    **dict.fromkeys(
        wordlist(
            """
    mother sister wife aunt niece grandmother daughter stepmother stepsister fiancée
    """
        ),
        "female",
    ),
    "cousin": "",
    "guardian": "",
}

# Kin words that stand as names, mostly with a capital: "Mom said".
KIN_NAMES: dict[str, Gender] = {
    **dict.fromkeys(
        wordlist(
            """
    mother mom mum mama mamma mommy mummy grandma gran granny nana auntie aunty
    """
        ),
        "female",
    ),
    **dict.fromkeys(
        wordlist(
            """
    father dad daddy papa grandpa granddad grandad gramps pa pop pops
    """
        ),
        "male",
    ),
}

_MALE = """
king prince duke earl baron count emperor lord squire monk friar priest curate vicar parson bishop
butler footman coachman groom gardener gamekeeper steward porter waiter barman landlord innkeeper
blacksmith miller tailor baker butcher shepherd fisherman ferryman boatswain bosun coxswain
cabin-boy artilleryman policeman huntsman woodman sexton gypsy giant ogre wizard warlock knave
headmaster schoolmaster chairman foreman king's-man sorcerer abbot sultan caliph swordsman
"""
_FEMALE = """
queen princess duchess countess baroness empress nun abbess governess housekeeper housemaid
parlourmaid chambermaid maid nurse landlady waitress barmaid seamstress laundress midwife witch
sorceress enchantress fairy priestess headmistress schoolmistress stewardess hostess widow actress
"""
_EITHER = """
doctor surgeon captain colonel major general lieutenant sergeant corporal commander admiral
professor teacher tutor detective inspector constable superintendent sheriff judge magistrate
lawyer solicitor attorney barrister coroner clerk secretary cook chef driver cabman pilot sailor
skipper mate pirate soldier guard guardsman sentry jailer gaoler warder messenger servant valet beggar
thief hunter trapper stranger visitor lodger traveler traveller prisoner convict banker merchant
jeweler jeweller pawnbroker chemist apothecary hatter barber fiddler minstrel bard jester fool
executioner hangman hermit pilgrim prophet oracle mage magician necromancer alchemist apprentice
assassin bounty-hunter mercenary knight paladin ranger dwarf elf goblin troll dragon ghost spirit
phantom specter spectre monster creature fiend demon daemon devil angel vampire werewolf robot
android computer alien ambassador senator mayor president minister chancellor governor editor
reporter journalist photographer bartender librarian caretaker janitor undertaker mechanic engineer
navigator medic paramedic psychiatrist therapist scientist astronomer director producer
novice acolyte elder chief chieftain healer seer smith herald regent consul scribe
sheep caterpillar gryphon dormouse rabbit tortoise hare cat fox wolf owl raven crow bear lion tiger
mouse rat frog toad badger mole turtle unicorn walrus carpenter lizard pigeon
"""

ROLES: dict[str, Gender] = {
    **dict.fromkeys(_EITHER.split(), ""),
    **dict.fromkeys(_MALE.split(), "male"),
    **dict.fromkeys(_FEMALE.split(), "female"),
}

# Heads of "the Queen of Hearts", "the Ghost of Christmas Past", "the Wizard of Oz".
OF_HEADS = frozenset(
    wordlist(
        """
    king queen prince princess duke duchess earl count countess baron lord lady knave knight
    ghost spirit wizard witch captain emperor empress bishop archbishop abbot master mistress
    mother father keeper marquis marchioness maid man woman daughter son
    """
    )
)

GENDERED_HEADS: dict[str, Gender] = {
    **{word: gender for word, gender in ROLES.items() if gender},
    "man": "male",
    "boy": "male",
    "woman": "female",
    "girl": "female",
    "gentleman": "male",
}

# German keeps a capital on every noun: only these, with an article, are taken for people.
GERMAN_ROLES: dict[str, Gender] = {
    **dict.fromkeys(
        wordlist(
            """
    Vater Bruder Onkel Großvater Sohn Herr Mann Chef Prokurist König Prinz Graf Doktor Arzt
    Hauptmann Kommissar Richter Pfarrer Lehrer Diener Wirt Soldat Offizier Student Nachbar
    Kapitän Zauberer Jäger Müller Meister Knecht Professor Advokat Maler Kaufmann
    """
        ),
        "male",
    ),
    **dict.fromkeys(
        wordlist(
            """
    Mutter Schwester Tante Großmutter Tochter Frau Königin Prinzessin Gräfin Dame Magd
    Bedienerin Köchin Lehrerin Kommissarin Ärztin Wirtin Nachbarin Hexe Krankenschwester
    """
        ),
        "female",
    ),
}
