"""A standard world by a model of 50 tokens a second, through the real engine: how long it takes, and why (WA06, WA07).

Usage: `python -m storyforge.launcher servers python -m tests.bench.bench_world_model [standard [seed]]`, or
`make bench`. Web apart, everything is the product's: plan, prompts, validator, save path, two worker processes as
the launcher starts them. Only the model is scripted: each call waits 2.5 s and then streams 50 tokens a second, over
loopback, from a process of its own. `SCALE=5` lets it answer five times as fast and gives the figures times five:
then what the engine takes counts five times, too.

Rows of the scripted model are half as long as those that the design measured, so a call takes as long as the tokens
that the plan expects of it; `SIZES=written` lets it take its own.

The bound is what no engine could beat: the longest chain of calls that wait for each other, or all calls by 16. Calls
count as their 2.5 s and their tokens at 50 a second; what code takes counts in the run alone, and not in the bound.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

LATENCY, RATE = 2.5, 50.0
PARALLEL = int(os.environ.get("WORLDGEN_PARALLEL_CALLS", "16"))
SCALE = float(os.environ.get("SCALE", "1"))
DESIGNED = os.environ.get("SIZES", "designed") == "designed"
MOST_RATIO, MOST_SECONDS = 1.25, 300.0
PREMISE = "A coast where the sea gives back what was drowned."


def main() -> None:
    """The model in a process of its own, or the measuring."""
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]))
        return
    size, seed = (*sys.argv[1:3], "standard", "1")[:2] if sys.argv[1:] else ("standard", "1")
    with ExitStack() as stack:
        if "DATABASE_URL" not in os.environ:
            from tests.servers import start_servers

            start_servers(stack)
        url = stack.enter_context(model_process(seed))
        measure(stack, url, size, int(seed))


def serve(seed: int) -> None:
    """The scripted model; what it takes to think is no part of a call's time."""
    from tests.bench.plain_django import set_up

    set_up()
    from tests.scripted_model import ScriptedModel
    from tests.scripted_model.replies import tokens
    from tests.scripted_model.worlds import WorldModel

    world, one_at_a_time = WorldModel(seed=seed), threading.Lock()

    def answer(asked: Any) -> Any:
        began = time.monotonic()
        with one_at_a_time:
            reply = world(asked)
        lacks = 0 if '"facts"' in str(asked.schema) else designed(asked) - tokens(reply.text)
        left = (LATENCY + max(0.0, lacks / RATE)) / SCALE - (time.monotonic() - began)
        return replace(reply, latency=max(0.0, left), rate=RATE * SCALE)

    with ScriptedModel(answer=answer) as model:
        print(model.url, flush=True)
        sys.stdin.read()


def designed(asked: Any) -> float:
    """The tokens that the plan expects of an answer, from where it is cut off; see `Part.max_tokens`."""
    return float((asked.body["max_tokens"] - 200) / 1.6) if DESIGNED else 0.0


@contextmanager
def model_process(seed: str) -> Iterator[str]:
    """Its base URL."""
    command = [sys.executable, "-m", "tests.bench.bench_world_model", "serve", seed]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as running:  # noqa: S603
        yield str(running.stdout.readline().strip())  # type: ignore[union-attr]
        running.stdin.close()  # type: ignore[union-attr]


def measure(stack: ExitStack, url: str, size: str, seed: int) -> None:
    """Make one world and print the figures."""
    from tests.bench.plain_django import set_up
    from tests.scripted_model import KEY

    os.environ |= {"AI_TEXT_BASE_URL": url, "AI_TEXT_API_KEY": KEY}
    set_up()
    from django.core.management import call_command

    from storyforge.core.acting import acting_as
    from storyforge.projects.models import Project

    call_command("migrate", verbosity=0)
    user = owner()
    with acting_as(user.pk):
        project = Project.start(user, name="Bench")
        campaign, sight = before_it_begins(project, size, seed)
        from tests.bench.bench_jobs import worker

        stack.enter_context(worker("threads", 32, "stream,out"))
        stack.enter_context(worker("prefork", 1, "cpu"))
        ready()
        job = begin(campaign)
        wait_for(job)
        tell(job, sight)


def owner() -> Any:
    """Somebody with the plan that allows sixty jobs at once."""
    from storyforge.accounts.models import User
    from storyforge.money.models import Account, Plan

    user = User.objects.create_user(f"bench{time.time_ns()}@example.org", "a long password 1")
    Account.objects.filter(pk=user.pk).update(plan=Plan.objects.get(code="pro"))
    return user


def before_it_begins(project: Any, size: str, seed: int) -> tuple[Any, Any]:
    """The campaign, and what its plan is decided from while nothing is there."""
    from django.db import transaction

    from worldgen.generations.world_run import WorldRequest, order_of
    from worldgen.headless import PARTY, _character
    from worldgen.models import Campaign
    from worldgen.runs.run_wishes import scope_of
    from worldgen.runs.sight import sight_of

    with transaction.atomic():
        campaign = Campaign.objects.create(
            project=project,
            name=f"Bench {time.time_ns()}",
            premise=PREMISE,
            random_seed=seed,
            size=size,
        )
        for number, told in enumerate(PARTY, 1):
            _character(campaign, f"pc{number}", told)
        wish = WorldRequest()
        order = order_of(campaign, wish, "model", scope_of(campaign, wish))
        return campaign, sight_of(campaign, order, [])


