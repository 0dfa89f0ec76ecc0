"""Chassis of peoples and classes: numbers and words; a world gives them its own names.

People: keys; size; speed; adult; lifespan; darkvision; ability bonuses; resistance; alignment.
Class: keys; hit die; abilities; saves; armor; weapons; caster; casting ability; skills.
"""

PEOPLES = {
    "human": "human man woman people folk;medium;30;18;80;0;str 1,dex 1,con 1,cha 1;;true_neutral",
    "elf": "elf elven elvish eladrin drow;medium;30;100;700;60;dex 2,int 1;;chaotic_good",
    "dwarf": "dwarf dwarven duergar;medium;25;50;350;60;con 2,wis 1;poison;lawful_good",
    "halfling": "halfling hobbit kithkin;small;25;20;150;0;dex 2,cha 1;;lawful_good",
    "gnome": "gnome svirfneblin;small;25;40;450;60;int 2,con 1;;neutral_good",
    "half-elf": "half-elf halfelf;medium;30;20;180;60;cha 2,dex 1,wis 1;;chaotic_good",
    "orc": "orc half-orc ork;medium;30;14;75;60;str 2,con 1;;chaotic_neutral",
    "horned": "tiefling horned demon devil infernal cambion;medium;30;18;95;60;cha 2,int 1;fire;chaotic_neutral",
    "drake": "dragonborn drake lizardfolk lizard kobold scaled saurian;medium;30;15;80;0;str 2,cha 1;lightning;lawful_neutral",
    "goblin": "goblin hobgoblin bugbear;small;30;12;60;60;dex 2,con 1;;true_neutral",
    "giantkin": "goliath giant firbolg ogre;medium;30;18;90;0;str 2,con 1;cold;true_neutral",
    "winged": "aarakocra bird winged kenku owlin harpy;medium;30;12;60;0;dex 2,wis 1;;neutral_good",
    "waterfolk": "merfolk triton sea water grung tortle selkie;medium;30;15;120;60;con 2,cha 1;cold;true_neutral",
    "made": "warforged construct automaton robot android clockwork golem made;medium;30;2;300;0;con 2,int 1;poison;lawful_neutral",
    "feline": "tabaxi cat feline leonin lion wolf shifter beast;medium;30;15;85;60;dex 2,cha 1;;chaotic_good",
    "celestial": "aasimar celestial angel blessed;medium;30;18;160;60;cha 2,wis 1;radiant;lawful_good",
}  # fmt: skip

PEOPLE_LOOKS = {
    "human": "every build and color that roads and marriages can mix",
    "elf": "long-boned and unhurried, with eyes that catch low light",
    "dwarf": "broad and heavy-handed, proud of braids and scars alike",
    "halfling": "small and quick, with a gaze that counts the exits",
    "gnome": "small and bright-eyed, with stained fingers and loud hats",
    "half-elf": "fine-featured and restless, hard to place and used to it",
    "orc": "tall and heavy-jawed, with tusks capped in metal",
    "horned": "horned and warm to the touch, in shades from ash to wine",
    "drake": "scaled and deep-voiced, with crests that show their mood",
    "goblin": "wiry and long-eared, with teeth they file for company",
    "giantkin": "a head above any crowd, with skin mottled like stone",
    "winged": "light-boned and feathered, never still for long",
    "waterfolk": "grey-skinned and web-fingered, with nostrils that close",
    "made": "plates and cord around a steady inner light",
    "feline": "furred and lithe, with pupils that narrow at a lie",
    "celestial": "faintly luminous, with a stare that makes liars cough",
}

CLASSES = {
    "fighter": "fighter soldier warrior knight samurai guard gladiator duelist marine;d10;str con;str con;light medium heavy shields;simple,martial;none;;acrobatics athletics history insight intimidation perception survival",
    "wizard": "wizard mage sorcerer arcanist witch engineer artificer alchemist assayer scholar;d6;int;int wis;;daggers,staffs,light crossbows;full;int;arcana history insight investigation medicine religion",
    "cleric": "cleric priest monk-of healer oracle acolyte;d8;wis;wis cha;light medium shields;simple;full;wis;history insight medicine persuasion religion",
    "rogue": "rogue thief spy assassin smuggler scoundrel burglar pirate corsair;d8;dex;dex int;light;simple,rapiers,short swords;none;;acrobatics deception insight investigation perception sleight_of_hand stealth",
    "ranger": "ranger hunter scout archer tracker warden pilot;d10;dex wis;str dex;light medium shields;simple,martial;half;wis;animal_handling athletics nature perception stealth survival",
    "bard": "bard singer skald poet musician performer;d8;cha;dex cha;light;simple,rapiers;full;cha;acrobatics deception history performance persuasion insight",
    "barbarian": "barbarian berserker brute wild stoker;d12;str;str con;light medium shields;simple,martial;none;;animal_handling athletics intimidation nature perception survival",
    "druid": "druid shaman hedge nature;d8;wis;int wis;light medium shields;clubs,sickles,spears;full;wis;animal_handling arcana insight medicine nature religion survival",
    "paladin": "paladin crusader templar oathbound;d10;str cha;wis cha;light medium heavy shields;simple,martial;half;cha;athletics insight intimidation medicine persuasion religion",
    "monk": "monk ascetic mystic martial;d8;dex wis;str dex;;simple,short swords;none;;acrobatics athletics history insight religion stealth",
    "warlock": "warlock occultist cultist binder;d8;cha;wis cha;light;simple;pact;cha;arcana deception history intimidation investigation religion",
    "gunner": "gunslinger gunner sniper marksman bombardier;d8;dex;dex cha;light medium;simple,pistols,muskets;none;;acrobatics athletics intimidation perception stealth survival",
    "sage": "investigator detective inquisitor physician doctor lawyer diplomat;d8;int;int cha;light;simple,pistols;none;;history insight investigation medicine perception persuasion",
}  # fmt: skip

CLASS_NAMES = {
    "fighter": "Bannerhand|Shieldbearer|Sworn Blade",
    "wizard": "Lector|Glyphwright|Spellkeeper",
    "cleric": "Lampbearer|Almoner|Voice of the Altar",
    "rogue": "Shadowhand|Cutpurse|Locksmith",
    "ranger": "Pathwarden|Outrider|Strider",
    "bard": "Newsinger|Remembrancer|Balladeer",
    "barbarian": "Reaver|Wildheart|Fury",
    "druid": "Greenspeaker|Weatherworker|Rootreader",
    "paladin": "Oathsworn|Vigilant|Lance of Mercy",
    "monk": "Silent Hand|Stepkeeper|Ascetic",
    "warlock": "Bargainer|Debtor of Powers|Lantern-Blind",
    "gunner": "Powderhand|Long Shot|Sharpshooter",
    "sage": "Inquirer|Advocate|Examiner",
}
