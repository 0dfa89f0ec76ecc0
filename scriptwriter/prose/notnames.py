"""Capitalized words that name no person."""

from __future__ import annotations

from scriptwriter.prose.wordlist import wordlist

_CALENDAR = """
Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mondays Tuesdays Wednesdays Thursdays Fridays
Saturdays Sundays January February March April May June July August September October November
December Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec Christmas Easter Michaelmas Lent Whitsun
Whitsuntide Halloween Thanksgiving Sabbath Advent Yule Yuletide Hanukkah Ramadan
"""
_FAITH = """
God Gods Lord Christ Jesus Heaven Heavens Hell Providence Almighty Creator Saviour Savior Devil
Satan Bible Scripture Scriptures Gospel Testament Koran Quran Allah Buddha Trinity Fate Fortune
Nature Death Love Truth Justice Liberty Hope Faith Charity Time Eternity Virgin Church Mass Latin Venus
"""
_NATIONS = """
English Englishman Englishmen Englishwoman French Frenchman Frenchmen Frenchwoman German Germans
Italian Italians Spanish Spaniard Spaniards Portuguese Dutch Dutchman Dutchmen Irish Irishman Irishmen
Irishwoman Scotch Scottish Scots Scotsman Scotchman Welsh Welshman British Briton Britons American Americans
Canadian Canadians Australian Australians Mexican Mexicans Russian Russians Polish Pole Poles Turkish
Turk Turks Greek Greeks Roman Romans Hebrew Jewish Jew Jews Jewess Christian Christians Catholic
Catholics Protestant Protestants Muslim Muslims Hindu Indian Indians Chinese Chinaman Japanese Arab Arabs
Arabian Persian Egyptian Egyptians African Africans European Europeans Asian Asians Swedish Swede
Swedes Norwegian Danish Dane Danes Finnish Hungarian Hungarians Austrian Austrians Swiss Slovak Slovaks Gypsy
Gypsies Bohemian Norman Normans Saxon Saxons Cockney Londoner Londoners Parisian Yankee Yankees Negro
Negroes Gaelic Sanskrit Oriental Western Eastern Northern Southern Victorian Georgian Elizabethan
Martian Martians Earthman Earthmen Terran Terrans Tory Tories Whig Whigs Nazi Nazis Soviet Soviets
Republican Democrat Korean Vietnamese Thai Brazilian Cuban Israeli Iraqi Afghan Ukrainian Czech
"""
_LANDS = """
England Scotland Ireland Wales Britain London Paris Rome Vienna Berlin Madrid Lisbon Dublin Edinburgh
France Germany Italy Spain Portugal Holland Belgium Switzerland Austria Hungary Russia Poland Turkey
Greece Egypt India China Japan Australia America Canada Mexico Brazil Africa Asia Europe Denmark Sweden
Norway Finland Iceland York Boston Chicago Washington California Texas Florida Oxford Cambridge
Amsterdam Brussels Moscow Prague Budapest Constantinople Jerusalem Syria Persia Arabia Bohemia Bavaria
Prussia Saxony Peru Chile Cuba Jamaica Atlantic Pacific Mediterranean Thames Seine Rhine Danube Nile
Alps Himalayas Earth Mars Venus Jupiter Saturn Neptune Uranus Moon Sun Mercury Manhattan Brooklyn
Hollywood Philadelphia Baltimore Bristol Bath Brighton Manchester Liverpool Birmingham Tokyo Beijing
Shanghai Delhi Bombay Mumbai Cairo Baghdad Tehran Istanbul Athens Venice Naples Milan Munich Hamburg
Ukraine Israel Iraq Iran Afghanistan Pakistan Korea Vietnam Thailand Kenya Nigeria Morocco Algeria
Geneva Zurich Cornwall Devon Devonshire Kent Surrey Sussex Essex Yorkshire Lancashire Derbyshire
Hertfordshire Somerset Dorset Norfolk Suffolk Wiltshire Hampshire Oxfordshire Northamptonshire
"""
_TALK = """
I O Oh Ah Ha Ho Hey Hi Hello Hallo Hullo Alas Yes No Nay Aye Ay Well Why What When Where Who Whom Whose How
Which Pray Please Thanks Thank Good Sir Madam Amen Bravo Hush Hurrah Hooray Nonsense Indeed Really Certainly
Perhaps Maybe Never Ever Always Okay Ok Damn Dear Bless Goodbye Farewell Welcome Halt Stop Wait
Sirs Ma'am Ma’am Eh Huh Hm Hmm Um Uh Er Ugh Wow Whoa Pooh Tut Psst Shh Gee Gosh Jeez Yeah Yep Nope Nah
"""
_FUNCTION = """
The A An This That These Those My Your His Her Its Our Their He She It We You They Me Him Us Them And But
Or Nor For So Yet If Then Than As At By In On Of Off To Up Down Out Over Under With Without Within From
Into Onto Upon About Above Below Between Beyond Before Behind Beside Besides After Again Against Along Among
Amongst Around Because Since Until Till While Whilst Though Although Unless Whether There Here Now Once
Twice Thrice Some Any Every Each Either Neither Both All Most Much Many More Few Several Such Same Other
Others Another One Two Three Four Five Six Seven Eight Nine Ten First Second Third Next Last Not
To-day To-morrow To-night Whereat Whereupon Whereas Hereupon Thereupon Anyway Besides
Nothing Something Anything Everything Nobody Somebody Anybody Everybody Someone Anyone Everyone None Is Are
Was Were Be Been Being Am Do Does Did Done Have Has Had Having Can Could May Might Must Shall Should
Will Would Let Lets Come Go Look See Say Said Tell Take Give Get Put Keep Make Just Only Even Still
Also Too Very Quite Rather Almost Already Soon Suddenly However Therefore Thus Hence Meanwhile Moreover
Finally Presently Afterwards Afterward Later Today Tomorrow Yesterday Tonight Nevertheless Otherwise
Instead Except Despite During Through Throughout Toward Towards Ere Like Unlike Whatever Whichever Whoever
Wherever Whenever Old Young Little Poor Great Big Tall New Sweet Beautiful Lovely Fat Ugly Wicked Happy Sad
"""
_THINGS = """
Chapter Book Part Letter Section Volume Prologue Epilogue Act Scene Stave Canto Preface Introduction
Contents Appendix Note Footnote Illustration Copyright Gutenberg Ebook Project Foundation Parliament
Congress Senate Government Army Navy House Police Court Crown State States Empire Republic Union
Kingdom Majesty Highness Honour Honor Lordship Ladyship Excellency Grace Worship Holiness University
College School Academy Institute Bank Company Society Club Inn Hotel Tavern Street Road Lane Avenue
Square Park Bridge Station Hospital Museum Theatre Theater Cathedral Abbey Castle Palace Tower Hall
Island Isle River Lake Sea Ocean Bay Cape Mount Mountain Mountains Hill Hills Valley Forest County Town
City Village North South East West Internet Google Facebook Twitter Ms Pp Vol No Vs Etc Ie Eg Pm Am Ad Bc
Tv Uk Usa Us Eu Fbi Cia Nypd Dna Id Ceo Suv Gps Pc Xvi Xi Xii Xiii Xiv Ii Iii Iv Vi Vii Viii Ix Xv
"""

