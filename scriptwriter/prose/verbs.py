"""Verbs that introduce or close a speech, in the forms that stand in a speech tag."""

from __future__ import annotations

from scriptwriter.prose.wordlist import wordlist

# Regular English verbs whose subject, next to a quotation, is its speaker.
_SURE = """
acknowledge admit admonish advise affirm announce answer apologize argue ask assent assert assure aver
babble bark bawl beg bellow blurt boast cackle call caution chide chorus chuckle claim coax comment complain
concede conclude confess confide confirm correct counsel croak croon cry curse declaim declare
demand demur deny drawl echo ejaculate emphasize enquire entreat exclaim exhort explain
expostulate falter fume gasp giggle groan growl grumble grunt gurgle hazard hint hiss holler howl implore
inform inquire insist interject interpose interrogate interrupt intone jeer joke lament lecture
lisp marvel mimic moan mumble murmur muse mutter nag note object observe offer opine
pant persist plead pledge pray press proclaim profess promise pronounce propose protest purr query question
quip quote rant rasp reassure recite recount refuse reiterate rejoin relate remark remind
remonstrate repeat reply report reprove request resume retort reveal roar
say scoff scold scream screech shout shriek shrill simper snap snarl sneer snigger snort sob
soliloquize specify speculate splutter sputter squeak squeal stammer state stipulate storm stutter suggest
summon surmise swear taunt tease tell testify thunder titter urge utter venture volunteer vociferate vow
wail warn whimper whine whisper whoop wonder yell yelp
"""
# Verbs that also mean something else: trusted only where the punctuation shows a tag.
_LOOSE = """
accuse act add agree approve beam begin blush break breathe burst chime chirp command come address
continue cough decide direct drone dictate encourage exult finish flash fling frown go greet grin hail
hum instruct intervene invite jest judge laugh mock mourn nod order parry pause pipe ponder proceed pursue put
rave read reason recollect recommend reflect remember respond return ring roll sigh sing smile speak spit
start supply think threaten throw toast try translate wind write yawn muse rage reckon guess put sniff
"""
_IRREGULAR = {
    "say": "said says",
    "tell": "told tells",
    "swear": "swore swears",
    "begin": "began begins",
    "break": "broke breaks",
    "burst": "burst bursts",
    "come": "came comes",
    "fling": "flung flings",
    "go": "went goes",
    "put": "put puts",
    "read": "read reads",
    "ring": "rang rings",
    "sing": "sang sings",
    "speak": "spoke speaks",
    "spit": "spat spits",
    "think": "thought thinks",
    "throw": "threw throws",
    "wind": "wound winds",
    "write": "wrote writes",
}
_DOUBLED = {"beg", "nag", "quip", "snap", "sob", "admit", "hum", "grin", "demur", "nod"}
_ARCHAIC = {
    "quoth": "say",
    "sez": "say",
    "saith": "say",
    "spake": "speak",
    "replyed": "reply",
    "answerd": "answer",
    "cryed": "cry",
    "ast": "ask",
    "axed": "ask",
}
_GERMAN = """
sagte sagten sagt fragte fragten fragt rief riefen ruft antwortete antworteten antwortet erwiderte erwiderten
entgegnete flüsterte flüsterten schrie schrien murmelte brummte meinte versetzte bemerkte erklärte
stammelte seufzte jammerte keuchte zischte brüllte wiederholte bat befahl dachte dachten überlegte ergänzte begann
"""
_FRENCH = """
dit disait demanda demandait répondit répondait cria criait crièrent murmura murmurait répliqua
reprit ajouta continua interrompit exclama écria répéta chuchota souffla hurla balbutia déclara
"""
_SPANISH_AND_ITALIAN = """
dijo preguntó respondió contestó exclamó gritó murmuró susurró replicó añadió
disse chiese rispose esclamò gridò mormorò domandò ribatté aggiunse
"""
FRENCH = frozenset(_FRENCH.split())
# Verbs that become a speech verb with the word behind them.
PARTICLES = {
    "went": {"on"},
    "goes": {"on"},
    "put": {"in"},
    "puts": {"in"},
    "broke": {"in", "out"},
    "burst": {"out", "forth"},
    "called": {"out", "back"},
    "cried": {"out"},
    "chimed": {"in"},
    "struck": {"in"},
    "cut": {"in"},
    "came": {"back"},
    "flashed": {"back", "out"},
    "shot": {"back"},
    "blurted": {"out"},
    "threw": {"in"},
    "spoke": {"up", "out"},
    "piped": {"up"},
    "fired": {"back", "up"},
    "sang": {"out"},
    "rapped": {"out"},
    "ground": {"out"},
    "gave": {"back"},
    "wound": {"up"},
    "rang": {"out"},
    "started": {"in"},
    "snapped": {"out"},
}
# Those of them that mean speech only together with that word.
_NEEDS_PARTICLE = frozenset(
    wordlist(
        "went goes put puts broke burst came flashed threw wound rang struck cut shot "
        "fired rapped ground gave started"
    )
)


