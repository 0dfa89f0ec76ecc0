"""`python -m storyforge.launcher COMMAND`. Imports no Django: it starts fast and survives broken settings."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from storyforge.launcher.backup import backup, restore
from storyforge.launcher.commands import manage, with_servers
from storyforge.launcher.console import complain
from storyforge.launcher.demo import INTERRUPTED, demo
from storyforge.launcher.environment import load_env_file
from storyforge.launcher.errors import CannotStart
from storyforge.launcher.paths import PROJECT
from storyforge.launcher.up import up

SAMPLE = PROJECT / "examples" / "alice-in-wonderland.txt"
SAMPLE_CHAPTER = 7  # the mad tea-party: four people who talk


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; 1 and one plain message where it cannot start."""
    options = _parser().parse_args(arguments)
    try:
        load_env_file()
        return _run(options)
    except CannotStart as problem:
        complain(str(problem))
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(options: argparse.Namespace) -> int:
    match options.command:
        case "demo":
            return demo(_journey_arguments(options), out=options.out, keep=options.keep)
        case "demo-world":
            return demo(_world_arguments(options), out=options.out, keep=options.keep)
        case "manage":
            return manage(options.words)
        case "servers":
            return with_servers(options.words)
        case "backup":
            return backup(options.file)
        case "restore":
            return restore(options.file)
        case _:
            return up()


def _journey_arguments(options: argparse.Namespace) -> list[str]:
    """For a command that works in another folder than ours. Raises CannotStart."""
    book = options.book.absolute()
    if not book.is_file():
        raise CannotStart(f"There is no book file {book}.")
    if options.chapter is not None and options.chapter < 1:
        raise CannotStart(f"There is no chapter {options.chapter}; they count from 1.")
    _make_folder(options.out)
    chapter = options.chapter or (SAMPLE_CHAPTER if options.book == SAMPLE else 1)
    given = {"--book": book, "--chapter": chapter, "--out": options.out.absolute()}
    return ["journey", *_words(given)]


def _world_arguments(options: argparse.Namespace) -> list[str]:
    """The same for a world. Raises CannotStart."""
    if options.party is not None and not options.party.is_file():
        raise CannotStart(f"There is no party file {options.party}.")
    _make_folder(options.out)
    party = options.party.absolute() if options.party else None
    given = {"--premise": options.premise, "--party": party, "--seed": options.seed}
    return [
        "make_world",
        *_words({**given, "--size": options.size, "--out": options.out.absolute()}),
    ]


def _make_folder(out: Path) -> None:
    try:  # now: after the work its results would be lost
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotStart(f"Results cannot be written to {out}: {reason}.") from error


def _words(given: dict[str, Any]) -> list[str]:
    return [word for name, value in given.items() if value for word in (name, str(value))]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m storyforge.launcher")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="run everything until Ctrl-C")
    journey = commands.add_parser("demo", help="from a book to its results, then stop")
    journey.add_argument("--book", type=Path, default=SAMPLE, help="a book file")
    journey.add_argument("--chapter", type=int, help="number of the chapter, from 1")
    journey.add_argument("--out", type=Path, default=Path("out/demo"), help="folder of the results")
    journey.add_argument("--keep", action="store_true", help="keep the data folder of the run")
    world = commands.add_parser("demo-world", help="from a premise to a world, then stop")
    world.add_argument("--premise", default="", help="what the world is about")
    world.add_argument("--party", type=Path, help="a JSON list of player characters")
    world.add_argument("--seed", type=int, default=1, help="the same seed gives the same world")
    world.add_argument("--size", choices=("small", "standard", "large"), default="standard")
    world.add_argument("--out", type=Path, default=Path("out/world"), help="folder of the results")
    world.add_argument("--keep", action="store_true", help="keep the data folder of the run")
    for name, text in (
        ("manage", "manage.py with the installation's database"),
        ("servers", "a program with empty throw-away servers"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("words", nargs=argparse.REMAINDER)
    for name, text in (("backup", "save the database"), ("restore", "replace the database")):
        commands.add_parser(name, help=text).add_argument("file", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
