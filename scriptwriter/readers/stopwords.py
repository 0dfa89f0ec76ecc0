"""Guess the language of a text by its commonest words."""

from __future__ import annotations

import re

from scriptwriter.readers.languages import iso_639_1

# About twenty of the commonest words of each language that the others do not share too often.
STOP_WORDS: dict[str, frozenset[str]] = {
    code: frozenset(words.split())
    for code, words in {
        "en": "the and of to was his that with had for not she but they have this which from were",
        "de": "der die und das nicht ist ich mit sich auf den dem sie war von aber eine auch es ein",
        "fr": "le les et des est dans une qui pas pour vous il elle avec ce sur plus mais était du",
        "es": "el los las y que una por con para pero como más su del sus había lo muy está cuando",
        "it": "il che di non gli della sono nel per più era con anche aveva ma alla come dei le si",
        "pt": "não uma com os dos ele mas foi mais do da em ao ela são seu sua muito também você",
        "nl": "het een van niet dat zijn met voor hij aan maar ook naar zich haar werd bij nog deze",
        "sv": "och att det som inte på är jag hon för med han till var den men hade sig om från",
        "da": "og at det ikke på er jeg hun for med han til var den men havde sig om fra af",
        "no": "og at det ikke på er jeg hun for med han til var den men hadde seg om fra av",
        "fi": "ja oli hän että ei se mutta niin kuin joka hänen minä nyt sitten kun olen ovat",
        "pl": "nie się na jest że jak ale był tak dla przez jego była już tylko może czy gdy jej",
        "cs": "se na že je to by ale jako byl jsem jeho tak když jen si už po bylo nebo která",
        "hu": "és hogy nem az egy volt ez meg már csak ha mint még volna mert aki őt neki",
        "ru": "и в не на что он я с как это но его было она они все так же от за",
        "uk": "і в не на що він я з як це але його було вона вони все так від за та",
    }.items()
}
# Languages told by their script: a range of letters and the code.
SCRIPTS = (
    (re.compile("[\u3041-\u30ff]"), "ja"),
    (re.compile("[\uac00-\ud7af]"), "ko"),
    (re.compile("[\u4e00-\u9fff]"), "zh"),
    (re.compile("[\u0600-\u06ff]"), "ar"),
    (re.compile("[\u0590-\u05ff]"), "he"),
    (re.compile("[\u0370-\u03ff]"), "el"),
)
NAMES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr",
    "spanish": "es", "español": "es", "castellano": "es", "italian": "it", "italiano": "it",
    "portuguese": "pt", "português": "pt", "dutch": "nl", "nederlands": "nl", "swedish": "sv",
    "danish": "da", "norwegian": "no", "finnish": "fi", "polish": "pl", "czech": "cs",
    "hungarian": "hu", "russian": "ru", "ukrainian": "uk", "latin": "la", "greek": "el",
    "chinese": "zh", "japanese": "ja", "korean": "ko", "arabic": "ar", "hebrew": "he",
    "esperanto": "eo", "catalan": "ca", "welsh": "cy", "tagalog": "tl",
}  # fmt: skip
WORD = re.compile(r"[^\W\d_]+")
# A sample from the middle, in characters; prefaces and licenses may be in another language.
SAMPLE = 20_000
# Fewer stop words than this share, or this many, prove nothing.
LEAST_SHARE = 0.08
LEAST_HITS = 3
# Letters of a script in the sample that make it the text's script.
LEAST_LETTERS = 0.2


def language_code(name: str) -> str:
    """Return the two letters for a language's name or tag; "" where unknown."""
    first = re.split(r"[,;/(]| and ", name.strip().casefold())[0].strip()
    return NAMES.get(first, "") or (iso_639_1(first) if len(first) in (2, 3, 5) else "")


def guess_language(text: str) -> str:
    """Return the ISO 639-1 code of the language a text is written in; "" where it is not clear."""
    middle = max((len(text) - SAMPLE) // 2, 0)
    sample = text[middle : middle + SAMPLE]
    letters = sum(1 for c in sample if c.isalpha())
    for pattern, code in SCRIPTS:
        if letters and len(pattern.findall(sample)) >= letters * LEAST_LETTERS:
            return code
    words = WORD.findall(sample.casefold())
    hits = {code: sum(1 for w in words if w in common) for code, common in STOP_WORDS.items()}
    best = max(hits, key=lambda code: hits[code])
    return best if hits[best] >= max(LEAST_HITS, len(words) * LEAST_SHARE) else ""
