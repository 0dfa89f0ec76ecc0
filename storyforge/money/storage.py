"""How much room the files of an account take, and whether one more fits.

A trigger counts, because files go in many ways: with their book, project or account. It finds the payer
through the project's owner, whoever uploads.
"""

from __future__ import annotations

import pgtrigger

from storyforge.money.errors import StorageFull
from storyforge.money.models import Account

COUNT = """
UPDATE money_account SET stored_bytes = greatest(0, stored_bytes + {change})
WHERE user_id = (SELECT owner_id FROM projects_project WHERE id = {row}.project_id);
RETURN {row};
"""


def counted(column: str) -> list[pgtrigger.Trigger]:
    """Triggers for a table of content whose binary `column` counts towards the owner's storage."""
    added, gone = f"octet_length(NEW.{column})", f"-octet_length(OLD.{column})"
    return [
        pgtrigger.Trigger(
            name="storage_added",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            func=COUNT.format(change=added, row="NEW"),
        ),
        pgtrigger.Trigger(
            name="storage_freed",
            when=pgtrigger.Before,  # with the project still there to say whose it was
            operation=pgtrigger.Delete,
            func=COUNT.format(change=gone, row="OLD"),
        ),
    ]


def make_room(owner_id: int, size: int) -> None:
    """Raise `StorageFull` when `size` more bytes do not fit. Call in the transaction that stores them.

    It locks the account's row, so two uploads at a time cannot both take what is left.
    """
    plan = Account.of(owner_id).plan
    account = Account.objects.select_for_update(of=("self",)).get(pk=owner_id)
    if plan.storage_bytes is not None and account.stored_bytes + size > plan.storage_bytes:
        raise StorageFull(stored_bytes=account.stored_bytes, storage_bytes=plan.storage_bytes)
