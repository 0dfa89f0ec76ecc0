"""Which names become one card, and which must stay apart."""

from __future__ import annotations

from scriptwriter.prose.people import Cast, find_people

FAMILY = """Mr. Bennet smiled. Mrs. Bennet sighed. Elizabeth Bennet laughed, and Jane Bennet blushed.

“My dear Mr. Bennet,” said Mrs. Bennet, “have you heard?”

Mr. Bennet replied that he had not. Elizabeth looked at Jane. Elizabeth and Jane had heard it.

“Lizzy, my dear,” said Mr. Bennet, “come here.” Elizabeth came. She took his hand.

Lizzy was his favourite. Jane nodded. “Miss Elizabeth Bennet,” said Mr. Collins, “is very kind.”

Mr. Darcy bowed. Darcy said nothing. Miss Darcy smiled at her brother. Darcy turned away, and he
looked at Elizabeth. “Fitzwilliam Darcy,” said Jane, “is proud.” Miss Darcy said so too.
"""


def together(cast: Cast, one: str, other: str) -> bool:
    first, second = cast.named(one), cast.named(other)
    assert first is not None, one
    assert second is not None, other
    return first == second


def test_husband_and_wife_stay_two_people() -> None:
    assert not together(find_people([FAMILY]), "Mr. Bennet", "Mrs. Bennet")


def test_sisters_stay_two_people() -> None:
    assert not together(find_people([FAMILY]), "Elizabeth Bennet", "Jane Bennet")


def test_a_mother_is_not_her_daughter() -> None:
    cast = find_people([FAMILY])
    assert not together(cast, "Mrs. Bennet", "Elizabeth")
    assert not together(cast, "Mrs. Bennet", "Jane")


def test_first_name_nickname_and_titled_name_are_one() -> None:
    cast = find_people([FAMILY])
    assert together(cast, "Elizabeth", "Elizabeth Bennet")
    assert together(cast, "Lizzy", "Elizabeth")
    assert together(cast, "Miss Elizabeth Bennet", "Elizabeth")


def test_a_bare_surname_goes_to_the_man_who_bears_it() -> None:
    cast = find_people([FAMILY])
    assert together(cast, "Darcy", "Mr. Darcy")
    assert together(cast, "Fitzwilliam Darcy", "Mr. Darcy")
    assert not together(cast, "Miss Darcy", "Mr. Darcy")


def test_gender_comes_from_titles_and_first_names() -> None:
    cast = find_people([FAMILY])
    genders = {
        name: person.gender
        for name in ("Mr. Bennet", "Mrs. Bennet", "Jane", "Mr. Darcy")
        if (person := cast.named(name))
    }
    assert genders == {
        "Mr. Bennet": "male",
        "Mrs. Bennet": "female",
        "Jane": "female",
        "Mr. Darcy": "male",
    }


def test_two_first_names_set_side_by_side_are_two_people_even_if_one_could_shorten_the_other() -> (
    None
):
    text = "Kate and Katherine sat down. Kate laughed. Katherine sighed. " * 4
    assert not together(find_people([text]), "Kate", "Katherine")


def test_an_alias_the_text_states_is_believed() -> None:
    text = (
        "Maeryn laughed. The Wasp put down her cup. “Go,” said the Wasp. “Now,” said Maeryn. "
        "Silas Crane, known as Barbecue, smiled. “Fire,” said Barbecue. Crane nodded. "
        "Maeryn, though the soldiers called her the Wasp, wept."
    )
    cast = find_people([text])
    assert together(cast, "Barbecue", "Silas Crane")
    assert together(cast, "the Wasp", "Maeryn")


def test_a_captain_and_a_doctor_of_one_name_are_two() -> None:
    text = "“Aye,” said Captain Reed. Dr. Reed laughed. Captain Reed nodded. “No,” said Dr. Reed."
    assert not together(find_people([text]), "Captain Reed", "Dr. Reed")


def test_a_promoted_officer_is_one() -> None:
    text = "“Aye,” said Lieutenant Reed. Captain Reed laughed. Captain Reed nodded. “No,” said Lieutenant Reed."
    assert together(find_people([text]), "Captain Reed", "Lieutenant Reed")


def test_a_colonel_is_not_his_wife() -> None:
    text = "“Aye,” said Colonel Forster. Mrs. Forster laughed. Colonel Forster nodded. Mrs. Forster sighed."
    assert not together(find_people([text]), "Colonel Forster", "Mrs. Forster")


def test_two_first_names_of_one_short_form_with_other_surnames_are_two() -> None:
    text = "“Aye,” said Dick Johnson. Dick laughed. Richard Joyce nodded. “No,” said Richard Joyce."
    assert not together(find_people([text]), "Dick", "Richard Joyce")


def test_a_realm_is_no_surname() -> None:
    text = (
        "Tiny Tim smiled. “God bless us,” said Tiny Tim. The Spirit nodded. “Come,” said the Spirit. "
        "Spirit of Tiny Tim, thy childish essence was from God! The Spirit said no more. Tiny Tim laughed."
    )
    assert not together(find_people([text]), "the Spirit", "Tiny Tim")


def test_the_title_with_an_article_is_the_only_bearer_of_it() -> None:
    text = "“Aye,” said Doctor Reed. The doctor laughed. Reed nodded. “No,” said the doctor. Dr. Reed left."
    assert together(find_people([text]), "the doctor", "Doctor Reed")


def test_the_fullest_name_in_common_use_is_shown() -> None:
    text = (
        "“Aye,” said Captain Smollett. Captain Smollett nodded. Smollett laughed. " * 10
        + "Alexander Smollett signed. Ebenezer Crane frowned. “No,” said Crane. Ebenezer Crane left."
    )
    assert {person.name for person in find_people([text])} == {"Captain Smollett", "Ebenezer Crane"}
