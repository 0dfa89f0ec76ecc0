"""Ask the web server whether it is ready, and whether its port is free."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Mapping

from storyforge.launcher.children import Child
from storyforge.launcher.console import tail
from storyforge.launcher.errors import CannotStart
from storyforge.launcher.signals import Pause

HOST = "127.0.0.1"
READY_SECONDS = 90.0
HIGHEST_PORT = 65_535


def port_from(outer: Mapping[str, str]) -> int:
    """PORT, by default 8000. Raises CannotStart when it is not a port, or is taken."""
    named = outer.get("PORT") or "8000"
    if not named.isdecimal() or not 0 < int(named) <= HIGHEST_PORT:
        raise CannotStart(f"PORT is {named!r}; it must be a number from 1 to {HIGHEST_PORT}.")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(named)))
        except OSError as error:
            raise CannotStart(
                f"Port {named} cannot be used ({error.strerror}). Choose another: PORT=8001 make run"
            ) from None
    return int(named)


def wait_ready(web: Child, *, port: int, host_name: str, pause: Pause) -> None:
    """Return when /health/ready answers 200. Raises CannotStart when web died or takes 90 seconds."""
    deadline = time.monotonic() + READY_SECONDS
    while not _is_ready(port, host_name):
        dead = web.code() is not None
        if dead or time.monotonic() > deadline:
            log = web.program.log
            state = "ended" if dead else "is not ready"
            raise CannotStart(f"The web server {state}. {tail(log) if log else ''}")
        pause(0.1)


def host_name_from(outer: Mapping[str, str]) -> str:
    """A name the application answers to: the first plain one of ALLOWED_HOSTS."""
    for name in (outer.get("ALLOWED_HOSTS") or "").split(","):
        if name.strip() and name.strip()[0] not in "*.":
            return name.strip()
    return HOST


def _is_ready(port: int, host_name: str) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/health/ready", headers={"Host": host_name})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
