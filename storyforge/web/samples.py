"""What the apps put into the sample project besides the book: each declares its part, the command makes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from storyforge.projects.models import Project

if TYPE_CHECKING:
    from storyforge.accounts.models import User

Part = Callable[[Project, "User"], None]
_parts: dict[str, Part] = {}


def sample(name: str) -> Callable[[Part], Part]:
    """Declare a part of the sample project; a name is given once."""

    def declare(part: Part) -> Part:
        if name in _parts:
            raise ValueError(f"Two parts of the sample are called {name!r}.")
        _parts[name] = part
        return part

    return declare


def add_samples(project: Project, user: User) -> None:
    """Add every part. What takes long is left to the workers as a job."""
    for part in _parts.values():
        part(project, user)
