from __future__ import annotations

from django.contrib import admin

from storyforge.generation.models import PromptPart, Receipt
from storyforge.jobs.admin import ReadOnly


@admin.register(Receipt)
class ReceiptAdmin(ReadOnly):
    list_display = ("step", "writer", "model", "input_tokens", "output_tokens", "created_at")
    list_filter = ("writer",)


@admin.register(PromptPart)
class PromptPartAdmin(ReadOnly):
    list_display = ("sha256", "created_at")
