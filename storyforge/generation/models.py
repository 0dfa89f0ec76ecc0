"""What a writer made, and what it saw when it did."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from storyforge.core.prepared import Prepared
from storyforge.jobs.models import Job
from storyforge.projects.models import ProjectContent

KEEP_PARTS = Prepared(
    "keep_parts",
    """
INSERT INTO generation_promptpart (id, project_id, created_at, updated_at, sha256, text)
SELECT gen_random_uuid(), %(project)s::uuid, statement_timestamp(), statement_timestamp(), part.sha256, part.text
FROM unnest(%(hashes)s::text[], %(texts)s::text[]) AS part (sha256, text)
ON CONFLICT (project_id, sha256) DO NOTHING
""",
)
TOLD = (
    "id", "job_id", "step", "writer", "model", "assembler_version", "prompt_hash",
    "input_tokens", "output_tokens", "cost_micros", "price_known",
)  # fmt: skip
KEEP_RECEIPT = Prepared(
    "keep_receipt",
    """
INSERT INTO generation_receipt (
    id, project_id, created_at, updated_at, job_id, step, writer, model, assembler_version, prompt_hash,
    parts, items, input_tokens, output_tokens, cost_micros, price_known
) VALUES (
    %(id)s, %(project_id)s, statement_timestamp(), statement_timestamp(), %(job_id)s, %(step)s,
    %(writer)s, %(model)s, %(assembler_version)s, %(prompt_hash)s, %(parts)s::jsonb, %(items)s::jsonb,
    %(input_tokens)s, %(output_tokens)s, %(cost_micros)s, %(price_known)s
) ON CONFLICT (job_id, step) DO UPDATE SET
    (writer, model, assembler_version, prompt_hash, parts, items, input_tokens, output_tokens,
     cost_micros, price_known, updated_at)
    = (excluded.writer, excluded.model, excluded.assembler_version, excluded.prompt_hash, excluded.parts,
       excluded.items, excluded.input_tokens, excluded.output_tokens, excluded.cost_micros,
       excluded.price_known, excluded.updated_at)
""",
)


class MadeBy(models.TextChoices):
    """Who wrote a row. Rules are never passed off as a model."""

    MODEL = "model", "written by a model"
    RULES = "rules", "made by rules"
    HUMAN = "human", "written by a person"
    IMPORT = "import", "read from a file"


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """How rows came to be, for their `GeneratedContent` fields."""

    generation_method: MadeBy
    model_used: str
    generation_cost_micros: int
    job: Job
    result: dict[str, Any] = field(default_factory=dict)  # what else the job's result should say

    def fields(self) -> dict[str, Any]:
        """Keyword arguments for a `GeneratedContent` row."""
        return {
            "generation_method": self.generation_method,
            "model_used": self.model_used,
            "generation_cost_micros": self.generation_cost_micros,
            "job": self.job,
        }


class GeneratedContent(ProjectContent):
    """Content a writer may have made: by whom, with which model, at which cost, in which job."""

    generation_method = models.CharField(
        max_length=10, choices=MadeBy.choices, default=MadeBy.HUMAN, editable=False
    )
    model_used = models.CharField(max_length=100, blank=True, editable=False)
    generation_cost_micros = models.BigIntegerField(
        default=0, editable=False, help_text="US dollars / 1,000,000."
    )
    job = models.ForeignKey(Job, models.SET_NULL, null=True, editable=False, related_name="+")

    class Meta:
        abstract = True


class PromptPart(ProjectContent):
    """A piece of prompt text, stored once per project and named by its hash."""

    sha256 = models.CharField(max_length=64)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "sha256"], name="prompt_part_once")
        ]

    def __str__(self) -> str:
        return self.sha256[:12]

    @classmethod
    def keep(cls, project_id: Any, texts: Iterable[str]) -> list[str]:
        """Store the texts that are new and return the hashes of all, in order."""
        hashes = {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}
        KEEP_PARTS.run(project=project_id, hashes=list(hashes), texts=list(hashes.values()))
        return list(hashes)


class Receipt(ProjectContent):
    """What one step was made from: each section with its tokens, what was trimmed or left out."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="receipts")
    step = models.CharField(max_length=100)
    writer = models.CharField(max_length=10, choices=MadeBy.choices)
    model = models.CharField(max_length=100, blank=True)
    assembler_version = models.PositiveSmallIntegerField(default=0)
    prompt_hash = models.CharField(max_length=64, blank=True)
    parts = models.JSONField(default=list, help_text="Hashes of the prompt's parts, in order.")
    items = models.JSONField(
        default=list, help_text="[{title, code, tokens, state, reason}] of each section."
    )
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_micros = models.BigIntegerField(default=0)
    price_known = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "step"], name="receipt_once")]
        ordering = ["created_at", "step"]

    def __str__(self) -> str:
        return f"{self.step}: {self.writer}"

    @classmethod
    def keep(
        cls,
        job: Job,
        step: str,
        *,
        writer: MadeBy,
        items: Sequence[Mapping[str, Any]],
        parts: Sequence[str] = (),
        **told: Any,
    ) -> None:
        """Write what a step was made from, in place of what an earlier attempt wrote of it."""
        receipt = cls(job=job, step=step, writer=writer, **told)
        values = {name: getattr(receipt, name) for name in TOLD}
        KEEP_RECEIPT.run(
            **values, project_id=job.project_id, parts=json.dumps(parts), items=json.dumps(items)
        )
