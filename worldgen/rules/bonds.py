"""What the backstories ask of the world: who is bound to whom, and which row uses which fact."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from worldgen.rules.brief import Brief, Fact, PlayerCharacter
from worldgen.rules.facts import ProperName, proper_names
from worldgen.rules.names import bare
from worldgen.rules.tables import row_count
from worldgen.rules.theme import GROUPS

MOST_FACTS = 4
"""Facts that one person may cite (`backstory_fact_ids`)."""
PEOPLE_EACH = 2
_PLACES = {"in", "at", "from", "to", "near", "into", "outside", "through", "toward", "around", "beyond"}  # fmt: skip
_AT_THE = re.compile(r"\b(?:at|near|outside|beyond|beneath|below) the $")
CALLED = frozenset(
    [
        "captain",
        "lord",
        "lady",
        "sir",
        "king",
        "queen",
        "prince",
        "princess",
        "doctor",
        "mother",
        "father",
        "brother",
        "sister",
        "uncle",
        "aunt",
        "old",
        "young",
        "mr",
        "mrs",
        "mister",
        "master",
        "mistress",
        "count",
        "countess",
        "duke",
        "duchess",
        "baron",
        "baroness",
        "saint",
        "abbess",
        "abbot",
        "bishop",
        "colonel",
        "sergeant",
        "professor",
        "general",
        "judge",
    ]
)
_JOBS = frozenset(
    [
        "thief",
        "smith",
        "blacksmith",
        "priest",
        "priestess",
        "merchant",
        "soldier",
        "witch",
        "knight",
        "baker",
        "healer",
        "sailor",
        "hunter",
        "farmer",
        "smuggler",
        "pirate",
        "innkeeper",
        "guard",
        "scholar",
        "wizard",
        "bard",
        "miller",
        "monk",
        "nun",
        "spy",
        "assassin",
        "fence",
        "sheriff",
        "judge",
    ]
)
_TRADE = re.compile(r"\w{2,}(?:man|woman|smith|wright|monger|maker|keeper|seller|master|mistress)")
_RELATIONS = (
    ("family", "brother sister mother father son daughter wife husband twin uncle aunt cousin grandmother grandfather orphaned nephew niece kin"),
    ("mentor", "mentor master teacher taught trained apprenticed apprentice raised tutor"),
    ("love", "lover loved loves betrothed fiancé fiancée sweetheart"),
    ("friend", "friend friends comrade companion"),
    ("creditor", "owe owes owed debt borrowed"),
    ("patron", "patron hired employer serves served sponsor"),
    ("enemy", "enemy nemesis killed murdered betrayed hunts hunted burned destroyed hang avenge revenge judged tyrant"),
    ("rival", "rival stole stolen cheated thief"),
)  # fmt: skip
_BY_KIND = {"person": "ally", "debt": "creditor", "secret": "witness", "event": "witness", "goal": "ally", "item": "rival", "place": "friend"}  # fmt: skip
_THING = re.compile(
    r"\b(?:a|an|the|my|his|her|their|our) (?:[a-z]+ ){0,2}?(sword|blade|dagger|ring|amulet|locket|pendant|book|ledger|journal|map|key|crown"
    r"|compass|bow|axe|staff|letter|lute|medallion|relic|coin|watch|lantern)\b"
)
_DEAD = re.compile(r"^\W*(?:was|were|is|had been|has been|got)?\s*(?:killed|murdered|died|drowned|hanged|dead|buried|executed|slain|burned)\b")  # fmt: skip
_GONE = re.compile(r"^\W*(?:was|is|has|had)?\s*(?:vanished|disappeared|lost|missing|gone)\b")
_JAILED = re.compile(r"^\W*(?:was|is|sits)?\s*(?:imprisoned|captured|jailed|in prison|locked)\b")
_KILLED_BEFORE = re.compile(r"\b(?:killed|murdered|executed|hanged|grave of|death of|avenge)\b[^.]{0,25}$")  # fmt: skip
_HE = frozenset(["brother", "father", "son", "uncle", "husband", "nephew", "grandfather", "lord", "sir", "king", "prince", "mister", "he", "his", "him", "abbot", "count", "duke", "baron", "priest", "monk", "mister"])  # fmt: skip
_SHE = frozenset(["sister", "mother", "daughter", "aunt", "wife", "niece", "grandmother", "lady", "queen", "princess", "she", "her", "abbess", "countess", "duchess", "baroness", "priestess", "mistress", "dame", "nun", "witch"])  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Bond:
    """One row that is tied to a player character: the facts it uses and what they say of it."""

    pc: str
    facts: tuple[str, ...] = ()
    name: str = ""
    connection: str = "ally"
    status: str = "alive"
    gender: str = ""
    job: str = ""


@dataclass(kw_only=True)
class Plan:
    """The bonds of the whole party; the lists of each table are in the order of their codes."""

    people: list[Bond] = field(default_factory=list)
    places: list[Bond] = field(default_factory=list)
    things: list[Bond] = field(default_factory=list)
    quests: list[Bond] = field(default_factory=list)


def plan_of(brief: Brief) -> Plan:
    """Deal the facts of every backstory: each to at least one row, two people for everyone."""
    plan = Plan()
    room = row_count("entities", brief)
    most = 3 if room > 3 * len(brief.characters) else PEOPLE_EACH
    for pc in brief.characters:
        people = _people(brief, pc, most)
        place = _with_name(brief, pc, "place", ("place", "event"))
        thing = _with_name(brief, pc, "thing", ("item", "secret"))
        quest = _with_name(brief, pc, "goal", ("goal", "debt", "event", "secret"))
        used = {code for bond in (*people, place, thing, quest) for code in bond.facts}
        people = _add_rest(pc, people, [f for f in pc.facts if f.code not in used])
        plan.people += people
        plan.places.append(place)
        plan.things.append(thing)
        plan.quests.append(quest)
    return plan


def kind_of_name(found: ProperName, fact: Fact) -> str:
    """Return what a name in a fact stands for: person, place, thing or group."""
    if GROUPS.search(found.text):
        return "group"
    if found.text.split()[0].casefold() in CALLED:
        return "person"
    if found.before in ("is", "was") and "name" in fact.text:
        return "alias"
    if found.before in _PLACES or _AT_THE.search(fact.text[: found.start].casefold()):
        return "place"
    return "thing" if found.before == "the" else "person"


def _names(brief: Brief, fact: Fact, kind: str) -> list[ProperName]:
    found = [n for n in proper_names(fact.text) if kind_of_name(n, fact) == kind]
    if not found:
        return []
    own = {bare(part) for pc in brief.characters for part in (pc.name, *pc.name.split())}
    return [n for n in found if bare(n.text) not in own and len(n.text) <= 60]


def _people(brief: Brief, pc: PlayerCharacter, most: int) -> list[Bond]:
    bonds: list[Bond] = []
    for fact in pc.facts:
        for found in _names(brief, fact, "person"):
            at = _known(bonds, found.text)
            if at is not None:
                bonds[at] = _told_more(bonds[at], fact)
            elif len(bonds) < most:
                bonds.append(_person(pc, fact, found))
        if re.match(r"(?:He|She|They)\b", fact.text) and bonds and fact.code not in bonds[-1].facts:
            bonds[-1] = _told_more(bonds[-1], fact)
    unnamed = [f for f in pc.facts if not any(f.code in b.facts for b in bonds)] or list(pc.facts)
    while len(bonds) < PEOPLE_EACH:
        turn = len(bonds)
        bonds.append(
            _person(pc, unnamed[turn % len(unnamed)], None)
            if unnamed
            else Bond(pc=pc.code, connection=("ally", "rival")[turn])
        )
    return bonds


def _known(bonds: list[Bond], name: str) -> int | None:
    words = set(bare(name).split())
    return next((i for i, b in enumerate(bonds) if b.name and words & set(bare(b.name).split())), None)  # fmt: skip


def _told_more(bond: Bond, fact: Fact) -> Bond:
    if fact.code in bond.facts or len(bond.facts) >= MOST_FACTS:
        return bond
    status = bond.status if bond.status != "alive" else _fate(fact.text[:3], fact.text.split(" ", 1)[-1])  # fmt: skip
    gender = {"He ": "masculine", "She": "feminine"}.get(fact.text[:3], "")
    return replace(
        bond, facts=(*bond.facts, fact.code), status=status, gender=bond.gender or gender
    )


def _person(pc: PlayerCharacter, fact: Fact, found: ProperName | None) -> Bond:
    start, end = (found.start, found.end) if found else (0, 0)
    before, after = fact.text[max(0, start - 30) : start].lower(), fact.text[end : end + 45].lower()
    own = found.text.lower() if found else ""
    words = re.findall(r"[^\W\d_]+", f"{before} {own}") if found else re.findall(r"[^\W\d_]+", fact.text.lower())  # fmt: skip
    relation = "enemy" if before.endswith("by ") else _relation(words)
    relation = relation or _relation(re.findall(r"[^\W\d_]+", after)) or _BY_KIND.get(fact.kind, "ally")  # fmt: skip
    said = set(words)
    gender = "masculine" if said & _HE else "feminine" if said & _SHE else ""
    return Bond(
        pc=pc.code,
        facts=(fact.code,),
        name=found.text if found else "",
        connection=relation,
        status=_fate(before, after) if found else "alive",
        gender=gender,
        job=found.before if found and is_job(found.before) else "",
    )


def is_job(word: str) -> bool:
    """Tell whether a word before a name says what the person does: the ferryman Old Pell."""
    return word in _JOBS or bool(_TRADE.fullmatch(word))


def _relation(words: list[str]) -> str:
    return next((key for key, told in _RELATIONS for word in told.split() if word in words), "")


def _fate(before: str, after: str) -> str:
    low = after.lower()
    if _DEAD.match(low) or (_KILLED_BEFORE.search(before.lower()) and not before.endswith("by ")):
        return "dead"
    return "missing" if _GONE.match(low) else "imprisoned" if _JAILED.match(low) else "alive"


def _with_name(brief: Brief, pc: PlayerCharacter, kind: str, kinds: tuple[str, ...]) -> Bond:
    """Return a bond on the fact that suits best: one that names such a thing, else one of the kinds."""
    for fact in pc.facts:
        for found in _names(brief, fact, kind):
            return Bond(pc=pc.code, facts=(fact.code,), name=_called(found, fact))
    if kind == "thing":
        for fact in pc.facts:
            if (found_thing := _THING.search(fact.text)) is not None:
                owner = next((n.text for n in _names(brief, fact, "person")), pc.name.split(" ")[0])
                return Bond(pc=pc.code, facts=(fact.code,), name=f"{owner[:40]}’s {found_thing[1].capitalize()}")  # fmt: skip
    ranked = sorted(pc.facts, key=lambda f: kinds.index(f.kind) if f.kind in kinds else len(kinds))
    return Bond(pc=pc.code, facts=(ranked[0].code,) if ranked else ())


def _called(found: ProperName, fact: Fact) -> str:
    """Return the name of a place with its article, where the text has one: at the Sluice Gate."""
    return (
        f"The {found.text}" if _AT_THE.search(fact.text[: found.start].casefold()) else found.text
    )


def _add_rest(pc: PlayerCharacter, people: list[Bond], rest: list[Fact]) -> list[Bond]:
    """Give the facts that no row uses yet to people with room, then to further people."""
    people = list(people)
    for fact in rest:
        open_at = next((i for i, b in enumerate(people) if len(b.facts) < MOST_FACTS), None)
        if open_at is not None:
            people[open_at] = replace(people[open_at], facts=(*people[open_at].facts, fact.code))
        elif fact.must_use:
            people.append(_person(pc, fact, None))
    return people


def named_places(brief: Brief) -> list[str]:
    """Return the places that the backstories name, each once."""
    found = [_called(n, fact) for _, fact in brief.facts().values() for n in _names(brief, fact, "place")]  # fmt: skip
    return list(dict.fromkeys(found))
