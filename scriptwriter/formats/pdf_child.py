"""Typeset one folder in a process of its own; run as a file, without the rest of the program.

Arguments: the folder with `main.typ` and `script.json`, the folder with the fonts, bytes of memory,
seconds of processor time. Writes `out.pdf` into the folder. Exits with 0, or with 2 and a message.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

LARGEST_OUTPUT = 512 * 1024 * 1024


def limit(memory: int, seconds: int) -> None:
    """Bound what native code may take; a breach kills this process and nothing else."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_OUTPUT, LARGEST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def typeset(folder: Path, fonts: Path) -> bytes:
    """Compile the template; packages are looked for inside the folder, where there are none."""
    import typst

    own_fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(fonts)]
    )
    pdf: bytes = typst.compile(
        str(folder / "main.typ"),
        root=str(folder),
        font_paths=own_fonts,
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1"],
        package_path=str(folder / "packages"),
        package_cache_path=str(folder / "packages"),
        timestamp=0,
    )
    return pdf


def main(arguments: list[str]) -> int:
    """Typeset under the limits given."""
    folder, fonts, memory, seconds = arguments
    limit(int(memory), int(seconds))
    try:
        pdf = typeset(Path(folder), Path(fonts))
    except (RuntimeError, MemoryError) as error:
        sys.stderr.write(str(error))
        return 2
    (Path(folder) / "out.pdf").write_bytes(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
