"""Numbers written in words, 1 to 99, in the languages novels come in.

Keys are folded (`folding.fold`) and joined by single spaces, hyphens included: "twenty one".
"""

from __future__ import annotations

from scriptwriter.readers.divisions.folding import fold, folded_words

Table = dict[str, int]


def _numbered(words: str, first: int = 1) -> Table:
    return {fold(word): number for number, word in enumerate(words.split(), start=first)}


def _joined(tens: Table, units: Table, joint: str) -> Table:
    return {f"{ten}{joint}{unit}": t + u for ten, t in tens.items() for unit, u in units.items()}


def _tens(words: str) -> Table:
    return {fold(word): number * 10 for number, word in enumerate(words.split(), start=2)}


def _english() -> tuple[Table, Table]:
    low = _numbered(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen"
    )
    units = {word: n for word, n in low.items() if n < 10}
    tens = _tens("twenty thirty forty fifty sixty seventy eighty ninety") | {"fourty": 40}
    cardinals = low | tens | _joined(tens, units, " ") | _joined(tens, units, "")
    hundreds = {"hundred": 100, "one hundred": 100, "a hundred": 100}
    cardinals |= hundreds | _joined(hundreds, low, " ") | _joined(hundreds, low, " and ")
    first = _numbered(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
        "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
    )
    first_units = {word: n for word, n in first.items() if n < 10}
    tenth = {word[:-1] + "ieth": n for word, n in tens.items()}
    return cardinals, first | tenth | _joined(tens, first_units, " ")


