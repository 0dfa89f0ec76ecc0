"""Typed readers of the environment. Nonsense stops the start with one plain sentence.

Whatever is read as NAME may lie in a file that NAME_FILE names (`given`).

Every reader leaves a `Setting` in `DECLARED`; `manage.py settings_docs` prints docs/settings.md from it.
"""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from storyforge.given import given

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One environment variable: its name, type in words, default as printed, and meaning."""

    name: str
    kind: str
    default: str
    help: str


DECLARED: dict[str, Setting] = {}


def _read(name: str, *, kind: str, default: object, help: str) -> str | None:  # noqa: A002
    if name in DECLARED:
        raise ImproperlyConfigured(f"{name} is declared twice.")
    shown = "" if default is None else str(default)
    DECLARED[name] = Setting(name=name, kind=kind, default=shown, help=help)
    try:
        return given(name, os.environ) or None
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from error


def text(name: str, *, default: str = "", help: str, secret: bool = False) -> str:  # noqa: A002
    """Any string; a secret's default is never printed."""
    value = _read(name, kind="secret" if secret else "text", default=default, help=help)
    return default if value is None else value


def existing_file(name: str, *, help: str) -> str:  # noqa: A002
    """The path of a file that is there; empty when unset."""
    value = _read(name, kind="file", default=None, help=help) or ""
    if value and not Path(value).is_file():
        raise ImproperlyConfigured(f"{name} is {value!r}, and there is no such file.")
    return value


def flag(name: str, *, default: bool, help: str) -> bool:  # noqa: A002
    """1, true, yes, on or 0, false, no, off."""
    value = _read(name, kind="flag", default="on" if default else "off", help=help)
    if value is None:
        return default
    if value.lower() not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be on or off.")
    return value.lower() in TRUE


def integer(name: str, *, default: int, low: int, high: int, help: str) -> int:  # noqa: A002
    """A whole number from `low` to `high`, both included."""
    value = _read(name, kind=f"{low} to {high}", default=default, help=help)
    if value is None:
        return default
    if not value.lstrip("-").isdecimal() or not low <= int(value) <= high:
        raise ImproperlyConfigured(
            f"{name} is {value!r}; it must be a whole number from {low} to {high}."
        )
    return int(value)


def choice(name: str, *, options: tuple[str, ...], default: str, help: str) -> str:  # noqa: A002
    """One of the options."""
    value = _read(name, kind=" or ".join(options), default=default, help=help) or default
    if value not in options:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of {', '.join(options)}.")
    return value


def words(
    name: str,
    *,
    default: tuple[str, ...],
    help: str,  # noqa: A002
    secret: bool = False,
    shortest: int = 1,
) -> list[str]:
    """A list, comma separated, of words with at least `shortest` characters."""
    kind = "secret list" if secret else "list"
    value = _read(name, kind=kind, default=",".join(default), help=help)
    found = list(default) if value is None else [w.strip() for w in value.split(",") if w.strip()]
    if any(len(word) < shortest for word in found):
        raise ImproperlyConfigured(f"Each of {name} must have at least {shortest} characters.")
    return found


def numbered(name: str, *, help: str) -> dict[int, str]:  # noqa: A002
    """Secrets by number, such as 2:key,1:key; each at least 32 characters."""
    found: dict[int, str] = {}
    for part in words(name, default=(), help=help, secret=True):
        number, _, value = part.partition(":")
        if not number.isdecimal() or not 1 <= int(number) <= 30_000 or len(value) < 32:
            raise ImproperlyConfigured(
                f"{name} must look like 2:key,1:key with keys of at least 32 characters."
            )
        found[int(number)] = value
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """Django's mail settings."""

    backend: str
    folder: str | None = None
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False


def mail(name: str, *, default: str, help: str) -> Mail:  # noqa: A002
    """A mail server as a URL: smtp (STARTTLS), smtps, file with a folder, or console."""
    value = _read(name, kind="mail URL", default=default, help=help) or default
    where = urlsplit(value)
    backends = "django.core.mail.backends"
    if where.scheme == "console":
        return Mail(backend=f"{backends}.console.EmailBackend")
    if where.scheme == "file" and where.path:
        return Mail(backend=f"{backends}.filebased.EmailBackend", folder=where.path)
    if where.scheme not in ("smtp", "smtps") or not where.hostname:
        raise ImproperlyConfigured(f"{name} must start with smtp, smtps, file or console and ://.")
    over_tls = where.scheme == "smtps"
    return Mail(
        backend=f"{backends}.smtp.EmailBackend",
        host=where.hostname,
        port=where.port or (465 if over_tls else 587),
        user=unquote(where.username or ""),
        password=unquote(where.password or ""),
        starttls=not over_tls and where.hostname not in ("localhost", "127.0.0.1"),
        tls=over_tls,
    )


def rate(name: str, *, default: str, help: str) -> str:  # noqa: A002
    """So many a second, minute, hour or day, such as 60/minute."""
    value = _read(name, kind="number/second, minute, hour or day", default=default, help=help)
    value = value or default
    if not re.fullmatch(r"[1-9][0-9]{0,8}/(second|minute|hour|day)", value):
        raise ImproperlyConfigured(f"{name} is {value!r}; it must look like 60/minute.")
    return value


def network(name: str, *, help: str) -> str:  # noqa: A002
    """An IP address or a network in CIDR notation; empty when unset."""
    value = _read(name, kind="address or network", default=None, help=help) or ""
    try:
        return str(ipaddress.ip_network(value, strict=False)) if value else ""
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be like 10.0.0.0/8.") from error


def url(name: str, *, schemes: tuple[str, ...], default: str = "", help: str) -> str:  # noqa: A002
    """A URL with one of the schemes."""
    value = _read(name, kind="URL", default=default, help=help) or default
    if value and value.partition("://")[0] not in schemes:
        raise ImproperlyConfigured(f"{name} must start with one of {', '.join(schemes)}://.")
    return value
