"""Words of this phase."""

PROSE_3B: dict[str, str] = {}
