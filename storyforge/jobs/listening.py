"""Connections that wait for notifications."""

from __future__ import annotations

from typing import Any

from django.db import connection

# What Django adds for its own use.
DJANGOS = ("cursor_factory", "context", "server_side_binding", "pool", "isolation_level")


def direct_parameters() -> dict[str, Any]:
    """Parameters of a connection of one's own: a pooled one would be given to others while it listens."""
    parameters: dict[str, Any] = connection.get_connection_params()
    return {name: value for name, value in parameters.items() if name not in DJANGOS}
