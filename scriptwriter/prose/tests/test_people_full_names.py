"""People under the fullest name that is theirs."""

from scriptwriter.prose.people import find_people


def names_in(*chapters: str) -> list[str]:
    return [person.name for person in find_people(chapters)]


def test_a_heroine_called_by_her_first_name_is_listed_by_the_full_name_given_once() -> None:
    text = "Harriet Tregear put out the lamp. " + "“No,” said Harriet, and Harriet ate. " * 6
    assert names_in(text)[0] == "Harriet Tregear"


def test_a_woman_named_in_full_is_the_mrs_of_the_next_lines() -> None:
    text = (
        "“Catch it!” Odile Cadotte shouted as she came from the tiller. Harriet caught the line. "
        "Mrs. Cadotte tied the boat, and she smiled. Odile said that she was late. “Good,” said Odile."
    )
    people = find_people([text])
    assert any({"Odile Cadotte", "Mrs. Cadotte"} <= set(p.aliases) for p in people)


def test_a_mother_of_the_same_name_stays_apart() -> None:
    text = (
        "Justine Moritz came to our house, and she was kind. “Yes,” said Justine. Mrs. Moritz, her mother, "
        "was a widow. “Go,” said Mrs. Moritz."
    )
    people = find_people([text])
    assert not any({"Justine Moritz", "Mrs. Moritz"} <= set(p.aliases) for p in people)


def test_a_captain_called_by_his_first_name_is_the_captain_of_that_name() -> None:
    text = (
        "Captain Pascoe fried the fish. “Eat,” said Captain Pascoe. Jory Pascoe had been keeper for years. "
        "In the port they called him Captain Jory. “Well,” said Pascoe."
    )
    people = find_people([text])
    assert any({"Captain Jory", "Captain Pascoe", "Jory Pascoe"} <= set(p.aliases) for p in people)


def test_somebody_introduced_in_full_comes_back_by_the_first_name_chapters_later() -> None:
    first = "Lena Aho brought the soup. “You are from the light,” said Lena Aho."
    assert names_in(first, "It snowed.", "“He owes nine dollars,” said Lena.") == ["Lena Aho"]


def test_a_post_and_a_crowd_at_the_head_of_a_sentence_are_nobody() -> None:
    text = (
        "Anna kept the light. She wanted to be keeper; the keeper before her was old, and no keeper stays. "
        "The book said Keeper. Excursionists asked about it. “No,” said Anna."
    )
    assert names_in(text) == ["Anna"]
