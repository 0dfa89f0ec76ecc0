"""Who is found in prose of several kinds, and what is not taken for a person."""

from __future__ import annotations

import pytest

from scriptwriter.prose.people import Cast, find_people

POLICE = """1

Detective Inspector Sarah Cole ducked under the tape. Rain ran down the back of her neck.

"Morning, ma'am," said DS Okafor. He handed her a pair of gloves. "It's a bad one."

"It's always a bad one, Daniel." Cole snapped the gloves on. "Who found him?"

"Cleaner. A Mrs. Petrović. She's in the van with PC Walsh."

Cole looked at the body. Sir Martin Hale lay on the kitchen floor of number 14 Larkspur Road. He had
been on the BBC the week before.

Okafor crouched beside her. "Dr. Lindqvist says between midnight and four."

"Inspector Cole!" Astrid Lindqvist came through the door with her hood down. "Tell your constable
that if he moves my lamp again I will put him in a bag."

Walsh appeared behind her, red in the face. "Sorry, ma'am."

"Don't touch the lamp," said Cole. "Get me the son. Julian Hale. I want him before Monday."

"Julian's in Lisbon."

Sarah Cole smiled. The next morning Okafor drove to Heathrow. Julian Hale was not on the flight.
"""
FANTASY = """Kel'Tharin did not look back. Behind him Vael Morrow burned.

“Keep moving,” said Bren. The dwarf's axe dripped. “They'll have riders out before dawn.”

“She's alive,” Kel'Tharin said. “I can hear T’Sarra.”

“You hear the wind.” Bren spat. “Lady Ysolde gave us one order. One.”

Kel'Tharin closed his eyes. He could still see Ysolde Vey on the wall in her grey cloak, her hand
raised. T’Sarra whispered behind him. Kel'Tharin’s neck was cold, and T’Sarra's voice grew faint.

The Raven King spoke to nobody. The Raven King said nothing for a year, and the Raven King smiled.
"""
NOIR = """Brandt lit a cigarette and waited. Kovacs came out at two, walking fast.

“He's moving,” Brandt said into the phone.

“Stay on him,” said Reyes. Her voice was flat. “And Brandt? Don't shoot anybody.”

Kovacs turned left on Delancey. Brandt followed. Orlov leaned out of the window, grinning.

“Reyes send you?” Orlov asked. “She always sends you.”

Brandt shook his head. Ahead, Kovacs had stopped. Orlov cursed.

“Where's the rest?” Reyes said. She folded her arms.

“Ask Orlov,” said Kovacs.
"""
GERMAN = """Als Gregor Samsa eines Morgens erwachte, fand er sich in seinem Bett verwandelt. Gregor sah zum
Fenster. Die Decke war hart, und der Regen fiel auf das Blech.

»Was ist mit mir geschehen?«, dachte Gregor. Das Zimmer war klein, die Wände waren still.

»Gregor«, rief die Mutter, »es ist dreiviertel sieben.« Die Mutter seufzte. Gregor antwortete leise.

Der Vater klopfte an die Tür. »Gregor, was ist?«, fragte der Vater. Der Vater rief noch einmal, und
die Schwester flüsterte: »Gregor, ich bitte dich.« Die Schwester nickte. Die Schwester sagte nichts.
Die Mutter nahm ein Tuch. Die Mutter fragte nach dem Arzt. Der Vater sagte, die Zeit vergehe.
"""
WONDER = """Alice looked up. The Hatter opened his eyes very wide on hearing this.

“Your hair wants cutting,” said the Hatter. The March Hare said nothing. The Hatter sighed.

“You should learn not to make personal remarks,” Alice said. The March Hare went on with his tea, and
the March Hare laughed. “Have some wine,” the March Hare said.

A rabbit ran by. The White Rabbit looked at its watch. “Oh dear!” said the White Rabbit. Alice followed
the Rabbit, but the Rabbit muttered and was gone. “Off with her head!” the Queen of Hearts shouted. The Queen turned.
“Off with her head!” cried the Queen. The English like tea on Sundays, and God knows why.
"""


def names(cast: Cast) -> set[str]:
    return {person.name for person in cast}


