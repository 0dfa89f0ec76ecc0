"""Words that stand for a person without naming one: pronouns, roles, kinship, and their gender."""

from __future__ import annotations

from scriptwriter.prose.types import Gender
from scriptwriter.prose.wordlist import wordlist

PRONOUNS: dict[str, Gender] = {
    "he": "male",
    "she": "female",
    "him": "male",
    "her": "female",
    "his": "male",
    "himself": "male",
    "herself": "female",
    "er": "male",
    "sie": "female",
    "il": "male",
    "elle": "female",
    "él": "male",
    "ella": "female",
}
SUBJECTS = frozenset(
    wordlist(
        "he she it they we i ye er sie es wir ich il elle ils elles je nous él ella ellos ellas yo"
    )
)
FIRST_PERSON = frozenset(("i", "ich", "je", "yo"))
DETERMINERS = frozenset(
    wordlist(
        "the a an my his her our their its your one another this that some any each every "
        "both der die das ein eine mein sein ihr le la les l un une mon son sa el los las"
    )
)
POSSESSIVES = frozenset(wordlist("my his her our their its your mein sein ihr mon son sa ma"))

_FEMALE = """
woman women lady girl mother mamma mama mum mom aunt auntie sister daughter wife widow grandmother granny niece
queen princess duchess countess baroness marchioness nurse governess maid housemaid maiden hostess
landlady mistress madam madame mademoiselle miss mrs ms lady-in-waiting abbess nun witch lass spinster bride
waitress actress goddess heroine housekeeper matron schoolmistress damsel stepmother godmother
frau mutter tochter schwester tante dame mädchen femme mère fille soeur sœur tante gouvernante
"""
_MALE = """
man men gentleman boy father papa dad uncle brother son husband widower grandfather nephew king prince duke
earl count baron marquis lord sir mr captain colonel major general sergeant lieutenant corporal soldier
sailor doctor parson vicar curate rector priest bishop monk friar squire butler footman coachman groom
gardener waiter landlord host policeman constable inspector detective lad fellow chap bachelor monsieur
master schoolmaster stranger officer admiral pirate knight hunter smith blacksmith innkeeper tutor
emperor abbot valet page porter postman clergyman magistrate alderman stepfather godfather lawyer judge
herr vater sohn bruder onkel mann junge prokurist homme père fils frère oncle garçon
artilleryman cabman coachman workman madman countryman chairman seaman boatswain skipper coxswain
"""
_EITHER = """
child baby servant cook clerk friend cousin neighbor neighbour visitor guest student teacher speaker voice
patient passenger companion prisoner convict other others creature person people
crowd author writer stranger visitor owner reader editor secretary assistant partner orphan infant invalid
hatter hare rabbit mouse duck cat caterpillar dog wolf fox lion bear gryphon turtle dormouse
"""
ROLES: dict[str, Gender] = {
    **dict.fromkeys(_EITHER.split(), ""),
    **dict.fromkeys(_MALE.split(), "male"),
    **dict.fromkeys(_FEMALE.split(), "female"),
}
# Titles before a name, and the nouns that later stand for the person alone.
TITLES: dict[str, frozenset[str]] = {
    "doctor": frozenset(("dr", "doctor")),
    "captain": frozenset(("captain", "capt", "cap'n")),
    "colonel": frozenset(("colonel", "col")),
    "professor": frozenset(("professor", "prof")),
    "father": frozenset(("father", "fr")),
    "squire": frozenset(("squire",)),
    "lady": frozenset(("lady", "mrs", "miss", "madam", "madame")),
    "gentleman": frozenset(("mr", "sir", "squire", "lord")),
    "lord": frozenset(("lord",)),
    "major": frozenset(("major",)),
    "general": frozenset(("general", "gen")),
    "sergeant": frozenset(("sergeant", "sgt")),
    "lieutenant": frozenset(("lieutenant", "lieut", "lt")),
    "inspector": frozenset(("inspector",)),
    "uncle": frozenset(("uncle",)),
    "aunt": frozenset(("aunt", "auntie")),
    "parson": frozenset(("parson", "rev", "reverend")),
    "king": frozenset(("king",)),
    "queen": frozenset(("queen",)),
    "count": frozenset(("count",)),
    "duke": frozenset(("duke",)),
    "duchess": frozenset(("duchess",)),
    "prince": frozenset(("prince",)),
    "princess": frozenset(("princess",)),
    "judge": frozenset(("judge", "justice")),
    "countess": frozenset(("countess",)),
    "baron": frozenset(("baron",)),
}
# A weaker hint: a mother goes by Mrs., a daughter by Miss.
KIN_TITLES: dict[str, str] = {
    **dict.fromkeys(("wife", "mother", "mamma", "matron", "landlady", "hostess"), "mrs"),
    **dict.fromkeys(("husband", "father", "papa", "landlord", "host", "gentleman"), "mr"),
    **dict.fromkeys(("daughter", "sister", "girl", "governess"), "miss"),
}
# Forms of address that tell the gender of whoever is spoken to.
ADDRESSES: dict[str, Gender] = {
    **dict.fromkeys(
        frozenset(
            wordlist(
                "sir papa father dad daddy uncle boy son lad man fellow chap lord gentleman gentlemen brother "
                "monsieur herr vater onkel"
            )
        ),
        "male",
    ),
    **dict.fromkeys(
        frozenset(
            wordlist(
                "madam ma'am ma’am mamma mama mother mum aunt auntie girl daughter miss lady ladies sister madame "
                "mademoiselle missus mum marm mutter tante"
            )
        ),
        "female",
    ),
}
ABBREVIATIONS = frozenset(
    wordlist(
        "mr mrs ms dr st capt col prof rev lieut lt sgt gen hon esq jr sr messrs mme mlle m no vol"
    )
)
ADVERBS = frozenset(
    wordlist(
        "very quite rather somewhat then again at last aloud still even once only just now also too thus so here "
        "there presently soon never always often almost never all both first next "
        "meanwhile instead however indeed further had has was were would could did must "
        "might"
    )
)


def role_gender(noun: str) -> Gender:
    """Return the gender a role noun ("governess") implies, or "" where it implies none."""
    gender = ROLES.get(noun, "")
    if gender or noun in ("human", "roman", "german"):
        return gender
    if noun.endswith(("woman", "maid")):
        return "female"
    return "male" if noun.endswith(("man", "master")) else ""


def is_role(noun: str) -> bool:
    """Does this lower-case noun stand for a person?"""
    return noun in ROLES or role_gender(noun) != ""
