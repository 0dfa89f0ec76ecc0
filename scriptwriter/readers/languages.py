"""Language tags of files to ISO 639-1."""

from __future__ import annotations

# ISO 639-2 codes (both the T and the B form) of languages that books come in, to ISO 639-1.
THREE_LETTER_PAIRS = """
    eng:en deu:de ger:de fra:fr fre:fr spa:es ita:it por:pt nld:nl dut:nl rus:ru ukr:uk
    pol:pl ces:cs cze:cs slk:sk slo:sk hun:hu ron:ro rum:ro bul:bg ell:el gre:el tur:tr
    swe:sv nor:no nob:nb nno:nn dan:da fin:fi isl:is ice:is est:et lav:lv lit:lt hrv:hr
    srp:sr slv:sl cat:ca glg:gl eus:eu baq:eu gle:ga cym:cy wel:cy lat:la epo:eo heb:he
    ara:ar fas:fa per:fa urd:ur hin:hi ben:bn tam:ta tel:te mar:mr jpn:ja zho:zh chi:zh
    kor:ko vie:vi tha:th ind:id msa:ms may:ms afr:af swa:sw
"""
THREE_LETTERS = dict(pair.split(":") for pair in THREE_LETTER_PAIRS.split())


def iso_639_1(tag: str) -> str:
    """Return the two letters of a language tag ("en-GB", "eng"); "" where there are none."""
    primary = tag.strip().replace("_", "-").split("-")[0].casefold()
    if len(primary) == 2 and primary.isascii() and primary.isalpha():
        return primary
    return THREE_LETTERS.get(primary, "")
