"""The scripted model of the chaos rig: a plot after a while, each call in the log."""

from __future__ import annotations

import argparse
import json
import random
import re
import signal
import threading
from pathlib import Path

from tests.scripted_model import Asked, Reply, ScriptedModel, faults

WISH = re.compile(r"wish (\d+)")  # what a job is known by
CUT_EVERYWHERE = (
    "cut everywhere"  # the mood in which each wish's first answer breaks off, at another byte
)
PLOT = {
    "logline": "A captain looks for her brother in the snow.",
    "themes": [],
    "story_type": "search",
    "genre": "drama",
    "tone": "stark",
    "audience": "adults",
    "setting": "A harbor in winter.",
}
CUT_BYTES = range(40, 4_040, 80)  # fifty places, from before the first word to the last bytes
RETRY_AFTER = 1  # seconds, with a 429
MOODS = {
    "overloaded": faults.overloaded(),
    "rate limited": faults.rate_limited(after=RETRY_AFTER),
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
    places = iter(CUT_BYTES)
    was_cut: set[str] = set()

    def answer(asked: Asked) -> Reply:
        mood = args.mood.read_text() if args.mood.exists() else ""
        good = Reply(text=json.dumps(PLOT), latency=dice.uniform(0.2, 1.2))
        if mood == CUT_EVERYWHERE:
            wish = WISH.findall(json.dumps(asked.body))[-1]
            place = None if wish in was_cut else next(places, None)
            was_cut.add(wish)
            text = json.dumps(PLOT)
            return good if place is None else Reply(name=mood, text=text, cut_after=place)
        return MOODS.get(mood, good)

    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    with ScriptedModel(answer=answer, port=args.port, log_file=args.log):
        done.wait()


if __name__ == "__main__":
    main()
