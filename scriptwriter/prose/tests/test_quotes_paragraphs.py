"""Paragraphs come out right whatever way the lines were laid out."""

from __future__ import annotations

from scriptwriter.prose.paragraphs import Layout, layout, paragraphs

SENTENCE = "The old house stood at the end of the lane and nobody had lived in it for years."


def wrapped(text: str, width: int = 40) -> str:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*lines, line])


def cut(text: str) -> list[str]:
    return [text[one.start : one.end] for one in paragraphs(text)]


def test_blank_lines_separate_hard_wrapped_paragraphs():
    first, second = wrapped(SENTENCE), wrapped("Then came the rain. " * 6)
    assert cut(f"{first}\n\n{second}\n") == [first, second]


def test_ragged_lines_are_still_wrapped_lines():
    text = "Marley was dead\nto begin with. There is no doubt\nwhatever about\nthat.\n\nThe register of his\nburial was signed."
    assert len(cut(text)) == 2


def test_each_line_is_a_paragraph_where_lines_are_long():
    text = "\n".join([SENTENCE * 3, "Short.", SENTENCE * 2, "A fourth one."])
    assert len(cut(text)) == 4
    assert layout(text) is Layout.LINES


def test_a_stray_line_break_does_not_split_a_block():
    blocks = [SENTENCE] * 8
    text = "\n\n".join([*blocks, "Yours ever,\nTom"])
    assert cut(text)[-1] == "Yours ever,\nTom"


def test_indents_cut_wrapped_text_without_blank_lines():
    paragraph = wrapped(SENTENCE * 4)
    text = "\n".join(f"    {paragraph}" for _ in range(6))
    assert layout(text) is Layout.WRAPPED
    assert len(cut(text)) == 6


def test_short_last_lines_cut_wrapped_text_without_indents():
    paragraph = wrapped("Nobody had lived there for quite a while " * 5) + "\nEnd."
    assert len(cut("\n".join([paragraph] * 6))) == 6


def test_one_sentence_a_line_keeps_a_speech_together():
    text = '" Is it bad ?\nOh , is it ? "\nMary heard her say .\n" Awfully , " he said .\n'
    assert layout(text) is Layout.SENTENCES
    assert cut(text) == [
        '" Is it bad ?\nOh , is it ? "\nMary heard her say .',
        '" Awfully , " he said .',
    ]


def test_spans_do_not_include_the_space_around():
    assert cut("\n\n   A.  \n \n\n  B.\n") == ["A.", "B."]


def test_empty_and_blank_texts_have_no_paragraph():
    assert paragraphs("") == ()
    assert paragraphs(" \n\n \n") == ()


def test_one_long_line_is_one_paragraph():
    assert len(paragraphs(SENTENCE * 500)) == 1
