"""Families of made-up languages: sounds and endings of our own."""

FAMILIES = {
    "harbor": {
        "style": "sea island pirate coast lyrical soft gentle flowing polynesian melodic sky star",
        "onsets": "m n l r v s t k p h mar nal vel sor tal",
        "vowels": "a e i o a ea ia ua",
        "codas": "_ _ _ n l r s",
        "masculine": "o en an el ou",
        "feminine": "a ea ia ine is",
        "neutral": "i ei ae u e",
        "family": "ane avo esso iri oma ulo arin etto",
    },
    "stone": {
        "style": "north norse nordic viking frost harsh hard short dwarven guttural grim germanic ice",
        "onsets": "b br d dr g gr h k kr sk st sv th tr v hr",
        "vowels": "a o u e i y",
        "codas": "rn ld rk g n r lm st nd k",
        "masculine": "ar ulf mund rik vald",
        "feminine": "a hild run dis ga",
        "neutral": "i e ur in ke",
        "family": "grimsen haldsen orndal varsen skarn brandal ulfrik thorsk",
    },
    "clerk": {
        "style": "gaslit victorian english plain british dickensian industrial rail steam western clerk",
        "onsets": "b br c cl d f gr h l m p pr t th w wh st",
        "vowels": "a e i o u ee a o",
        "codas": "ll tt rr nd ck m rn bb st dd x",
        "masculine": "er on us ic ard",
        "feminine": "y ette ine ora ey",
        "neutral": "en is ie el ley",
        "family": "well worth ley by stock cott ridge mere low bury",
    },
    "marble": {
        "style": "latin roman italian renaissance court city noble imperial classical spanish romance",
        "onsets": "v c l m n p r s t f g b vel cor lun",
        "vowels": "a e i o a e i o au",
        "codas": "_ n r l s _ _",
        "masculine": "io us ano ero aldo",
        "feminine": "ia ina etta ara isa",
        "neutral": "e is ori an ele",
        "family": "anti ello oso uzzi aldi enza ieri orsi",
    },
    "dune": {
        "style": "desert sand arabic persian oasis caravan egyptian southern sun",
        "onsets": "h kh sh z n r s j f q m t b d",
        "vowels": "a i u a aa e",
        "codas": "r d m n sh l z f _ b",
        "masculine": "ir ad im un esh",
        "feminine": "a ah ira een una",
        "neutral": "i at is ay an",
        "family": "adi rami zahir ashtar imran usef ghazi nour",
    },
    "leaf": {
        "style": "forest elf elven elvish fey fae celtic welsh wood druid whimsical fairytale",
        "onsets": "l f el br t n gw m r s ll c rh w",
        "vowels": "a e i o ae y ie eo",
        "codas": "n l th r s nn wn _ _",
        "masculine": "ion or wyn eth an",
        "feminine": "wen iel eth ora yth",
        "neutral": "is el in ow ir",
        "family": "thorn brook mere wyn hallow reed ashe lark",
    },
    "grave": {
        "style": "gothic slavic dark eastern horror vampire transylvanian eerie",
        "onsets": "v z dr m s st b k r l sl vl ch",
        "vowels": "a e o i u a",
        "codas": "n v r l sk sz d m t",
        "masculine": "an ov imir il ek",
        "feminine": "a ena ika ova ila",
        "neutral": "ei in us ko al",
        "family": "escu ovich arov emsky anska olny idar ovec",
    },
    "glass": {
        "style": "alien strange star void exotic otherworldly science crystal harmonic arcane",
        "onsets": "x z ts k v y s th n l",
        "vowels": "a i e u ai ei y",
        "codas": "x n s l th r _ _",
        "masculine": "ex or ak iv us",
        "feminine": "ia el ys ae ei",
        "neutral": "i on et ir o",
        "family": "axis orin ulex ithra enzar oxel iveth yrren",
    },
}  # fmt: skip

EPITHETS = "the Elder|the Younger|the Quiet|the Tall|the Patient|the Scarred|the Lame|the Bold|the Late|the Grey|the Left-Handed|the Unlucky|the Second|the Merciful|the Wakeful|the Stubborn"
PLACE_WORDS = (
    "Upper|Lower|Old|New|Far|Near|Great|Little|North|South|East|West|Inner|Outer|High|Deep"
)
