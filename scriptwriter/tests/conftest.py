from __future__ import annotations

import pytest

from scriptwriter.imports import start_import
from storyforge.generation.requests import request_generation
from storyforge.jobs.models import Job

STORY = """# The Salt Road

by Ada Quill

## Chapter 1: The Inn

Captain Mara Vane came into the kitchen of the Blue Heron at dusk, and shut the door against the rain.

“You are late,” said Tobias Finch. He did not look up from the table.

“The road was washed away,” said Mara. “I want to find my brother before the snow.”

“Nobody finds Jonas,” whispered Tobias, “unless Jonas wants it.”

“Then he will want it.”

Mara had lost her lamp at the ford. Her face was pale, and her coat dripped on the stones.

* * *

The next morning, in the harbor, Tobias Finch waited beside the boat. The captain came down the steps.

“Are you afraid?” asked Mara.

“Of the sea? Never. Of your brother, yes,” Tobias answered.

## Chapter 2: The Light

The lighthouse stood alone. Mara climbed the stairs in the dark, and Jonas Vane was there.

“I knew you would come,” said Jonas. “You always wanted the gold.”

“I wanted you,” Mara cried. “I want to bring you home.”

Jonas laughed. The ship in the harbor had lost its mast, and the storm was rising over the island.
"""


@pytest.fixture
def imported(project, work):
    """A small book, read."""
    book, job = start_import(
        project=project, actor=project.owner, filename="salt.md", content=STORY.encode()
    )
    work()
    job.refresh_from_db()
    assert job.status == Job.Status.COMPLETED, job.error
    book.refresh_from_db()
    return book


@pytest.fixture
def generate(work):
    """Ask for a kind by the owner and do it; the completed job."""

    def run(kind, target, **body):
        job = request_generation(kind, target=target, actor=target.project.owner, body=body)
        work()
        job.refresh_from_db()
        return job

    return run


@pytest.fixture
def analyzed(imported, generate):
    """The small book with its cast, quotes and scenes."""
    job = generate("book.analysis", imported)
    assert job.status == Job.Status.COMPLETED, job.error
    imported.refresh_from_db()
    return imported
