"""The ASGI application that granian serves."""

from __future__ import annotations

import gc
import os

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyforge.settings")
django.setup(set_prefix=False)

from storyforge.core.serving import Handler  # noqa: E402 - it reads the settings

application = Handler()
gc.freeze()  # what is loaded now stays to the end: no collection need look through it
settings.SECRET_KEY  # noqa: B018 - reading it raises ImproperlyConfigured when it is not set