def test_ranks_and_initials_of_ranks_are_titles_of_the_name_behind_them() -> None:
    cast = find_people([POLICE])
    assert {"DS Okafor", "PC Walsh", "Sir Martin Hale", "Mrs. Petrović"} <= names(cast)
    cole = cast.named("Cole")
    assert cole is not None
    assert {"Inspector Cole", "Sarah Cole", "Detective Inspector Sarah Cole"} <= set(cole.aliases)
    assert cole.gender == "female"


def test_a_doctor_and_her_full_name_are_one_card() -> None:
    cast = find_people([POLICE])
    assert cast.named("Dr. Lindqvist") == cast.named("Astrid Lindqvist")


def test_two_men_of_one_family_stay_two() -> None:
    cast = find_people([POLICE])
    assert cast.named("Sir Martin Hale") != cast.named("Julian Hale")


@pytest.mark.parametrize("word", ["BBC", "Lisbon", "Heathrow", "Monday", "Rain", "Cleaner"])
def test_places_days_and_initials_are_nobody(word: str) -> None:
    assert find_people([POLICE]).named(word) is None


def test_names_with_apostrophes_are_found_whole() -> None:
    cast = find_people([FANTASY])
    assert cast.people[0].name == "Kel'Tharin"
    assert "T’Sarra" in names(cast)
    assert cast.named("Vael Morrow") is None


def test_a_lady_with_her_first_name_is_her_full_name() -> None:
    cast = find_people([FANTASY])
    assert cast.named("Lady Ysolde") == cast.named("Ysolde Vey")


def test_a_figure_with_an_article_is_somebody_once_it_speaks_and_acts() -> None:
    assert find_people([FANTASY]).named("the Raven King") is not None


def test_surnames_alone_make_a_cast() -> None:
    cast = find_people([NOIR])
    assert names(cast) == {"Brandt", "Kovacs", "Orlov", "Reyes"}
    reyes = cast.named("Reyes")
    assert reyes is not None
    assert reyes.gender == "female"


def test_an_order_before_a_name_is_no_part_of_it() -> None:
    orlov = find_people([NOIR]).named("Orlov")
    assert orlov is not None
    assert orlov.aliases == ("Orlov",)


def test_german_nouns_are_no_people() -> None:
    cast = find_people([GERMAN])
    assert names(cast) == {"Gregor", "Vater", "Mutter", "Schwester"}


def test_creatures_with_an_article_are_found_and_joined_to_their_short_names() -> None:
    cast = find_people([WONDER])
    assert names(cast) == {"Alice", "Hatter", "March Hare", "White Rabbit", "Queen"}
    assert cast.named("the Rabbit") == cast.named("the White Rabbit")
    assert cast.named("the Queen") == cast.named("the Queen of Hearts")


def test_people_are_sorted_by_mentions_and_keys_follow_the_rank() -> None:
    cast = find_people([NOIR])
    counts = [person.mentions for person in cast]
    assert counts == sorted(counts, reverse=True)
    assert [person.key for person in cast] == [f"p{n}" for n in range(1, len(cast) + 1)]


def test_the_same_text_gives_the_same_cast() -> None:
    assert find_people([POLICE, FANTASY]) == find_people([POLICE, FANTASY])


@pytest.mark.parametrize("chapters", [[], [""], ["\n\n \n"], ["..."], ["12345"], ["the end"]])
def test_nothing_to_find_gives_an_empty_cast(chapters: list[str]) -> None:
    cast = find_people(chapters)
    assert len(cast) == 0
    assert cast.mentions("Alice said so.") == ()


MANY_SMITHS = " ".join(
    f"N{chr(97 + n % 26)}{chr(97 + n // 26 % 26)} Smith said." for n in range(5000)
)


@pytest.mark.parametrize(
    "text",
    [
        "A " * 20000,
        "Mr. " * 20000,
        "the Abc said. " * 5000,
        "“Alice " * 5000,
        "A'" * 20000,
        MANY_SMITHS,
    ],
)
def test_hostile_text_is_survived(text: str) -> None:
    assert len(find_people([text])) <= 400
