"""How many statements of the engine's a job of a model takes."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from storyforge.generation.tests.test_model_writer import answer, plot
from storyforge.jobs.tests.test_statements import sent


def test_a_job_of_a_model_sends_each_statement_of_the_engine_once(analyzed, generate, model):
    """The rest is the kind's own, by the ORM: what it reads and what it saves."""
    model.queue(answer(plot()), answer(plot()))
    generate("plot.overview", analyzed)
    with CaptureQueriesContext(connection) as captured:
        job = generate("plot.overview", analyzed)
    assert job.status == "completed", job.error
    names = [name for name in sent(captured) if " " not in name]
    work = names[names.index("claim") : names.index("complete") + 1]
    # `report` tells the text as it comes: as often as a quarter of a second passes.
    assert [name for name in work if name != "report"] == [
        "claim", "reach_book", "newest_provider_key", "breaker", "begin_call", "settle_step",
        "keep_parts", "keep_receipt", "lock_job", "lock_book", "complete",
    ]  # fmt: skip
