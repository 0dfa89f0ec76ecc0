"""The ASGI application that granian serves."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyforge.settings")

application = get_asgi_application()
settings.SECRET_KEY  # noqa: B018 - reading it raises ImproperlyConfigured when it is not set
