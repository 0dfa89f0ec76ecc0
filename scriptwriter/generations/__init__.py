"""The kinds of generation of this app; importing a module registers its kind."""

from scriptwriter.generations import (
    book_adapt,
    book_analysis,
    character_profile,
    plot_overview,
    scene_write,
    script_adapt,
)

__all__ = [
    "book_adapt",
    "book_analysis",
    "character_profile",
    "plot_overview",
    "scene_write",
    "script_adapt",
]
