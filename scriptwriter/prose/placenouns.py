"""Nouns for places, and whether one is inside there."""

from __future__ import annotations

from scriptwriter.prose.wordlist import wordlist

INTERIOR = frozenset(
    wordlist(
        """
    room rooms bedroom bedchamber chamber parlour parlor kitchen hall hallway corridor passage
    library study dining-room drawing-room sitting-room living-room bathroom dormitory nursery
    attic garret cellar basement office shop store tavern inn hotel restaurant cafe café pub
    bar house cottage cabin hut barn stable stables church chapel cathedral temple school
    schoolroom classroom hospital ward prison cell dungeon jail gaol court courtroom
    courthouse theatre theater museum bank station palace castle tower mansion manor villa
    flat apartment lodge lodgings lodging laboratory lab workshop factory warehouse garage
    elevator lift staircase stairwell stairs lobby foyer saloon ballroom carriage coach train
    car cab taxi van truck bus plane ship's-cabin galley bridge stateroom counting-house
    post-office mill forge smithy monastery convent vault crypt tomb closet wardrobe pantry
    scullery washroom toilet lavatory tent cave cavern tunnel mine bunker hangar cockpit
    stockade block-house blockhouse log-house conservatory greenhouse gymnasium gym casino
    nightclub morgue boathouse lighthouse farmhouse bathhouse icehouse guardhouse compartment vestry loft
    dwelling forecastle wheelhouse
    """
    )
)

EXTERIOR = frozenset(
    wordlist(
        """
    street road lane avenue alley square park garden gardens courtyard yard field fields
    meadow wood woods forest jungle moor heath hill hills hillside hilltop mountain mountains
    valley river riverbank bank stream brook lake pond sea beach shore coast cliff cliffs
    island bay harbour harbor dock docks quay pier wharf jetty deck bridge path track trail
    highway desert plain plains swamp marsh market marketplace market-place town village city
    port camp graveyard churchyard cemetery orchard vineyard lawn terrace balcony roof rooftop
    rooftops porch gate gates gateway doorstep driveway pavement sidewalk battlefield arena
    farm farmyard pasture clearing glade ravine canyon gorge waterfall summit croquet-ground
    rocks reef shingle sands dunes veranda verandah pavilion embankment
    common rabbit-hole drive campsite car-park parking-lot playground shipyard
    """
    )
)

# Outside or inside as the rest of the words say; a ship is neither without its deck or cabin.
NEUTRAL = frozenset(
    wordlist(
        """
    ship boat schooner brig sloop vessel yacht spaceship starship spacecraft country world
    shire county kingdom realm empire estate grounds abbey college university academy fort
    fortress airport landing gallery platform doorway
    """
    )
)

PLACE_NOUNS = INTERIOR | EXTERIOR | NEUTRAL

# Proper nouns ending (or starting) so are places: "Bow Street", "Mount Doom", "Skeleton Island".
NAME_ENDINGS = frozenset(
    wordlist(
        """
    Street Road Lane Avenue Alley Square Park Garden Gardens Court Place Terrace Crescent Row
    Circus Close Island Islands Isle River Lake Sea Ocean Bay Cove Cape Point Harbour Harbor
    Hill Hills Mountain Mountains Valley Vale Pass Forest Wood Woods Heath Moor Common Field
    Fields Marsh Desert Castle Palace House Hall Manor Lodge Cottage Abbey Priory Grange Inn
    Hotel Tavern Church Cathedral Chapel Temple Tower Bridge Station Street Town City Village
    County Shire Land Kingdom Realm Empire University College School Academy Hospital Museum
    Theatre Theater Club Bank Prison Gaol Jail Beach Coast Falls Creek Canyon Ridge Peak Cliff
    Cliffs Gate Wharf Dock Docks Quay Pier Airport Highway Boulevard Drive Plaza Market Farm
    Ranch Swamp Hole Arms Keep Fortress Fort Spire Citadel Canal Strait Gulf Wall Room Office
    Tor Head Barrow Downs Green Ground Port Street-Market
    """
    )
)
NAME_STARTS = frozenset(
    wordlist(
        """
    Mount Lake Cape Fort Port Castle Isle River St Saint
    """
    )
)