def _past(lemma: str) -> str:
    if lemma.endswith("e"):
        return lemma + "d"
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return lemma[:-1] + "ied"
    return lemma + lemma[-1] + "ed" if lemma in _DOUBLED else lemma + "ed"


def _third(lemma: str) -> str:
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return lemma[:-1] + "ies"
    return lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x")) else "s")


def _ing(lemma: str) -> str:
    if lemma.endswith("e"):
        return lemma[:-1] + "ing"
    return lemma + lemma[-1] + "ing" if lemma in _DOUBLED else lemma + "ing"


def _inflected(words: str) -> dict[str, str]:
    forms: dict[str, str] = {}
    for lemma in words.split():
        finite = _IRREGULAR.get(lemma, f"{_past(lemma)} {_third(lemma)}").split()
        for form in [*finite, _ing(lemma), lemma]:
            forms.setdefault(form, lemma)
    return forms


SURE: dict[str, str] = (
    _inflected(_SURE)
    | _ARCHAIC
    | {form: form for form in (_GERMAN + _FRENCH + _SPANISH_AND_ITALIAN).split()}
)
LOOSE: dict[str, str] = {
    form: lemma for form, lemma in _inflected(_LOOSE).items() if form not in SURE
} | dict.fromkeys(_NEEDS_PARTICLE, "")


def lemma(verb: str) -> str:
    """Return the dictionary form of a verb as `Attribution.verb` gives it ("whispered" -> "whisper").

    Only the first word counts ("went on" -> "go"); an unknown verb comes back as it is.
    """
    word = verb.split(" ", 1)[0].lower()
    return SURE.get(word) or _IRREGULAR_LEMMAS.get(word) or LOOSE.get(word) or word


_IRREGULAR_LEMMAS = {form: base for base, forms in _IRREGULAR.items() for form in forms.split()}


_BASES = frozenset((_SURE + _LOOSE).split()) - frozenset(("put", "read", "spit", "burst"))
# What makes a base form or a participle finite: "did not say", "was saying".
_BASE_HELPERS = frozenset(
    wordlist("did do does would could can might must will shall should i you we they")
)
_ING_HELPERS = frozenset(wordlist("was were is are am been be kept keeps began started"))


def is_sure(word: str) -> bool:
    """Is this lower-case form a verb of speaking and nothing else worth fearing?"""
    return word in SURE


def is_speech(word: str, following: str) -> bool:
    """Can this lower-case form, with the word behind it, belong to a speech tag?"""
    if word in SURE:
        return True
    if word in _NEEDS_PARTICLE:
        return following in PARTICLES[word]
    return word in LOOSE


def is_finite(word: str, previous: str) -> bool:
    """Is this form a predicate by itself or with the word before it?"""
    if word in _BASES:
        return previous in _BASE_HELPERS
    return not word.endswith("ing") or previous in _ING_HELPERS
