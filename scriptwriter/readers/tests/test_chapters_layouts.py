"""Chapters are found in the ways novels are typeset, and not where prose only looks like headings.

Layouts are written as templates: `~300` becomes 300 words of prose, a line that begins with `@1 `
is a heading of level 1 that must be found. Nothing else may be found.
"""

from __future__ import annotations

import random
import re
import textwrap

import pytest

from scriptwriter.readers.chapters import ChapterFinding, find_chapters

SENTENCES = (
    "The rain had not stopped since the morning, and the road to the mill was gone.",
    "She put the letter back into the drawer and turned the key twice.",
    "“You never told me,” he said, “that the boat was hers.”",
    "Nobody in the village could remember a winter like it.",
    "I went down to the harbor and waited until the last lamp was out.",
    "One of the men laughed, but the captain did not.",
    "“Wait!” cried Anna.",
    "There were four chairs in the room, two of them broken.",
    "Part of the wall had fallen into the garden, and nobody had moved the stones.",
    "At five he got up, dressed, and walked to the station without a word.",
    "It was, as the doctor liked to say, a matter of patience.",
    "The dog looked at the door as if someone stood behind it.",
    "A hundred times she had thought of leaving, and a hundred times she had stayed.",
    "“I am sure of it.”",
    "Two days later the money came, in a plain envelope with no name on it.",
    "He had read the first chapter so often that he knew it by heart.",
)
GERMAN = (
    "Der Regen hatte seit dem Morgen nicht aufgehört, und die Straße zur Mühle war fort.",
    "Sie legte den Brief zurück in die Lade und drehte den Schlüssel zweimal um.",
    "Niemand im Dorf konnte sich an einen solchen Winter erinnern.",
    "Einer der Männer lachte, aber der Kapitän lachte nicht.",
)


class Prose:
    """Paragraphs of plain narration, the same on every run."""

    def __init__(self, sentences: tuple[str, ...], width: int, indent: str, between: str) -> None:
        self.random = random.Random(7)  # noqa: S311
        self.sentences, self.width, self.indent, self.between = sentences, width, indent, between

    def paragraphs(self, words: int) -> str:
        found: list[str] = []
        while words > 0:
            chosen = self.random.choices(self.sentences, k=self.random.randint(1, 7))
            paragraph = self.indent + " ".join(chosen)
            words -= len(paragraph.split())
            found.append(
                "\n".join(textwrap.wrap(paragraph, self.width)) if self.width else paragraph
            )
        return self.between.join(found)


def render(
    template: str,
    *,
    sentences: tuple[str, ...] = SENTENCES,
    width: int = 70,
    indent: str = "",
    between: str = "\n\n",
) -> tuple[str, list[tuple[int, int]]]:
    """Return the text of a template and the offset and level of each heading marked in it."""
    prose = Prose(sentences, width, indent, between)
    text = ""
    expected: list[tuple[int, int]] = []
    for line in textwrap.dedent(template).strip("\n").split("\n"):
        if found := re.match(r"\s*@(\d) ?", line):
            expected.append((len(text), int(found[1])))
            text += line.replace(found.group().lstrip(), "", 1) + "\n"
        elif found := re.fullmatch(r"~(\d+)", line.strip()):
            text += prose.paragraphs(int(found[1])) + "\n"
        else:
            text += line + "\n"
    return text, expected


def places(finding: ChapterFinding) -> list[tuple[int, int]]:
    return [(chapter.start, chapter.level) for chapter in finding.chapters]


def shown(text: str, found: list[tuple[int, int]]) -> list[str]:
    return [f"{level} {text[start:].lstrip().splitlines()[0]}" for start, level in found]


