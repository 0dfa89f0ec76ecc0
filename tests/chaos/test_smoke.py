"""At least forty kills in a row, and nothing is lost, doubled or forgotten. More: `make chaos`."""

from __future__ import annotations

import subprocess
import sys

import pytest

from conftest import ROOT


@pytest.mark.e2e
def test_forty_kills_lose_and_double_nothing():
    command = [sys.executable, "-m", "tests.chaos", "--kills", "40", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)  # noqa: S603
    sys.stdout.write(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr[-3_000:]
