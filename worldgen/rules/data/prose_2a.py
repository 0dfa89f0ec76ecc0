"""Words of this phase."""

PROSE_2A: dict[str, str] = {}
