"""Make `.venv` hold exactly the locked packages: `environment.py requirements.txt`.

Standard library only, and readable by any Python 3: it runs before anything is installed, and says so
when the Python is too old. A stamp in the environment makes a second call instant.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
OWN_UV = VENV / "uv"  # outside site-packages, because a sync removes what is not locked
OLDEST = (3, 11)
SUPERSET = "requirements-dev.txt"  # holds all of requirements.txt


def main(arguments: list[str]) -> int:
    """Install one lock file; 1 and a plain message where that cannot be done."""
    wanted = PROJECT / arguments[0]
    if (PROJECT / SUPERSET).is_file() and _stamp(PROJECT / SUPERSET).exists():
        wanted = PROJECT / SUPERSET  # never take the development tools away again
    if _is_current(wanted):
        return 0
    if problem := _prepare():
        sys.stderr.write(problem + "\n")
        return 1
    sys.stdout.write(f"Installing {wanted.name} into .venv\n")
    sys.stdout.flush()
    if not _install(wanted):
        sys.stderr.write("The packages could not be installed; the reason stands above.\n")
        return 1
    _stamp(wanted).write_text(_hash(wanted), encoding="ascii")
    return 0


def _prepare() -> str:
    """Make the environment if there is none that works. Returns what is in the way, or nothing."""
    if _works(PYTHON):
        return ""
    if sys.version_info < OLDEST:
        have = ".".join(str(number) for number in sys.version_info[:2])
        return f"Python {have} is too old; 3.11 or newer is needed. Name one: PYTHON=python3.12 make setup"
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if _system_uv():
        command.append("--without-pip")
    if not _run(command):
        shutil.rmtree(VENV, ignore_errors=True)
        return (
            "A virtual environment could not be made. On Debian and Ubuntu its package is missing:"
            " apt-get install python3-venv"
        )
    return ""


def _install(wanted: Path) -> bool:
    """With uv, else with pip, which is slower and reads pip's own configuration."""
    uv = _system_uv() or _fetched_uv()
    if uv:
        target = ["--python", str(PYTHON), "--require-hashes", str(wanted)]
        command = [uv, "pip", "sync", "--quiet", *target]
        if _run(command):
            return True
        sys.stderr.write("uv could not do it; trying pip.\n")
    if not _run([str(PYTHON), "-m", "pip", "--version"], quiet=True):
        _run([str(PYTHON), "-m", "ensurepip"], quiet=True)
    return _run([str(PYTHON), *_pip("-r", str(wanted))])


def _system_uv() -> str | None:
    """A uv on the PATH that starts; a version switcher may offer one that does not."""
    found = shutil.which("uv")
    return found if found and _run([found, "--version"], quiet=True) else None


def _fetched_uv() -> str | None:
    program = OWN_UV / "bin" / "uv"
    if not program.is_file():
        lock = PROJECT / "requirements-uv.txt"
        _run([str(PYTHON), *_pip("--target", str(OWN_UV), "-r", str(lock))], quiet=True)
    return str(program) if program.is_file() else None


def _pip(*arguments: str) -> list[str]:
    options = [
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "--only-binary",
        ":all:",
    ]
    return ["-m", "pip", "install", *options, *arguments]


def _run(command: list[str], *, quiet: bool = False) -> bool:
    """Whether the command could be run and succeeded. uv never fetches a Python of its own."""
    output = subprocess.DEVNULL if quiet else None
    environ = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    try:
        done = subprocess.run(command, stdout=output, stderr=output, env=environ, check=False)  # noqa: S603
    except OSError:
        return False
    return done.returncode == 0


def _works(python: Path) -> bool:
    """Whether the environment's Python starts and is new enough; the one it was made from may be gone."""
    test = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    return _run([str(python), "-c", test], quiet=True)


def _is_current(wanted: Path) -> bool:
    stamp = _stamp(wanted)
    return stamp.is_file() and stamp.read_text(encoding="ascii") == _hash(wanted)


def _stamp(wanted: Path) -> Path:
    return VENV / f".installed-{wanted.stem}"


def _hash(wanted: Path) -> str:
    return hashlib.sha256(wanted.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