def _german() -> tuple[Table, Table]:
    low = _numbered(
        "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn "
        "sechzehn siebzehn achtzehn neunzehn"
    ) | {"fuenf": 5, "zwoelf": 12, "fuenfzehn": 15}
    tens = _tens("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
    units = {word: n for word, n in low.items() if 1 < n < 10} | {"ein": 1}
    cardinals = (
        low | tens | {f"{u}und{t}": a + b for u, a in units.items() for t, b in tens.items()}
    )
    stems = {f"{word}t": n for word, n in low.items() if n > 3}
    stems |= {"erst": 1, "zweit": 2, "zweyt": 2, "dritt": 3, "siebt": 7, "acht": 8}
    stems |= {f"{word}st": n for word, n in cardinals.items() if n > 19}
    ordinals = {stem + end: n for stem, n in stems.items() for end in ("e", "er", "es", "en")}
    return cardinals, ordinals


def _french() -> tuple[Table, Table]:
    low = _numbered(
        "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
    ) | {"dix sept": 17, "dix huit": 18, "dix neuf": 19, "une": 1}
    tens = _tens("vingt trente quarante cinquante soixante")
    units = {word: n for word, n in low.items() if n < 10}
    cardinals = low | tens | _joined(tens, units, " ") | _joined(tens, {"un": 1, "une": 1}, " et ")
    sixties = {"soixante": 60, "soixante et": 60, "quatre vingt": 80}
    cardinals |= {"quatre vingt": 80, "quatre vingts": 80} | _joined(sixties, low, " ")
    ordinals = {_french_ordinal(word): n for word, n in cardinals.items() if n > 1}
    ordinals |= {"premier": 1, "premiere": 1, "second": 2, "seconde": 2, "1er": 1}
    return cardinals, ordinals


def _french_ordinal(cardinal: str) -> str:
    stem = cardinal.removesuffix("e").removesuffix("s") if cardinal != "trois" else cardinal
    if stem.endswith("neuf"):
        stem = stem[:-1] + "v"
    return f"{stem}uieme" if stem.endswith("cinq") else f"{stem}ieme"


def _gendered(words: str, first: int = 1) -> Table:
    """Read ordinals in -o; add those in -a."""
    table = _numbered(words, first)
    return table | {word[:-1] + "a": n for word, n in table.items() if word.endswith("o")}


def _spanish() -> tuple[Table, Table]:
    low = _numbered(
        "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
        "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés "
        "veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
    )
    units = {word: n for word, n in low.items() if n < 10}
    tens = {word: n + 10 for word, n in _tens("treinta cuarenta cincuenta sesenta").items()}
    first = _gendered("primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo")
    first |= {"primer": 1, "tercer": 3}
    units_o = {word: n for word, n in first.items() if n < 10}
    tenth = {"decimo": 10, "decima": 10, "vigesimo": 20, "vigesima": 20, "trigesimo": 30}
    ordinals = first | tenth | _joined(tenth, units_o, " ") | _joined(tenth, units_o, "")
    ordinals |= _gendered("undécimo duodécimo", 11)
    return low | tens | _joined(tens, units, " y "), ordinals


def _italian() -> tuple[Table, Table]:
    low = _numbered(
        "uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici "
        "quindici sedici diciassette diciotto diciannove"
    )
    tens = _tens("venti trenta quaranta cinquanta sessanta")
    units = {word: n for word, n in low.items() if n < 10}
    joined = {
        (t[:-1] if u[0] in "uo" else t) + u: a + b
        for t, a in tens.items()
        for u, b in units.items()
    }
    cardinals = low | tens | joined
    first = _gendered("primo secondo terzo quarto quinto sesto settimo ottavo nono decimo")
    later = {f"{word[:-1]}esimo": n for word, n in cardinals.items() if n > 10}
    later |= {word[:-1] + "a": n for word, n in later.items()}
    return cardinals, first | later | {"decimoprimo": 11, "decimosecondo": 12, "decimoterzo": 13}


def _portuguese() -> tuple[Table, Table]:
    low = _numbered(
        "um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze "
        "dezasseis dezassete dezoito dezanove vinte"
    ) | {"catorze": 14, "dezesseis": 16, "dezessete": 17, "dezenove": 19}
    first = _gendered("primeiro segundo terceiro quarto quinto sexto sétimo oitavo nono décimo")
    tenth = {"decimo": 10, "decima": 10, "vigesimo": 20, "vigesima": 20}
    units = {word: n for word, n in first.items() if n < 10}
    return low, first | tenth | _joined(tenth, units, " ")


def _dutch() -> tuple[Table, Table]:
    low = _numbered(
        "een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien "
        "zestien zeventien achttien negentien twintig"
    )
    first = _numbered(
        "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde "
        "dertiende veertiende vijftiende zestiende zeventiende achttiende negentiende twintigste"
    )
    return low, first


def _russian() -> tuple[Table, Table]:
    feminine = _numbered(
        "первая вторая третья четвертая пятая шестая седьмая восьмая девятая десятая одиннадцатая "
        "двенадцатая тринадцатая четырнадцатая пятнадцатая шестнадцатая семнадцатая восемнадцатая "
        "девятнадцатая двадцатая"
    )
    masculine = _numbered("первый второй третий четвертый пятый шестой седьмой восьмой девятый")
    low = _numbered("один два три четыре пять шесть семь восемь девять десять")
    return low, feminine | masculine


def _northern() -> tuple[Table, Table]:
    """Swedish, Danish and Norwegian."""
    swedish = _numbered(
        "första andra tredje fjärde femte sjätte sjunde åttonde nionde tionde elfte tolfte"
    )
    danish = _numbered(
        "første anden tredje fjerde femte sjette syvende ottende niende tiende ellevte tolvte"
    )
    cardinals = _numbered("en två tre fyra fem sex sju åtta nio tio elva tolv")
    return cardinals, swedish | danish | {"andet": 2, "annet": 2, "annen": 2}


def _western_slavic() -> tuple[Table, Table]:
    """Polish and Czech."""
    polish = _numbered(
        "pierwszy drugi trzeci czwarty piąty szósty siódmy ósmy dziewiąty dziesiąty jedenasty "
        "dwunasty"
    )
    feminine = _numbered("pierwsza druga trzecia czwarta piąta szósta siódma ósma dziewiąta")
    czech = _numbered("první druhá třetí čtvrtá pátá šestá sedmá osmá devátá desátá jedenáctá")
    return {}, polish | feminine | czech


def _arabic() -> tuple[Table, Table]:
    first = _numbered("الأول الثاني الثالث الرابع الخامس السادس السابع الثامن التاسع العاشر")
    return {}, first | _numbered("الأولى الثانية الثالثة الرابعة الخامسة السادسة السابعة الثامنة")


LANGUAGES = (
    _english(), _german(), _french(), _spanish(), _italian(), _portuguese(), _dutch(), _russian(),
    _northern(), _western_slavic(), _arabic(),
)  # fmt: skip
CARDINALS: Table = {word: n for cardinals, _ in LANGUAGES for word, n in cardinals.items()}
ORDINALS: Table = {
    word: n for _, ordinals in LANGUAGES for word, n in ordinals.items()
} | _numbered("primus secundus tertius quartus quintus")
LAST = folded_words(
    "last final letzte letzter letztes dernier derniere ultimo ultima laatste последняя"
)
# Four words: "one hundred and five", "quatre vingt dix neuf".
MOST_WORDS = 4
