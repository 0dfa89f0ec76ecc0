"""Front and back matter by the words of its title, and by what files call it."""

from __future__ import annotations

import re

from scriptwriter.readers.headings import plain

# epub:type, ARIA roles, landmark and guide types (EPUB 3 Structural Semantics, EPUB 2 guide).
MATTER_TYPES_WORDS = """
    titlepage title-page halftitlepage halftitle imprint copyright-page colophon cover
    dedication epigraph toc toc-brief landmarks loa loi lot lov acknowledgments
    acknowledgements contributors other-credits errata index bibliography endnotes footnotes
    rearnotes notes glossary appendix foreword preface introduction afterword frontmatter
    backmatter z3998:dramatis-personae seriespage page-list doc-toc doc-cover doc-dedication
    doc-epigraph doc-acknowledgments doc-colophon doc-credits doc-endnotes doc-index
    doc-bibliography doc-glossary doc-appendix doc-foreword doc-preface doc-introduction
    doc-afterword doc-errata
"""
MATTER_TYPES = frozenset(MATTER_TYPES_WORDS.split())
CHAPTER_TYPES_WORDS = """
    chapter prologue epilogue preamble conclusion doc-chapter doc-prologue doc-epilogue
    doc-conclusion
"""
CHAPTER_TYPES = frozenset(CHAPTER_TYPES_WORDS.split())
PART_TYPES_WORDS = """
    part volume division doc-part
"""
PART_TYPES = frozenset(PART_TYPES_WORDS.split())
# A page that begins with one of these may go on to be a chapter, so the word alone decides nothing.
OPENING_TYPES = frozenset({"epigraph", "dedication", "doc-epigraph", "doc-dedication"})

MATTER_TITLE_LIST = """
    cover|cover page|title|title page|titlepage|half title|half title page|front matter|
    frontmatter|back matter|backmatter|contents|table of contents|list of illustrations|
    illustrations|list of maps|copyright|copyright page|copyright notice|imprint|colophon|
    uncopyright|license|licence|legal|dedication|dedicated to|epigraph|acknowledgments|
    acknowledgements|acknowledgment|about the author|about the authors|about the publisher|
    also by|also by the author|other books|by the same author|praise|preface|introduction|
    foreword|afterword|author's note|authors note|note on the text|translator's note|notes|
    endnotes|footnotes|bibliography|index|glossary|appendix|errata|transcriber's note|
    transcriber's notes|dramatis personae|persons of the play|the persons of the play|newsletter|
    inhalt|inhaltsverzeichnis|impressum|vorwort|einleitung|nachwort|widmung|danksagung|titel|
    table des matières|sommaire|préface|avant-propos|remerciements|dédicace|mentions légales|
    índice|prólogo del editor|prefacio|agradecimientos|dedicatoria|créditos|
    indice|prefazione|ringraziamenti|содержание|оглавление|предисловие|примечания
"""
MATTER_TITLES = frozenset(plain(title) for title in MATTER_TITLE_LIST.split("|"))
LICENSE = re.compile(r"project gutenberg|gutenberg.{0,20}licen[sc]e", re.IGNORECASE)
ALSO_BY = re.compile(
    r"(also|other books|more) (by|from)\b|about the (author|publisher)", re.IGNORECASE
)


def is_matter_title(title: str) -> bool:
    """Say whether a title names a page around the story: contents, copyright, preface, notes."""
    if plain(title) in MATTER_TITLES or LICENSE.search(title):
        return True
    return bool(ALSO_BY.match(title.strip()))
