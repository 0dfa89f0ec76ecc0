"""Words that stand before a name: titles, ranks, kinship; and the small words inside names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scriptwriter.prose.types import Gender
from scriptwriter.prose.wordlist import wordlist

NamePart = Literal["given", "surname", "either"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Honorific:
    """What a title says of its bearer.

    `title` is the common form ("doctor" for Dr. and Doctor), `takes` the part of the name that follows it
    when one word follows ("Sir Henry" but "Captain Smollett").
    """

    title: str
    gender: Gender = ""
    takes: NamePart = "surname"


def _table(text: str, *, gender: Gender, takes: NamePart) -> dict[str, Honorific]:
    """One line is one title: its common form first, then other spellings."""
    table = {}
    for line in text.strip().splitlines():
        words = line.split()
        for word in words:
            table[word] = Honorific(title=words[0], gender=gender, takes=takes)
    return table


HONORIFICS: dict[str, Honorific] = {
    **_table(
        """
        mr mister
        monsieur
        signor
        señor senor
        herr
        esquire
        """,
        gender="male",
        takes="surname",
    ),
    **_table(
        """
        mrs
        madame mme
        signora
        señora senora
        frau
        """,
        gender="female",
        takes="surname",
    ),
    **_table(
        """
        miss
        ms
        mademoiselle mlle
        signorina
        señorita senorita
        fräulein fraulein
        madam
        """,
        gender="female",
        takes="either",
    ),
    **_table(
        """
        sir
        prince
        king
        emperor
        don
        dom
        tsar czar
        sultan
        pope
        """,
        gender="male",
        takes="given",
    ),
    **_table(
        """
        princess
        queen
        empress
        doña dona
        dame
        tsarina czarina
        """,
        gender="female",
        takes="given",
    ),
    **_table(
        """
        lord
        count
        earl
        duke
        baron
        marquis marquess
        viscount
        squire
        """,
        gender="male",
        takes="surname",
    ),
    **_table(
        """
        lady
        countess
        duchess
        baroness
        marchioness
        viscountess
        """,
        gender="female",
        takes="either",
    ),
    **_table(
        """
        doctor dr
        professor prof
        captain capt cap'n
        colonel col
        major maj
        general gen
        lieutenant lt lieut
        sergeant sgt serjeant
        corporal cpl
        private pvt
        commander cmdr
        commodore
        admiral adm
        ensign
        marshal
        principal
        headmaster
        headmistress
        premier
        midshipman
        bosun boatswain
        officer
        constable
        detective det
        inspector insp
        superintendent supt
        chief
        agent
        deputy
        sheriff
        judge
        justice
        reverend rev
        bishop
        archbishop
        cardinal
        deacon
        parson
        vicar
        rabbi
        imam
        senator sen
        governor gov
        president
        congressman
        congresswoman
        minister
        chancellor
        ambassador
        mayor
        alderman
        councillor councilor
        secretary
        director
        coach
        honourable honorable hon
        dean
        warden
        magister
        archmage
        mage
        wizard
        witch
        elder
        """,
        gender="",
        takes="surname",
    ),
    **_table(
        """
        master
        uncle
        brother
        grandfather grandpa
        father
        friar
        """,
        gender="male",
        takes="either",
    ),
    **_table(
        """
        aunt auntie aunty tante
        sister
        grandmother grandma
        mother
        nurse
        abbess
        """,
        gender="female",
        takes="either",
    ),
    **_table("cousin\n", gender="", takes="given"),
}

PLACE_PREFIXES = frozenset({"saint", "st"})

# Titles that are followed by a dot in English text; the dot belongs to the name.
DOTTED = frozenset(
    wordlist(
        """
    mr mrs ms dr st prof capt col lt lieut sgt cpl pvt cmdr maj adm rev hon gen sen gov mme
    mlle insp det supt messrs jr sr
    """
    )
)

PARTICLES = frozenset(
    wordlist(
        """
    de d' du des la le van von der den ter ten zu zum zur di da del della dos das do af av bin
    ibn al el y mac
    """
    )
)

SUFFIXES = frozenset(
    wordlist(
        """
    jr sr junior senior esq esquire ii iii iv md phd
    """
    )
)

# Ways of addressing that name nobody ("Your Majesty", "sir").
ADDRESS_ONLY = frozenset(
    wordlist(
        """
    sir madam ma'am ma’am majesty highness honour honor lordship ladyship excellency grace
    worship holiness eminence reverence messrs gentlemen ladies gentleman sire milord milady
    monsieur sahib mister missus esquire messieurs mesdames
    """
    )
)


# Ranks one person may bear one after the other.
TRADES = (
    frozenset({"doctor", "professor", "reverend", "dean"}),
    frozenset(
        {"detective", "inspector", "sergeant", "constable", "superintendent", "officer", "chief"}
    ),
    frozenset({"agent", "deputy", "sheriff", "marshal", "detective", "officer"}),
    frozenset(
        {
            "private",
            "corporal",
            "sergeant",
            "ensign",
            "lieutenant",
            "captain",
            "major",
            "colonel",
            "general",
        }
    ),
    frozenset(
        {"midshipman", "ensign", "lieutenant", "captain", "commander", "commodore", "admiral"}
    ),
    frozenset(
        {"deacon", "parson", "vicar", "reverend", "bishop", "archbishop", "cardinal", "dean"}
    ),
    frozenset(
        {"senator", "governor", "president", "mayor", "minister", "secretary", "premier", "judge"}
    ),
    frozenset({"mage", "archmage", "wizard", "magister", "elder"}),
)

# British police write their ranks in capitals: "DS Okafor", but "Di" is a woman.
_RANK_INITIALS = {
    "DI": "inspector",
    "DCI": "inspector",
    "DS": "sergeant",
    "DC": "constable",
    "PC": "constable",
    "WPC": "constable",
    "DSU": "superintendent",
}


def honorific(word: str) -> Honorific | None:
    """The title that `word` is, with or without its dot, or None."""
    if word in _RANK_INITIALS:
        return HONORIFICS[_RANK_INITIALS[word]]
    return HONORIFICS.get(word.rstrip(".").replace("’", "'").lower())
