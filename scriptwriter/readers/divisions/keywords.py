"""The words that name a division of a book, in the languages novels come in."""

from __future__ import annotations

from enum import IntEnum

from scriptwriter.readers.divisions.folding import fold, folded_words


class Rank(IntEnum):
    """How far out a division stands; a smaller rank holds a larger one."""

    CONTAINER = 1
    ACT = 2
    CHAPTER = 3
    SCENE = 4
    SECTION = 5
    NUMBER = 6
    TITLE = 7


# Canonical word: its rank and the words that mean it. Volumes, books and parts hold one another
# in different orders from book to book, so they share a rank.
DIVISIONS: dict[str, tuple[Rank, str]] = {
    "volume": (Rank.CONTAINER, "volume vol tome tomo band volumen volumul tom том"),
    "book": (
        Rank.CONTAINER,
        "book livre buch libro livro boek boken bok bog liber книга ksiega kniha",
    ),
    "part": (
        Rank.CONTAINER,
        "part pt delen teil theil partie parte deel del часть частина الجزء czesc cast",
    ),
    "period": (Rank.CONTAINER, "period epoch phase narrative cycle movement"),
    "act": (Rank.ACT, "act akt aufzug acte acto atto bedrijf действие actus"),
    "chapter": (
        Rank.CHAPTER,
        "chapter chap ch chapitre kapitel kap capitulo cap capitolo hoofdstuk глава розділ розділъ "
        "الفصل kapitlet rozdzial rozdział kapitola fejezet luku capitol capitolul poglavlje kapittel hoofdst chapt",
    ),
    "letter": (Rank.CHAPTER, "letter brief lettre carta lettera письмо epistle"),
    "stave": (Rank.CHAPTER, "stave"),
    "canto": (Rank.CHAPTER, "canto chant gesang fytte fit песнь"),
    "adventure": (Rank.CHAPTER, "adventure abenteuer aventure aventura avventura"),
    "story": (Rank.CHAPTER, "story tale geschichte histoire novella"),
    "episode": (Rank.CHAPTER, "episode episodio"),
    "night": (Rank.CHAPTER, "night nacht nuit noche"),
    "day": (Rank.CHAPTER, "day tag jour journee giornata jornada"),
    "scene": (Rank.SCENE, "scene szene escena scena auftritt tafereel bild tableau сцена scoena"),
    "section": (Rank.SECTION, "section abschnitt seccion sezione secao раздел"),
}
KEYWORDS: dict[str, str] = {
    fold(word): name for name, (_, words) in DIVISIONS.items() for word in words.split()
}
RANKS: dict[str, Rank] = {name: rank for name, (rank, _) in DIVISIONS.items()}

# Divisions that carry a name in place of a number and belong to the story.
NAMED = folded_words(
    "prologue prolog prologo epilogue epilog epilogo пролог эпилог proloog epiloog interlude "
    "zwischenspiel interludio intermezzo intermission prelude overture coda finale conclusion "
    "postlude vorspiel nachspiel postscript induction"
)
OPENERS = folded_words("prologue prolog prologo пролог proloog prelude overture vorspiel induction")
# Words that may stand between a keyword and its number: "Chapter the First", "Letter No. 3".
JOINTS = folded_words("the no nr number numero num n der das die le la el il de het")
# What numbers of lists are called; no division of a novel.
NOT_DIVISIONS = folded_words(
    "figure fig table page plate illustration map note footnote exhibit annex seite abbildung "
    "tabelle anmerkung may june july january february march april august september october "
    "november december and the a in on at of for from to by with was is are"
)
CONTENTS = folded_words(
    "contents|table of contents|the contents|list of chapters|chapters|inhalt|"
    "inhaltsverzeichnis|inhaltsübersicht|table des matières|table|table des chapitres|sommaire|"
    "índice|índice general|indice|sumario|tabla de contenidos|contenido|sommario|sumário|"
    "inhoud|inhoudsopgave|содержание|оглавление|目次|目录|目錄",
    "|",
)
# Headings after which a book is over; a novel's own "Conclusion" is not among them.
BACK_MATTER = folded_words(
    "appendix|appendices|notes|footnotes|endnotes|glossary|index|bibliography|errata|colophon|"
    "uncopyright|afterword|author's note|author’s note|note on the text|acknowledgments|"
    "acknowledgements|acknowledgment|about the author|about the authors|about the publisher|"
    "transcriber's note|transcriber's notes|transcriber’s note|transcriber’s notes|"
    "transcriber note|also by|by the same author|anhang|anmerkungen|fußnoten|nachwort|glossar|"
    "danksagung|über den autor|über die autorin|notes et variantes|postface|remerciements|"
    "apéndice|notas|agradecimientos|appendice|ringraziamenti|"
    "nawoord|dankwoord|примечания",
    "|",
)
