"""A world as one person may see it: rows, counts, phases, map and web."""
