"""Django for a script that measures."""

from __future__ import annotations

import os


def set_up() -> None:
    """Once a process; the settings are the product's."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyforge.settings")
    os.environ.setdefault("SECRET_KEY", "for figures only")
    import django

    django.setup()
