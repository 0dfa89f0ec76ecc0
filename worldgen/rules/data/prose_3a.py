"""Words of this phase."""

PROSE_3A: dict[str, str] = {}