def ready() -> None:
    """Both workers beat."""
    from storyforge.core.acting import Door, acting_as
    from storyforge.jobs.models import Worker
    from tests.bench.bench_jobs import wait

    with acting_as(None, door=Door.ADMIN):
        wait(lambda: Worker.objects.count() >= 2, seconds=120)


def begin(campaign: Any) -> Any:
    """The job of the whole world, asked for as the API does."""
    from storyforge.generation.requests import request_generation

    body = {"writer": "model"}
    return request_generation("world.run", target=campaign, actor=campaign.project.owner, body=body)


def wait_for(job: Any) -> None:
    """Look once a second; say what is being done."""
    label = ""
    while not job.is_terminal and not job.paused_at:
        time.sleep(1)
        job.refresh_from_db()
        if job.progress_label != label:
            label = job.progress_label
            print(f"  {job.progress_done}/{job.progress_total} {label}", flush=True)
    if job.state != "completed":
        raise SystemExit(f"the run ended as {job.state}: {job.error} {job.progress_label}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A unit as it was: when it began and ended, in simulated seconds of the run, and what its calls must take."""

    seen: Any
    part: Any
    began: float
    ended: float
    tokens: int
    calls: int

    @property
    def must_take(self) -> float:
        """Seconds of its calls alone."""
        expected = self.part.expected_tokens * self.calls if DESIGNED else 0
        told = self.tokens if self.part.step == "facts" else max(self.tokens, expected)
        return self.calls * LATENCY + told / RATE


def recorded(job: Any) -> dict[str, Told]:
    """All units of the run."""
    from django.db.models import Count, Sum

    from storyforge.jobs.runs import UnitSeen
    from worldgen.planning.follow import part_of

    found = {}
    units = type(job).objects.filter(parent=job)
    for unit in units.annotate(tokens=Sum("calls__output_tokens"), asked=Count("calls")):
        seen = UnitSeen(key=unit.unit_key, kind=unit.kind, status=unit.status, input=unit.input,
                        result=unit.result, error=unit.error, attempt=unit.attempt)  # fmt: skip
        times = [(at - job.created_at).total_seconds() * SCALE
                 for at in (unit.started_at, unit.completed_at)]  # fmt: skip
        found[seen.key] = Told(seen=seen, part=part_of(seen), began=times[0], ended=times[1],
                               tokens=unit.tokens or 0, calls=unit.asked)  # fmt: skip
    return found


def again(sight: Any, units: Mapping[str, Told], parallel: int) -> float:
    """Seconds of the same calls by the same plan, where all else takes no time and so many go at once."""
    from worldgen.planning.simulate import Simulation, _Clock

    class Replay(_Clock):
        def _takes(self, part: Any) -> float:
            return units[part.key].must_take

        def _end(self, key: str) -> None:
            super()._end(key)
            self.units[key] = units[key].seen

    order = replace(sight.order, parallel=parallel)
    done: Simulation = Replay(replace(sight, order=order), RATE, None, ()).run()
    if missed := set(units) - {d.part.key for d in done.done}:
        raise SystemExit(
            f"these were done, and the plan knows no reason for them: {sorted(missed)}"
        )
    return done.seconds


def tell(job: Any, sight: Any) -> None:
    """Every phase, then the whole."""
    from worldgen import phases

    units = recorded(job)
    print(f"\n{'phase':6}{'calls':>6}{'tokens':>8}{'work s':>8}{'roster at':>10}{'rows from':>10}"
          f"{'to':>7}{'span s':>8}")  # fmt: skip
    for phase in phases.PHASES:
        mine = [told for told in units.values() if told.part.phase == phase.code]
        rows = [told for told in mine if told.part.step == "rows"]
        rosters = [told.ended for told in mine if told.part.step == "roster"]
        first, last = min(t.began for t in rows), max(t.ended for t in rows)
        print(f"{phase.code:6}{sum(t.calls for t in mine):6}{sum(t.tokens for t in mine):8}"
              f"{sum(t.must_take for t in mine):8.0f}{max(rosters, default=0):10.0f}{first:10.0f}"
              f"{last:7.0f}{last - first:8.1f}")  # fmt: skip
    seconds = (job.completed_at - job.created_at).total_seconds() * SCALE
    work = sum(told.must_take for told in units.values())
    chain = again(sight, units, 10_000)
    bound = max(chain, work / PARALLEL)
    steps: dict[str, list[float]] = defaultdict(list)
    for told in units.values():
        steps[told.part.step].append(told.ended - told.began - told.must_take)
    calls = [told for told in units.values() if told.calls]
    over = sorted(told.ended - told.began - told.must_take for told in calls)
    print(
        f"{len(calls)} parts with calls, {sum(t.tokens for t in calls)} tokens, {len(units)} parts in all"
    )
    print(
        f"beyond its call a part takes {over[len(over) // 2]:.2f} s (median), {over[int(len(over) * 0.95)]:.2f} s (p95)"
    )
    print(f"longest chain {chain:.1f} s, work by {PARALLEL} {work / PARALLEL:.1f} s, the plan alone "
          f"{again(sight, units, PARALLEL):.1f} s")  # fmt: skip
    print(f"the run took {seconds:.1f} s: {seconds / bound:.3f} times the larger of chain and work (goal "
          f"{MOST_RATIO}; {MOST_SECONDS:.0f} s); scale {SCALE:g}")  # fmt: skip


if __name__ == "__main__":
    main()
