"""The kinds of this app; importing a module registers its kinds."""

from worldgen.generations import world_phases, world_run

__all__ = ["world_phases", "world_run"]
