"""Builds the library that gives processes a wrong clock or a full disk (see shim.c)."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")


@dataclass(frozen=True, kw_only=True, slots=True)
class Shim:
    """The built library, and the flag: while that file exists, the disk is full."""

    library: Path
    flag: Path

    def environ(self, *, clock: int = 0) -> dict[str, str]:
        """What a process needs in its environment to be deceived; `clock` in seconds ahead."""
        return {
            "LD_PRELOAD": str(self.library),
            "CHAOS_CLOCK": str(clock),
            "CHAOS_FULL": str(self.flag),
        }


def build(folder: Path) -> Shim | None:
    """The library in this folder, which other users may read; None without a C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library = folder / "shim.so"
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    library.chmod(0o755)
    return Shim(library=library, flag=folder / "full")
