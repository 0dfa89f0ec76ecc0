"""Tables whose rows are there to be believed later."""

from __future__ import annotations

import pgtrigger


def never_emptied() -> pgtrigger.Trigger:
    """Refuse TRUNCATE, for which PostgreSQL asks neither row triggers nor row security."""
    return pgtrigger.Trigger(
        name="never_emptied",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'Cannot truncate % table', TG_TABLE_NAME;",
    )
