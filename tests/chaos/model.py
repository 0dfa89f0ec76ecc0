"""The scripted model of the chaos rig: a plot after a while, each call in the log."""

from __future__ import annotations

import argparse
import json
import random
import signal
import threading
from pathlib import Path

from tests.scripted_model import Asked, Reply, ScriptedModel, faults

PLOT = {
    "logline": "A captain looks for her brother in the snow.",
    "themes": [],
    "story_type": "search",
    "genre": "drama",
    "tone": "stark",
    "audience": "adults",
    "setting": "A harbor in winter.",
}
MOODS = {
    "overloaded": faults.overloaded(),
    "rate limited": faults.rate_limited(after=1),
    "cut": Reply(name="cut", text=json.dumps(PLOT), cut_after=300),
    "silent": Reply(name="silent", text=json.dumps(PLOT), latency=30),
    "trickling": Reply(name="trickling", text=json.dumps(PLOT), latency=0.2, rate=3),
}


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--mood", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    args = parser.parse_args()
    dice = random.Random(args.seed)  # noqa: S311 - how long an answer takes

    def answer(_: Asked) -> Reply:
        mood = args.mood.read_text() if args.mood.exists() else ""
        good = Reply(text=json.dumps(PLOT), latency=dice.uniform(0.2, 1.2))
        return MOODS.get(mood, good)

    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    with ScriptedModel(answer=answer, port=args.port, log_file=args.log):
        done.wait()


if __name__ == "__main__":
    main()
