from __future__ import annotations

from django.contrib import admin

from storyforge.generation.models import PromptPart, Receipt
from storyforge.jobs.admin import JobAdmin, ReadOnly, ReadOnlyInline


@admin.register(Receipt)
class ReceiptAdmin(ReadOnly):
    list_display = ("step", "writer", "model", "input_tokens", "output_tokens", "created_at")
    list_filter = ("writer",)


@admin.register(PromptPart)
class PromptPartAdmin(ReadOnly):
    list_display = ("sha256", "created_at")


class ReceiptInline(ReadOnlyInline):
    """What each step of a job was made from."""

    model = Receipt
    fields = ("step", "writer", "model", "input_tokens", "output_tokens", "cost_micros", "items")
    show_change_link = True


# Receipts lie above jobs, so it is they who join the page of a job.
JobAdmin.inlines = (*JobAdmin.inlines, ReceiptInline)
