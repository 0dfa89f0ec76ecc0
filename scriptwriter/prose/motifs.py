"""Closed word lists for what a book is about. A list speaks only where it is denser than usual.

`usual` is the median rate of the list's words per 10,000 words over twelve public-domain works in English (1726-1914),
at least 3; a book is compared with it, so that words every novel uses prove nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

VARIETY = 3  # different words of a list, before a chapter speaks for it
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Motif:
    """A name, its words (prefixes end in `*`), and how often novels use them per 10,000 words."""

    name: str
    words: str
    usual: float


THEMES = (
    Motif(name="love and marriage", usual=25.9, words="love* marri* marry wedding husband wife bride engag* propos* suitor* courtship affection* heart"),
    Motif(name="wealth and greed", usual=13.5, words="money gold treasure* fortune* rich* wealth* debt* inherit* guinea* greed* miser* bank* payment profit*"),
    Motif(name="class and rank", usual=10.5, words="gentleman gentlemen lady ladies servant* nobl* rank station condescen* inferior* superior* aristocra* humble estate* connection* civility"),
    Motif(name="pride and prejudice of judgment", usual=4.4, words="pride proud prejudice* vanity vain conceit* arrogan* disdain* judgment misjudg* opinion*"),
    Motif(name="death and mourning", usual=14.4, words="death dead die* dying grave* funeral mourn* corpse* coffin* buri* widow* orphan* ghost*"),
    Motif(name="fear and horror", usual=13.9, words="fear* terror terrif* horror* horribl* dread* monster* shudder* nightmare* ghastly afraid blood*"),
    Motif(name="revenge and justice", usual=5.7, words="reveng* vengeance justice punish* crime* guilt* innocen* murder* judge* prison* gallows hang*"),
    Motif(name="ambition and knowledge", usual=9.1, words="ambition* knowledge discover* science* scientif* experiment* creat* genius invent* study studies philosoph* learning"),
    Motif(name="war and survival", usual=5.3, words="war wars battle* soldier* army fight* gun* musket* sword* weapon* surviv* starv* wound* enem* invad* mutin* attack*"),
    Motif(name="journey and the unknown", usual=12.6, words="voyage* journey* travel* sail* ship* sea island* shore* coast* strange unknown explor* adventure* map chart"),
    Motif(name="growing up", usual=40.5, words="child* boy* girl* school* grow* grew lesson* young mother father nurs* tutor*"),
    Motif(name="friendship and loyalty", usual=16.1, words="friend* friendship loyal* faithful* trust* companion* comrade* betray* promise* true oath*"),
    Motif(name="identity and change", usual=12.4, words="change* changed transform* mirror* disguise* mask* dream* curious stranger nonsense puzzl* identity name"),
    Motif(name="loneliness and belonging", usual=14.4, words="alone lonely loneliness solitude solitary home* outcast* abandon* desert* belong* exile* wander* family"),
    Motif(name="faith and doubt", usual=13.5, words="god* pray* faith soul* church* heaven* sin sins bless* devil* holy bible minister priest* clergy*"),
    Motif(name="generosity and redemption", usual=11.3, words="generous* charit* poor kindness forgiv* mercy christmas gift* repent* redeem* benevolen* goodwill merry"),
    Motif(name="power and rebellion", usual=15.2, words="king* queen* power* rule* obey* command* order* rebel* master* slave* throne* tyran* law laws"),
    Motif(name="madness and reason", usual=6.9, words="mad madness madman insan* lunatic* delir* reason rational* logic* deduc* fancy sane"),
    Motif(name="secrets and truth", usual=12.4, words="secret* truth lie lies lied liar* conceal* confess* reveal* hid hide hidden deceiv* deceit betray* suspect* honest* promise*"),
    Motif(name="guilt and conscience", usual=7.1, words="guilt* conscience remorse* sorry ashamed shame blame* fault forgiv* confess* owe owed sin sins repent*"),
    Motif(name="the sea", usual=7.0, words="sea seas lake reef shore* wave* lighthouse* wreck* shipwreck* drown* ship ships schooner* boat* tide* sail* harbor* harbour* gale* storm* oar oars"),
    Motif(name="family", usual=24.2, words="father* mother* son sons daughter* brother* sister* grandmother* grandfather* aunt* uncle* family families parent* cousin* nephew* niece*"),
    Motif(name="crime", usual=5.8, words="crime* criminal* steal* stole* thief thieves rob robb* murder* poison* police* prison* jail* guilty evidence witness* arrest*"),
)  # fmt: skip
GENRES = (
    Motif(name="adventure", usual=5.9, words="ship* captain island* treasure* pirate* sail* sea boat* anchor crew sword* pistol* musket* mutin* jungle cutlass* voyage* desert* chase*"),
    Motif(name="gothic horror", usual=6.8, words="vampire* tomb* coffin* castle* blood* monster* fiend* ghost* spectre* grave* corpse* bat bats wolves terror horror* undead crypt* haunted"),
    Motif(name="romance", usual=21.9, words="marri* marry love* engag* affection* attachment admir* ball danc* suitor* propos* heart handsome sister* amiable agreeable"),
    Motif(name="mystery", usual=9.1, words="detective* clue* murder* inspector* evidence crime* criminal* police* stolen theft suspicio* deduc* witness* thief mystery mysterious case cases"),
    Motif(name="science fiction", usual=3.0, words="martian* planet* machine* rocket* alien* cylinder* ray laborator* experiment* electric* space robot* spaceship* telescope* astronom* invention*"),
    Motif(name="fantasy", usual=9.7, words="magic* wizard* witch* dragon* fair* spell* enchant* elf elves dwarf* goblin* talking king* queen* prophecy kingdom* unicorn* rabbit creature*"),
    Motif(name="satire", usual=4.9, words="majesty court minister* parliament politic* custom* nation* absurd* ridicul* folly vice* corrupt* mankind imperial"),
    Motif(name="comedy of manners", usual=10.9, words="ball tea visit* civility amiable ladyship carriage dinner drawing-room gossip assembly acquaintance* compliment* manners elegan*"),
    Motif(name="ghost story", usual=4.9, words="ghost* spirit* phantom* spectre* apparition* haunt* chain* midnight churchyard bell bells"),
    Motif(name="war story", usual=4.5, words="war regiment* soldier* battle* trench* enemy general officer* bayonet* cannon* artillery army troops siege"),
    Motif(name="western", usual=3.0, words="cowboy* ranch* sheriff* saloon* saddle* cattle outlaw* prairie* gunslinger* stagecoach* canyon"),
    Motif(name="domestic drama", usual=60.7, words="mother father house* family home kitchen* window* dinner sister* brother* room* aunt* uncle* parlour parlor"),
)  # fmt: skip
STORY_TYPES = (
    Motif(name="treasure hunt", usual=3.0, words="treasure* map dig digging gold pirate* doubloon* buccaneer* hoard* jewel* cache"),
    Motif(name="courtship", usual=6.4, words="marri* marry engag* propos* suitor* ball attachment affection* wedding bride"),
    Motif(name="investigation", usual=5.6, words="clue* evidence detective* inspector* murder* case deduc* witness* suspect* crime*"),
    Motif(name="invasion", usual=3.5, words="martian* invad* invasion attack* army refugee* enemy troops bombard* shell* conquer* evacuat*"),
    Motif(name="hunt for a monster", usual=7.6, words="vampire* monster* beast* fiend* hunt* pursu* destroy* creature* stake"),
    Motif(name="creation that turns on its maker", usual=3.8, words="creat* creature* monster fiend wretch* experiment* laboratory lifeless"),
    Motif(name="journey through a strange land", usual=15.2, words="strange curious voyage* journey* country inhabitants creature* language travel* queer land customs"),
    Motif(name="redemption", usual=13.0, words="repent* forgiv* charit* miser* poor merry christmas spirit* generous* mercy redeem*"),
    Motif(name="revenge", usual=3.3, words="reveng* vengeance avenge* wrong* hatred hate* vow* swore punish*"),
    Motif(name="survival", usual=7.4, words="wreck* starv* hunger* thirst* surviv* storm* drown* cold ice danger* rescue* shelter"),
    Motif(name="coming of age", usual=42.4, words="boy* girl* school* child* grow* mother father young lesson* learn*"),
    Motif(name="slices of life", usual=57.7, words="street* room* window* house* evening talk* tea* shop* door office*"),
)  # fmt: skip
TONES = (
    Motif(name="dark", usual=25.5, words="dark* death dead terror horror* blood* dread* gloom* fear* grave* despair* miser* ghastly evil"),
    Motif(name="wry", usual=11.6, words="amus* ridicul* absurd* wit laugh* smile* civil* delight* folly nonsense vex* truly exceedingly"),
    Motif(name="playful", usual=12.1, words="curious* nonsense laugh* funny queer* silly tea dance* danc* play* merry merrily riddle* joke*"),
    Motif(name="suspenseful", usual=25.5, words="sudden* danger* silence silent listen* whisper* watch* crept creep* hide hidden escape* shot cry cries"),
    Motif(name="tender", usual=26.1, words="love* dear* gentle gently tear* kiss* sweet* affection* tender* happy happiness heart*"),
    Motif(name="melancholy", usual=15.5, words="sad sadly sorrow* grief* weep* wept tears lonely alone regret* lost weary sigh* melancholy despair*"),
    Motif(name="adventurous", usual=10.3, words="ship* sail* island* treasure* captain adventure* brave* bold* fight* danger* pistol* sea"),
)  # fmt: skip


@cache
def _pattern(words: str) -> re.Pattern[str]:
    parts = [re.escape(w[:-1]) + r"\w*" if w.endswith("*") else re.escape(w) for w in words.split()]
    return re.compile(rf"(?:{'|'.join(parts)})")


class Vocabulary:
    """The words of a book and how often each stands in it; which of them belong to a motif."""

    def __init__(self, texts: Sequence[str]) -> None:
        by_part = [Counter(words_of(text)) for text in texts]
        self._parts = [frozenset(part) for part in by_part]
        self.counts: Counter[str] = Counter()
        for part in by_part:
            self.counts.update(part)
        self.total = max(1, self.counts.total())

    def of(self, motif: Motif) -> frozenset[str]:
        """The book's words that the motif's list covers."""
        pattern = _pattern(motif.words)
        return frozenset(word for word in self.counts if pattern.fullmatch(word))

    def ranked(self, motifs: Sequence[Motif]) -> list[tuple[float, Motif]]:
        """The motifs by how much denser than usual they are in the book, densest first.

        One word repeated proves little: it counts at most as often as the others together, and the
        ratio is damped by the variety of words met.
        """
        scored = []
        for motif in motifs:
            met = self.of(motif)
            counts = sorted(self.counts[word] for word in met)
            others = sum(counts[:-1])
            rate = (others + min(others, *counts[-1:])) * 10_000 / self.total if others else 0.0
            scored.append((min(1.0, len(met) / 6) * rate / motif.usual, motif))
        return sorted(scored, key=lambda pair: (-pair[0], pair[1].name))

    def spread(self, motif: Motif) -> float:
        """The share of the book's parts that hold three different words of the motif."""
        met = self.of(motif)
        return sum(len(met & part) >= VARIETY for part in self._parts) / max(1, len(self._parts))


def words_of(text: str) -> list[str]:
    """The words of a text in lower case."""
    return _WORD.findall(text.lower())
