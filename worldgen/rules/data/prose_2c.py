"""Words of this phase."""

PROSE_2C: dict[str, str] = {}
