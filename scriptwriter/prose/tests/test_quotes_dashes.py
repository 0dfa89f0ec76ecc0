"""Dialogue behind dashes, and French dialogue that keeps its tags inside the marks."""

from __future__ import annotations

from scriptwriter.prose.quotes import find_quotes

JOYCE = """—Tell us, do you kiss your mother?

Stephen answered:

—I do.

—Yes, said Wells, I will tell them. You do.

—No, said Stephen. He turned away from the wall.
"""


def spoken(text: str) -> list[str]:
    return [quote.text for quote in find_quotes(text) if quote.is_speech]


def test_tags_are_cut_out_of_dash_dialogue():
    assert spoken(JOYCE) == [
        "Tell us, do you kiss your mother?",
        "I do.",
        "Yes,",
        "I will tell them. You do.",
        "No,",
    ]


def test_a_speech_behind_a_dash_is_one_turn_around_its_tag():
    quotes = find_quotes(JOYCE)
    assert quotes[2].turn == quotes[3].turn
    assert len({quote.turn for quote in quotes}) == 4


def test_typed_dashes_open_speech_too():
    text = "-- Hello, said Ann.\n\n-- Good day, said Bob. How are you?\n\n-- Well, thank you.\n"
    assert spoken(text) == ["Hello,", "Good day,", "How are you?", "Well, thank you."]


def test_narration_between_two_dashes_is_not_spoken():
    text = "—¿Dónde está Ana? —preguntó Juan—. No la veo.\n\n—Está en casa —respondió María, y cerró la puerta.\n\n—Pues vamos —dijo él.\n"
    assert spoken(text) == ["¿Dónde está Ana?", "No la veo.", "Está en casa", "Pues vamos"]


def test_french_guillemets_give_up_their_tags():
    assert spoken("« Bonjour, dit Emma. Comment allez-vous ? »\n\n« Bien », fit-il.\n")[:2] == [
        "Bonjour,",
        "Comment allez-vous ?",
    ]


def test_a_french_conversation_inside_one_pair_of_guillemets_has_its_turns():
    text = (
        "« Bonjour, dit Emma.\n\n— Bonjour, répondit Charles.\n\n— Vous venez ?\n\n— Je viens. »\n"
    )
    quotes = find_quotes(text)
    assert [quote.text for quote in quotes] == ["Bonjour,", "Bonjour,", "Vous venez ?", "Je viens."]
    assert len({quote.turn for quote in quotes}) == 4


def test_a_motto_with_its_source_is_not_dialogue():
    assert spoken("All the world's a stage.\n\n—Shakespeare\n\nIt was a dark night.\n") == []


def test_a_dash_in_a_book_with_marks_is_an_interruption():
    text = '"I never--"\n\n--"Never what?" said Ann.\n\n"Nothing," said Bob.\n'
    assert spoken(text) == ["I never--", "Never what?", "Nothing,"]