NOT_NAMES = frozenset(
    (_CALENDAR + _FAITH + _NATIONS + _LANDS + _TALK + _FUNCTION + _THINGS).split()
)
LANDS = frozenset(_LANDS.split())
FUNCTION_WORDS = frozenset((_TALK + _FUNCTION).split())
CALENDAR = frozenset(_CALENDAR.split())

# Names of people among the words above: taken for names where they speak, act or carry a title.
ALSO_NAMES = frozenset(
    wordlist(
        """
    April May June August Grace Hope Faith Charity Christian Norman Washington Paris York
    Florida Chicago Austin Dean Church Hall Hill Park Lane Rivers Bridge Castle Tower Young
    Little Love Death Justice Dear Good Bliss Devil Satan Turkey Pole Mercury Mars Venus
    Jupiter Neptune Saturn Bishop Bath Kent Devon Chelsea Brooklyn London Sydney Holland
    England Ireland French English Welsh Scots German Polish Banks West North Easter Christmas
    Time Nature March Friday Wednesday Thursday Story Monday Sunday Book Page Isle Street
    Marsh Will Chapter Mount
    """
    )
)

# German opens sentences and nouns alike with a capital; these words never name anybody.
GERMAN_FUNCTION_WORDS = frozenset(
    wordlist(
        """
    Der Die Das Dem Den Des Ein Eine Einem Einen Einer Und Aber Oder Er Sie Es Ich Du Ihr Wir
    Ihm Ihn Ihnen Sein Seine Seinen Seinem Ihre Ihren Ihrem Mein Meine Dein Deine Als Wenn Da
    Dann Nun Nur Noch Nicht Was Wer Wie Wo Warum Denn Doch Auch In Im An Am Auf Aus Bei Beim
    Mit Nach Von Vom Vor Zu Zum Zur Über Unter Um Durch Für Gegen Ohne Bis Seit So Schon Sehr
    Ja Nein Jetzt Hier Dort Dies Diese Dieser Dieses Jeder Jede Alle Alles Man Kein Keine
    Manchmal Plötzlich Endlich Natürlich Vielleicht Zuerst Gleich Trotzdem Gott Zeit Leute Tür
    Zimmer Haus Stadt Tag Nacht Abend Morgen Uhr Jahr Mal Hand Kopf Augen Leben Welt Wohl
    """
    )
)
