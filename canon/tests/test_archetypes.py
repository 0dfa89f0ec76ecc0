"""Which archetypes a description speaks of, on fifty descriptions written for this test."""

import pytest

from canon.archetypes import score_archetypes

pytestmark = pytest.mark.django_db

GOLDEN = [
    ("hero", "A farm girl who leaves home to save her village. She is afraid, but she faces the warlord and grows with every defeat."),
    ("hero", "He is the main character: stubborn, brave, full of doubt, and he will not give up until his sister is free."),
    ("hero", "A young sailor who dreams of his own ship, learns from his mistakes and risks his life for the crew."),
    ("hero", "The story follows her struggle to win back the lighthouse. She is determined and flawed, and in the end she sacrifices her post for the truth."),
    ("hero", "An ordinary clerk called to an adventure he never wanted. He overcomes his fear and defends the town."),
    ("hero", "Courageous and impulsive, he fights for justice and must first overcome his own pride."),
    ("hero", "She sets out on a long journey to find her father, survives the desert and returns changed and stronger."),
    ("mentor", "An old fencing master who teaches the young heroine everything he knows and dies before her last fight."),
    ("mentor", "A wise grandmother. She gives advice in proverbs, and people climb the hill to ask for her counsel."),
    ("mentor", "The retired detective trains the rookie, shares his experience and warns her of his own mistakes."),
    ("mentor", "A hermit in the mountains, patient and mysterious, who guides lost travelers and gives them gifts for the road."),
    ("mentor", "Her schoolteacher saw the talent first; he lends her books, encourages her and prepares her for the exam."),
    ("mentor", "A priest with long experience of war, father to half the town, who instructs the boys and guides them."),
    ("mentor", "The professor knows the old lore and explains to the others what they are facing; his pupils revere him."),
    ("shadow", "A ruthless baron who burned the valley and wants the crown. He kills whoever stands in his way."),
    ("shadow", "The villain of the piece: cold, cruel and powerful, she destroys her rivals and feels nothing."),
    ("shadow", "A tyrant who rules by fear, hates the heroine and threatens everyone she loves."),
    ("shadow", "He is what the hero might become, a dark mirror consumed by hatred and the thirst for revenge."),
    ("shadow", "The murderer in the village, sinister and patient, who stalks his victims at night."),
    ("shadow", "An ancient evil under the ice, a monster that feeds on terror."),
    ("shadow", "Greedy for power, the minister plots against the queen and has her allies poisoned. He is the enemy of the rebels."),
    ("ally", "The captain's best friend since childhood, loyal to the end, always at his side."),
    ("ally", "A faithful servant who carries the bags, mends the tent and never complains."),
    ("ally", "She is the sidekick, a skilled mechanic who helps the heroine out of every trap."),
    ("ally", "His younger brother, dependable and devoted, follows him into the war and protects his back."),
    ("ally", "A trusted comrade who supports the plan even when she doubts it, and shares her last bread."),
    ("ally", "The companion on the road, a strong and good-natured blacksmith who would give his life for his friends."),
    ("ally", "Her partner at the precinct: reliable, brave, on her side when nobody else is."),
    ("threshold-guardian", "The doorkeeper of the archive who lets nobody in without a permit and knows every rule."),
    ("threshold-guardian", "A strict inspector. He tests the candidates and blocks the promotion of anyone who fails."),
    ("threshold-guardian", "The sentry at the bridge questions every traveler and refuses passage to strangers."),
    ("threshold-guardian", "A stern official behind a counter, suspicious of everybody, who demands one more form."),
    ("threshold-guardian", "The guard dog of the family: the butler who turns visitors away at the gate to protect his mistress."),
    ("threshold-guardian", "A customs officer, cautious and correct, who stands in the way until the heroine proves herself."),
    ("threshold-guardian", "The dragon at the mouth of the cave sets three riddles; only who passes the test may enter."),
    ("shapeshifter", "A double agent whose loyalty nobody can name. She sells secrets to both sides."),
    ("shapeshifter", "Charming and unpredictable, he changes his story with every listener and betrays his friends for gold."),
    ("shapeshifter", "The love interest who may be the traitor: seductive, secretive, first an ally and then an enemy."),
    ("shapeshifter", "He lives under a false name and hides his past; nobody knows whether he lies or tells the truth."),
    ("shapeshifter", "A spy in disguise, at court a duchess, in the harbor a boy, with a motive she keeps to herself."),
    ("shapeshifter", "An ambiguous stranger who switches sides twice and deceives everyone, himself included."),
    ("shapeshifter", "By day a doctor, by night another man: his nature keeps changing and he cannot be trusted."),
    ("trickster", "The village fool who sings rude songs about the mayor and is often the only one to speak the truth."),
    ("trickster", "A witty thief, sly and playful, who laughs at danger and makes fun of kings."),
    ("trickster", "He plays pranks on his teachers, turns every rule upside down and brings chaos wherever he goes."),
    ("trickster", "The comic relief: a talking crow with a joke for every disaster."),
    ("trickster", "A mischievous cat with a grin who answers in riddles and nonsense."),
    ("trickster", "The jester of the court, irreverent and clever, who mocks the proud and gets away with it."),
    ("trickster", "A boy who cheats at cards, tells tall tales, teases the guards and escapes laughing."),
    ("trickster", "An eccentric aunt with a wicked sense of humor who upsets every dinner and amuses the children."),
]  # fmt: skip


def rank(description: str) -> list[str]:
    return [score.archetype.code for score in score_archetypes(description)]


def test_seven_of_ten_descriptions_have_their_archetype_among_the_first_two() -> None:
    assert len(GOLDEN) == 50
    missed = [(code, rank(text), text) for code, text in GOLDEN if code not in rank(text)[:2]]
    assert len(missed) <= 0.3 * len(GOLDEN), missed


def test_weights_are_shares_and_reasons_stand_in_the_description() -> None:
    text = "A loyal friend who tells jokes and helps the young hero."
    scores = score_archetypes(text)
    assert 0 < sum(score.weight for score in scores) <= 1.0001
    assert all(reason.quote in text for score in scores for reason in score.reasons)


def test_a_negated_trait_speaks_against_its_archetype() -> None:
    assert "ally" in rank("He is loyal.")
    assert "ally" not in rank("He is not loyal.")


def test_a_description_without_signs_has_no_archetype() -> None:
    assert rank("He lives in a house with a garden.") == []
    assert rank("") == []
