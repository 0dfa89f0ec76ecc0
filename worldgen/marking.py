"""What a game master settles about a row without writing in it: locked or not, seen by players or not."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now

from worldgen.models import WorldRow


def lock(row: WorldRow, *, locked: bool) -> None:
    """From now on no run and no person changes the row, or they may again."""
    _rows(row).update(is_locked=locked, updated_at=Now())


def reveal(row: WorldRow, *, revealed: bool) -> None:
    """Players see a hidden row from now on, or no more."""
    _rows(row).update(is_revealed=revealed, updated_at=Now())


def reveal_field(row: WorldRow, name: str, *, revealed: bool) -> None:
    """Players see a secret field of this row from now on, or no more. Other names change nothing."""
    own = [field for field in row.gm_fields if field == name or field.startswith(f"{name}[].")]
    kept = [field for field in row.revealed_fields if field not in own]
    _rows(row).update(revealed_fields=kept + own if revealed else kept, updated_at=Now())


def _rows(row: WorldRow) -> Any:
    return type(row)._default_manager.filter(pk=row.pk)
