"""Thousands of requests made up from the schema: none is answered with a 5xx or with what the schema does not say.

`make fuzz` asks more, with other dice each time: FUZZ_CASES=50000 FUZZ_SEED=7.
"""

from __future__ import annotations

import math
import os

import pytest

from tests.contracts.fuzzing import Run, load_schema, operations

pytestmark = pytest.mark.django_db
CASES = int(os.environ.get("FUZZ_CASES", "3040"))
SEED = int(os.environ["FUZZ_SEED"]) if "FUZZ_SEED" in os.environ else None
SHARES = 8  # so that several processes can have a part each


@pytest.mark.parametrize("share", range(SHARES))
def test_no_made_up_request_breaks_anything(share, world, record_property):
    run, schema = Run(world), load_schema()
    mine = operations(schema)[share::SHARES]
    wanted = math.ceil(CASES / SHARES)
    for index, operation in enumerate(mine):
        each = math.ceil((wanted - run.sent) / (len(mine) - index))
        run.ask(operation, planned=each // 2, drawn=each - each // 2, seed=SEED)
    for operation in reversed(mine):  # some have fewer cases than their part
        if run.sent < wanted:
            run.ask(operation, planned=0, drawn=wanted - run.sent, seed=(SEED or 0) + 1)
    record_property("requests made up from the schema", run.sent)
    assert not run.wrong, run.report()
    assert run.sent >= wanted
