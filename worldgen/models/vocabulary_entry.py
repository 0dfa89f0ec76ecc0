"""Words of open rules documents that writers of a campaign may use: names, never texts."""

from __future__ import annotations

from django.db import models

from worldgen.models.base import CampaignContent
from worldgen.models.fields import Line, Prose, Word


class VocabularyEntry(CampaignContent):
    """A name that the rules of the table know: a creature, an item, a spell. With where it is from."""

    KINDS = ("creature", "item", "spell", "race", "class", "feat", "background", "language",
             "plane", "condition", "deity")  # fmt: skip

    kind = Word(KINDS)
    name = Line(80)
    detail = Line(60, blank=True, help_text="Of creatures: their type, such as beast.")
    challenge_rating = Line(8, blank=True, help_text="Of creatures, such as 1/4.")
    source = Line(80, help_text="The document, such as SRD 5.1.")
    attribution = Prose(600, help_text="The sentence its license asks for.")

    class Meta(CampaignContent.Meta):
        ordering = ["kind", "name"]
        verbose_name_plural = "vocabulary entries"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "kind", "name"], name="vocabulary_entry_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.name)
