"""The process that reads one JSON file: `python -m storyforge.core.json_child`, see `confined`."""

from __future__ import annotations

from typing import Any

from storyforge.core.confined import serve
from storyforge.core.strict import strict_json


def read(data: bytes, told: dict[str, Any]) -> Any:
    """The value in the file."""
    return strict_json(data)


if __name__ == "__main__":
    serve(read)
