"""Run the scripted server by itself, for benchmarks: python -m tests.scripted_model --port 8099"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from tests.scripted_model.faults import FAULTS
from tests.scripted_model.server import ScriptedModel


def main() -> None:
    """Serve until told to stop. The first line of output is the base URL."""
    args = _parser().parse_args()
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    with ScriptedModel(
        port=args.port,
        latency=args.latency,
        rate=args.rate,
        words=args.words,
        seed=args.seed,
        key=args.key,
        faults=dict(args.fault),
        log_file=args.log,
    ) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        done.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.scripted_model", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before the first byte")
    parser.add_argument("--rate", type=float, default=0.0, help="tokens a second; 0: all at once")
    parser.add_argument("--words", type=int, default=8, help="words in each text of an answer")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--key", default="", help="refuse other keys with 401")
    parser.add_argument("--log", type=Path, help="file for one JSON line a call")
    parser.add_argument(
        "--fault",
        type=_fault,
        action="append",
        default=[],
        metavar="NAME=PROBABILITY",
        help=f"may be repeated; names: {', '.join(sorted(FAULTS))}",
    )
    return parser


def _fault(text: str) -> tuple[str, float]:
    name, _, probability = text.partition("=")
    if name not in FAULTS:
        raise argparse.ArgumentTypeError(f"unknown fault {name}")
    return name, float(probability or 1)


if __name__ == "__main__":
    main()
