"""The part of the settings about logs; `storyforge.settings` takes all of it."""

from __future__ import annotations

from storyforge import env

LOG_FORMAT = env.choice(
    "LOG_FORMAT", options=("line", "json"), default="line", help="key=value lines, or JSON objects."
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "context": {"()": "storyforge.core.logs.Context"},
        "discretion": {"()": "storyforge.core.logs.Discretion"},
    },
    "formatters": {
        "line": {
            "()": "storyforge.core.logs.Line",
            "fmt": "time=%(asctime)s level=%(levelname)s logger=%(name)s"
            " request=%(request)s job=%(job)s %(message)s",
        },
        "json": {"()": "storyforge.core.logs.JsonLines"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["context", "discretion"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # One line a provider call tells nothing that the job's steps do not.
        "httpx2": {"level": "WARNING"},
        "axes": {"level": "ERROR"},  # the audit log tells it, without names
        "django.server": {"handlers": ["console"], "propagate": False},
    },
}