LAYOUTS = {
    "word and number with a colon": """
        THE HOLLOW ROAD

        a novel

        by Jane Miller


        @1 Chapter 1: The Door

        ~900

        @1 Chapter 2: The Window

        ~700

        # # #

        ~300

        @1 Chapter 3: The Long Way to the Sea and Back Again, in Which Nothing Is
        Found

        ~800
        """,
    "numbers in words, title below": """
        @1 CHAPTER ONE

        The Mill

        ~900


        @1 CHAPTER TWO

        What Anna Saw

        ~900


        @1 CHAPTER TWENTY-ONE

        Home

        ~500
        """,
    "numbers with a full stop": """
        @1 1.

        ~800

        @1 2.

        ~800

        @1 3.

        ~800

        @1 4.

        ~800
        """,
    "roman numbers alone": """
        @1 I

        ~700

        @1 II

        ~700

        @1 III

        ~700

        @1 IV

        ~700
        """,
    "numbers in words alone": """
        @1 ONE

        ~700

        @1 TWO

        ~700

        @1 THREE

        ~700
        """,
    "decorated numbers": """
            @1 ~ 1 ~

        ~700

            @1 ~ 2 ~

        ~700

            @1 ~ 3 ~

        ~700
        """,
    "number and title on a line": """
        @1 1. The Mill

        ~700

        @1 2. The Harbor

        ~700

        @1 3. What the Captain Said

        ~700
        """,
    "roman number and title in capitals": """
        @1 I. THE MILL

        ~700

        @1 II. THE HARBOR

        ~700

        @1 III. THE LETTER

        ~700
        """,
    "parts with chapters that start again": """
        @1 PART ONE
        THE MILL

        @2 Chapter 1

        ~600

        @2 Chapter 2

        ~600

        @1 PART TWO
        THE SEA

        @2 Chapter 1

        ~600

        @2 Chapter 2

        ~600
        """,
    "volumes, books and chapters": """
        @1 VOLUME I

        @2 BOOK THE FIRST. THE MILL

        @3 CHAPTER I

        ~500

        @3 CHAPTER II

        ~500

        @2 BOOK THE SECOND. THE SEA

        @3 CHAPTER I

        ~500

        @1 VOLUME II

        @2 BOOK THE FIRST. THE CITY

        @3 CHAPTER I

        ~500

        @3 CHAPTER II

        ~500
        """,
    "parts with bare numbers": """
        @1 Part One

        @2 1

        ~500

        @2 2

        ~500

        @1 Part Two

        @2 3

        ~500

        @2 4

        ~500
        """,
    "parts that hold the text": """
        @1 PART ONE

        ~1200

        @1 PART TWO

        ~1200

        @1 PART THREE

        ~1200
        """,
    "prologue, parts, epilogue": """
        @1 Prologue

        ~300

        @1 PART I

        @2 Chapter 1

        ~600

        @2 Interlude

        ~200

        @1 PART II

        @2 Chapter 2

        ~600

        @1 Epilogue

        ~300
        """,
    "contents page with page numbers": """
        Contents

        Chapter 1 ........ 5
        Chapter 2 ........ 21
        Chapter 3 ........ 40

        @1 Chapter 1

        ~600

        @1 Chapter 2

        ~600

        @1 Chapter 3

        ~600
        """,
    "contents page of parts and chapters": """
        CONTENTS

        PART ONE

          I. The Mill
          II. The Harbor

        PART TWO

          I. The City
          II. The Way Back

        @1 PART ONE

        @2 I. The Mill

        ~600

        @2 II. The Harbor

        ~600

        @1 PART TWO

        @2 I. The City

        ~600

        @2 II. The Way Back

        ~600
        """,
    "titles known from the contents page only": """
        CONTENTS

        The Mill at the End of the Road
        Anna
        A Letter from the Captain
        Winter

        @1 The Mill at the End of the Road

        ~600

        @1 Anna

        ~600

        @1 A Letter from the Captain

        ~600

        @1 Winter

        ~600
        """,
    "contents page at the end": """
        @1 CHAPITRE PREMIER
        LE MOULIN

        ~600

        @1 CHAPITRE II
        LA MER

        ~600

        @1 CHAPITRE III
        LA LETTRE

        ~600

        TABLE DES MATIÈRES

        CHAPITRE PREMIER. LE MOULIN
        CHAPITRE II. LA MER
        CHAPITRE III. LA LETTRE
        """,
    "stories with titles in capitals": """
        @1 THE MILL

        ~900


        @1 A LETTER

        ~900


        @1 WINTER

        ~900


        @1 TWO MEN IN A BOAT

        ~900
        """,
    "titles in capitals after one blank line": """
        @1 THE MILL

        ~900

        @1 A LETTER

        ~900

        @1 WINTER

        ~900
        """,
    "names of tellers, repeated": """
        @1 ANNA


        ~600



        @1 THE CAPTAIN


        ~600



        @1 ANNA


        ~600



        @1 THE CAPTAIN


        ~600
        """,
    "titles set apart by space": """
        @1 The Mill

        ~900



        @1 A Letter from the Captain

        ~900



        @1 Winter

        ~900
        """,
    "stories with numbered sections": """
        @1 THE MILL

        @2 I

        ~500

        @2 II

        ~500


        @1 A LETTER

        ~900


        @1 WINTER

        @2 I

        ~500

        @2 II

        ~500

        @2 III

        ~500
        """,
    "chapters with numbered sections": """
        @1 Chapter One

        @2 1

        ~400

        @2 2

        ~400

        @1 Chapter Two

        @2 1

        ~400

        @2 2

        ~400
        """,
    "acts and scenes": """
        @1 ACT I

        @2 SCENE I. A room in the mill.

        ~300

        @2 SCENE II. The harbor.

        ~300

        @1 ACT II
        @2 SCENE I. The same.

        ~300

        @2 SCENE II. A road.

        ~300
        """,
    "act and scene on one line": """
        @1 ACT ONE, SCENE ONE

        ~300

        @1 ACT ONE, SCENE TWO

        ~300

        @1 ACT TWO, SCENE ONE

        ~300
        """,
    "letters": """
        @1 LETTER I.
        Anna to the Captain

        ~400

        @1 LETTER II.
        The Captain to Anna

        ~400

        @1 LETTER III.
        Anna to the Captain

        ~400
        """,
    "any word that counts": """
        @1 Record 1

        ~400

        @1 Record 2

        ~400

        @1 Record 3

        ~400

        @1 Record 4

        ~400
        """,
    "ordinal after the word": """
        @1 PHASE THE FIRST: MAIDEN

        @2 I

        ~400

        @2 II

        ~400

        @1 PHASE THE SECOND: MAIDEN NO MORE

        @2 III

        ~400

        @2 IV

        ~400
        """,
    "chapter the last": """
        @1 Chapter the First

        ~400

        @1 Chapter the Second

        ~400

        @1 Chapter the Last

        ~400
        """,
    "markdown": """
        # The Hollow Road

        ## The Mill

        @1 # The Mill

        ~400

        @1 # The Sea

        ~400
        """,
    "heading right above its text": """
        @1 CHAPTER I. THE MILL
        ~500

        @1 CHAPTER II. THE SEA
        ~500

        @1 CHAPTER III. THE LETTER
        ~500
        """,
    "one heading has lost its word": """
        @1 CHAPTER I. THE MILL

        ~500

        @1 II. THE SEA

        ~500

        @1 CHAPTER III. THE LETTER

        ~500

        @1 IV. WINTER

        ~500
        """,
    "a number printed twice": """
        @1 CHAPTER I

        ~500

        @1 CHAPTER II

        ~500

        @1 CHAPTER II

        ~500

        @1 CHAPTER IV

        ~500
        """,
    "lower case": """
        @1 chapter one

        ~400

        @1 chapter two

        ~400

        @1 chapter three

        ~400
        """,
    "centered": """
                              @1 CHAPTER I

                               THE MILL

        ~400

                              @1 CHAPTER II

                               THE SEA

        ~400
        """,
    "preface and notes": """
        PREFACE

        ~300

        @1 Chapter 1

        ~600

        @1 Chapter 2

        ~600

        Notes

        The mill stood until 1871.
        """,
    "days and nights": """
        @1 THE FIRST NIGHT

        ~500

        @1 THE SECOND NIGHT

        ~500

        @1 THE THIRD NIGHT

        ~500
        """,
    "hyphens and brackets": """
        @1 - Chapter 1 -

        ~400

        @1 [Chapter 2]

        ~400

        @1 *** Chapter 3 ***

        ~400
        """,
    "abbreviated": """
        @1 Ch. 1 – The Mill

        ~400

        @1 Ch. 2 – The Sea

        ~400

        @1 Ch. 3 – Winter

        ~400
        """,
}
LAYOUTS["markdown"] = """
        # The Hollow Road

        @1 ## The Mill

        ~400

        @1 ## The Sea

        ~400
        """


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout_is_read(name: str) -> None:
    text, expected = render(LAYOUTS[name])
    found = places(find_chapters(text))
    assert shown(text, found) == shown(text, expected)
    assert found == expected


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout_is_read_where_each_paragraph_is_one_line(name: str) -> None:
    text, expected = render(LAYOUTS[name], width=0)
    assert shown(text, places(find_chapters(text))) == shown(text, expected)


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\u2028"])
@pytest.mark.parametrize("name", ["parts with bare numbers", "acts and scenes", "centered"])
def test_line_ends_do_not_matter(name: str, ending: str) -> None:
    text, expected = render(LAYOUTS[name])
    changed = text.replace("\n", ending)
    found = find_chapters(changed).chapters
    lines = [changed[chapter.start :].split(ending)[0] for chapter in found]
    assert lines == [text[start:].split("\n")[0] for start, _ in expected]
