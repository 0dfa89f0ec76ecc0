from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import models, transaction

from storyforge.core.encryption import encrypted_fields

BATCH = 500


class Command(BaseCommand):
    """Encrypt every stored secret with the first key, so that the older ones can be taken away."""

    help = "Encrypt all stored secrets again with the first of FIELD_ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in apps.get_models():
            if names := encrypted_fields(model):
                self.stdout.write(f"{model._meta.label}: {rotate(model, names)} rows")


def rotate(model: type[models.Model], names: list[str]) -> int:
    """Write the secrets of all rows again, locked in batches; how many rows."""
    ids = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            batch = model._default_manager.filter(pk__in=ids[start : start + BATCH])
            for row in batch.select_for_update().only("pk", *names):
                row.save(update_fields=names)
    return len(ids)
