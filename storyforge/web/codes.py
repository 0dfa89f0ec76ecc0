"""Every error code that clients may meet."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rest_framework import exceptions

from storyforge.core.errors import InvalidOutput, StoryforgeError
from storyforge.core.problems import CODES
from storyforge.generation.requests import generations

# Codes of the framework, whose classes carry no sentence of their own for people.
MEANINGS: dict[type[exceptions.APIException], str] = {
    exceptions.ValidationError: "Some fields were not accepted; `errors` names them.",
    exceptions.ParseError: "The request could not be read.",
    exceptions.NotAuthenticated: "Sign in, or send a token.",
    exceptions.AuthenticationFailed: "This token is unknown, expired or revoked.",
    exceptions.PermissionDenied: "This is not allowed; a session also needs its CSRF token.",
    exceptions.NotFound: "There is nothing here, or it is not yours.",
    exceptions.MethodNotAllowed: "This path does not take this method.",
    exceptions.NotAcceptable: "Answers are JSON; `Accept` must allow it.",
    exceptions.UnsupportedMediaType: "Bodies are JSON, or multipart where files are taken.",
}


PRODUCT = ("storyforge", "canon", "scriptwriter", "worldgen")
SKIPPED = {
    "tests",
    "migrations",
    "management",
    "launcher",
    "settings",
    "settings_accounts",
    "settings_logs",
    "asgi",
    "celery",
    "__main__",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One code: `status` where it answers a request, `kind` the class behind it."""

    code: str
    status: int
    retryable: bool
    meaning: str
    kind: type[Exception]


def catalog() -> dict[str, Entry]:
    """Every error code a client may meet, by code; raises ValueError for one that is claimed twice."""
    _import_everything()
    entries: dict[str, Entry] = {}
    for entry in [*_ours(), *_of_kinds(), *_of_the_framework()]:
        twin = entries.setdefault(entry.code, entry)
        if twin.status != entry.status or twin.retryable != entry.retryable:
            raise ValueError(f"{entry.code} is claimed by {twin.kind} and {entry.kind}.")
    return entries


def _import_everything() -> None:
    """Errors stand beside what raises them, and much of that is imported when it is needed."""
    for name in PRODUCT:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not SKIPPED & set(module.name.split(".")):
                importlib.import_module(module.name)


def error_classes(base: type[StoryforgeError] = StoryforgeError) -> Iterator[type[StoryforgeError]]:
    """The product's error classes; those of tests are left out."""
    for kind in base.__subclasses__():
        if ".tests." not in kind.__module__ and not kind.__module__.startswith("tests"):
            yield kind
            yield from error_classes(kind)


def _ours() -> Iterator[Entry]:
    for kind in error_classes():
        if "code" in vars(kind) and kind.shown:
            meaning = (kind.__doc__ or "").strip().splitlines()[0]
            yield Entry(
                code=kind.code,
                status=kind.status,
                retryable=kind.retryable,
                meaning=meaning,
                kind=kind,
            )


def _of_kinds() -> Iterator[Entry]:
    for spec in generations():
        if spec.failure_code != InvalidOutput.code:
            yield Entry(
                code=spec.failure_code,
                status=InvalidOutput.status,
                retryable=False,
                meaning=f"`{InvalidOutput.code}` of `{spec.kind}`: {InvalidOutput.__doc__}",
                kind=InvalidOutput,
            )


def _of_the_framework() -> Iterator[Entry]:
    for kind, code in CODES.items():
        yield Entry(
            code=code,
            status=kind.status_code,
            retryable=False,
            meaning=MEANINGS[kind],
            kind=kind,
        )


def name_codes(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: a problem document has one of these codes."""
    code = result["components"]["schemas"]["Problem"]["properties"]["error_code"]
    code["enum"] = sorted(catalog(), key=str.lower)
    return result
