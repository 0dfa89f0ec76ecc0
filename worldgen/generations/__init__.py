"""The kinds of this app; importing a module registers its kinds."""

from worldgen.generations import pc_facts, world_phases, world_rollback, world_run

__all__ = ["pc_facts", "world_phases", "world_rollback", "world_run"]
