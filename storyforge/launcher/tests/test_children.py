"""Programs that die, hang, or must hear Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from storyforge.launcher.children import Child, Program, stop

Eventually = Callable[[Callable[[], bool], float], bool]


def child(code: str, tmp_path: Path, *, grace: float = 5.0, **settings: object) -> Child:
    """A child that runs some Python."""
    return Child(
        Program(
            name="child",
            argv=[sys.executable, "-c", code],
            environ=dict(os.environ),
            cwd=tmp_path,
            grace=grace,
            log=tmp_path / "child.log",
            **settings,
        )
    )


def test_a_dead_program_waits_longer_each_time_and_starts_again(
    tmp_path: Path, eventually: Eventually
) -> None:
    dying = child("print('hello', flush=True)", tmp_path)
    dying.start()
    dying.wait(time.sleep)
    assert dying.revive() == 1.0
    first = dying.pid
    assert eventually(lambda: dying.revive() is None and dying.pid != first, 5)
    dying.wait(time.sleep)
    assert dying.revive() == 2.0
    assert (tmp_path / "child.log").read_text() == "hello\nhello\n"


def test_a_program_that_will_not_stop_is_killed_with_its_children(
    tmp_path: Path, eventually: Eventually
) -> None:
    stubborn = child(
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "pid = os.fork()\n"
        "print(pid, flush=True) if pid else None\n"
        "time.sleep(60)",
        tmp_path,
        grace=0.2,
    )
    log = tmp_path / "child.log"
    stubborn.start()
    assert eventually(lambda: log.exists() and log.read_text().endswith("\n"), 5)
    assert stop([stubborn]) == ["child"]
    grandchild = Path("/proc") / log.read_text().strip()
    assert eventually(lambda: not grandchild.exists() or "Z" in _state(grandchild), 5)


def test_a_nice_program_gives_way_as_a_process_and_as_a_session(tmp_path: Path) -> None:
    code = (
        "import os, pathlib\n"
        "group = pathlib.Path('/proc/self/autogroup')\n"
        "print(os.nice(0), group.read_text().split()[-1] if group.exists() else 7, flush=True)"
    )
    giving_way = child(code, tmp_path, nice=7)
    giving_way.start()
    assert giving_way.wait(time.sleep) == 0
    mine, session = map(int, (tmp_path / "child.log").read_text().split())
    assert (mine, session) == (os.nice(0) + 7, 7)


def test_what_a_dead_program_left_running_is_killed_before_the_next_start(
    tmp_path: Path, eventually: Eventually
) -> None:
    parent = child(
        "import os, time\npid = os.fork()\nprint(pid, flush=True) if pid else time.sleep(60)",
        tmp_path,
    )
    parent.start()
    parent.wait(time.sleep)
    orphan = Path("/proc") / (tmp_path / "child.log").read_text().strip()
    assert orphan.exists()
    parent.revive()
    assert eventually(lambda: _state(orphan) == "Z", 5)


def test_an_impatient_person_need_not_wait_for_the_grace(
    tmp_path: Path, eventually: Eventually, no_hang
) -> None:
    stubborn = child(
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(1, flush=True)\ntime.sleep(600)",
        tmp_path,
        grace=600,
    )
    stubborn.start()
    assert eventually(lambda: (tmp_path / "child.log").read_text() == "1\n", 5)
    assert stop([stubborn], hurry=lambda: True) == ["child"]


def test_a_child_hears_ctrl_c_though_our_shell_ignores_it(tmp_path: Path) -> None:
    ours = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        listening = child("import time; time.sleep(60)", tmp_path, ending=signal.SIGINT)
        listening.start()
    finally:
        signal.signal(signal.SIGINT, ours)
    assert stop([listening]) == []


def test_an_answer_is_kept_apart_from_the_log(tmp_path: Path) -> None:
    talking = child(
        "import sys; print('answer'); print('log', file=sys.stderr)",
        tmp_path,
        answer=tmp_path / "answer",
    )
    talking.start()
    assert talking.wait(time.sleep) == 0
    assert (tmp_path / "answer").read_text() == "answer\n"
    assert (tmp_path / "child.log").read_text() == "log\n"


def _state(process: Path) -> str:
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "Z"
