"""Words of this phase."""

PROSE_2B: dict[str, str] = {}
