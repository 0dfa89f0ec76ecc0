"""Verbs and nouns that show that a name belongs to somebody who acts or has a body.

Verbs of speaking stand in `verbs`.
"""

from __future__ import annotations

from scriptwriter.prose.wordlist import wordlist

ACTS = frozenset(
    wordlist(
        """
    looked looks turned turns nodded nods smiled smiles frowned frowns grinned laughed sighed
    shrugged sat sits stood stands walked walks ran runs rose leaned leant knelt bowed
    curtsied stared stares gazed glanced glared watched watches listened heard hears saw sees
    felt feels thought thinks knew knows believed hoped feared wished wanted wants loved loves
    hated liked likes remembered forgot decided hesitated paused waited shook shakes took
    takes gave gives held holds grabbed reached pulled pushed pointed waved kissed hugged
    embraced wept blushed swallowed trembled shivered winced blinked ate drank slept woke
    dressed wore wears wrote writes read reads sang danced entered left arrived followed
    hurried strode stepped climbed jumped leapt leaped crept stumbled limped marched rode
    drove fled died dies killed lifted raised lowered dropped threw caught picked opened
    closed shut knocked poured lit put puts set tried tries seemed seems appeared managed
    refused agreed understood noticed realized realised recognized recognised suspected
    guessed imagined dreamed dreamt considered wondered resolved meant intended needed needs
    expected preferred regretted enjoyed admired despised trusted married met meets visited
    introduced approached came comes got gets kept keeps let led brought carried bent drew
    flung tossed tugged patted stroked rubbed scratched folded crossed clenched squeezed
    chewed bit licked coughed snorted sniffed gulped cleared spoke speaks talked talks told
    had has did does could would might must won't didn't couldn't wouldn't hadn't wasn't
    believes hopes fears wishes hates decides pauses waits reaches pulls pushes points waves
    kisses hugs weeps blushes swallows trembles shivers winces blinks eats drinks sleeps wakes
    dresses sings dances enters leaves arrives follows hurries strides steps climbs jumps leaps
    creeps stumbles rides drives flees lifts raises lowers drops throws catches picks opens
    closes knocks pours tries manages refuses understands notices realizes recognizes suspects
    guesses imagines dreams considers wonders means expects prefers enjoys trusts marries
    visits approaches brings carries bends draws flings pats strokes rubs scratches folds
    crosses clenches squeezes chews bites licks coughs snorts sniffs gulps listens rises leans
    kneels bows grins laughs sighs shrugs glances gazes glares grabs
    doesn't sah blickte nickte lächelte stand saß ging kam lief wandte drehte schüttelte nahm
    hörte fühlte wußte wusste wollte konnte glaubte lachte seufzte zögerte schwieg setzte
    legte
    """
    )
)

# Verbs of ACTS that say little: towns and ships "had" and "seemed", too.
WEAK_ACTS = frozenset(
    wordlist(
        """
    had has did does could would might must won't didn't couldn't wouldn't hadn't wasn't
    doesn't appeared seemed seems came brings carries crosses draws opens closes comes got gets left set ran runs rose stood stands
    needed needs opened closed shut drew brought carried led died dies crossed cleared kept
    keeps put puts lit was is were are will shall should can may turned turns expected saw
    sees looked looks read reads lay hatte war kam stand ging wollte konnte
    """
    )
)

PARTS = frozenset(
    wordlist(
        """
    face eyes eye hand hands head voice arm arms mouth lips lip hair shoulder shoulders heart
    mind soul ear ears nose neck throat chest breast knee knees lap feet foot finger fingers
    fist fists brow forehead cheek cheeks chin beard smile frown grin gaze glance look stare
    laugh tears tone expression breath thoughts feelings temper manner manners father mother
    brother brothers sister sisters wife husband son sons daughter daughters uncle aunt cousin
    nephew niece friend friends lover servant bedroom pocket coat dress hat sleeve jacket
    shirt boots name opinion attention conduct character affection marriage death life back
    side body
    """
    )
)

# After these a name is somebody one deals with.
TOWARD = frozenset(
    wordlist(
        """
    told asked with beside behind toward towards by married marry met visit kiss kissed
    thanked loved assured begged answered helped followed watched except between hugged
    beckoned reminded warned joined introduced poor dear old young little sweet for believe
    trust forgive tell ask
    """
    )
)

APPOSITION = frozenset(
    wordlist(
        """
    sister brother wife husband son daughter mother father uncle aunt cousin nephew niece
    friend master mistress servant maid butler clerk assistant partner colleague boss
    boyfriend girlfriend fiancé fiancée neighbour neighbor son-in-law man boy girl woman
    fellow lad named called housekeeper secretary driver nurse teacher twin comrade companion
    """
    )
)

LOOKING_AT = frozenset(
    wordlist(
        """
    look looked looks looking stare stared staring gaze gazed gazing glance glanced glancing
    glare glared glaring smile smiled smiling grin grinned laugh laughed laughing wave waved
    nod nodded nodding shout shouted yell yelled point pointed pointing aim aimed frown
    frowned frowning wink winked peer peered peeped scowl scowled scowling angry mad furious
    back eyes
    """
    )
)
