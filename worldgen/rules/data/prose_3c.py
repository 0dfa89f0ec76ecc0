"""Words of this phase."""

PROSE_3C: dict[str, str] = {}
