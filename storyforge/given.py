"""A variable of the environment, or the file that holds it: Docker, Kubernetes, systemd and vaults give secrets as files.

Knows no Django: the launcher reads the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def given(name: str, environ: Mapping[str, str]) -> str:
    """What `name` holds, or the file that `name_FILE` names; empty when unset.

    White space around a file's text is no part of it: editors and `echo` end a file with a line break.
    Raises ValueError, in one sentence without the secret, for both at once and for a file that cannot be read.
    """
    value, where = environ.get(name, ""), environ.get(f"{name}_FILE", "")
    if not where:
        return value
    if value:
        raise ValueError(f"{name} and {name}_FILE are both set; one of them is enough.")
    try:
        return Path(where).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise ValueError(f"{name}_FILE is {where!r}, which cannot be read as text.") from error
