"""No depth at which a test may stand makes each call ask the kernel for memory."""

from __future__ import annotations

import resource
from collections.abc import Callable

CALLS = 200
DEPTHS = 400  # of frames above this one; a chunk without room holds about a hundred and forty


def test_no_call_takes_memory_from_the_kernel_at_any_depth():
    asked = {depth: at(depth, faults_of_calls) for depth in range(DEPTHS)}
    assert {depth: faults for depth, faults in asked.items() if faults >= CALLS} == {}


def at(depth: int, work: Callable[[], int]) -> int:
    return work() if depth == 0 else at(depth - 1, work)


def faults_of_calls() -> int:
    before = faults()
    for _ in range(CALLS):
        leaf()
    return faults() - before


def leaf() -> None:
    pass


def faults() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
