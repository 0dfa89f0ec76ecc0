"""What templates show long texts with."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from storyforge.core.safe_html import safe_html

register = template.Library()


@register.filter
def markdown(text: object) -> SafeString | str:
    """A person's or model's text with its paragraphs, emphasis, lists and links; see `safe_html`."""
    return "" if text in (None, "") else safe_html(str(text))
