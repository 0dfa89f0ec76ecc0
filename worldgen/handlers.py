"""Kinds of work that are not generations."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction

from storyforge.jobs import registry
from storyforge.jobs.execution import Execution
from storyforge.jobs.targets import load_target
from storyforge.projects.roles import Action
from worldgen.errors import InvalidRow
from worldgen.exchange import staging
from worldgen.exchange.exporting import write_export
from worldgen.exchange.vocabulary import entries_of, keep
from worldgen.exchange.world_json import Report, bring, shaped, understood
from worldgen.issues import Issue
from worldgen.models import Campaign, WorldUpload

MOST_LISTED = 200  # refused rows in a result
MOST_NAMED = 3  # in a message


class WorldExporting(registry.OnTheProcessor):
    """Writes a world to a file."""

    kind: ClassVar[str] = "world.export"
    label: ClassVar[str] = "Write the world to a file"

    def run(self, execution: Execution) -> None:
        """Write and complete together. The result names the file and tells nothing of what is in it."""
        job = execution.job
        campaign = load_target(job, Campaign, Action.EDIT)
        execution.progress(0, 1, "Reading the world")
        with execution.completing() as result:
            made = write_export(campaign, job.input["format"], job)
            result["created"] = [{"type": "worldexport", "id": str(made.pk)}]


class WorldImporting(registry.OnTheProcessor):
    """Makes a campaign of a world file, all of it or nothing."""

    kind: ClassVar[str] = staging.WORLD
    label: ClassVar[str] = "Bring a world"

    def run(self, execution: Execution) -> None:
        """Read in a child process, check each row, then save and complete together.

        The job's row is locked at the end only: a cancel is heard while rows are saved.
        """
        job = execution.job
        upload: WorldUpload = load_target(job, WorldUpload, Action.EDIT)
        execution.progress(0, 3, "Reading the file")
        found = understood(staging.read_guarded(bytes(upload.content)))
        count = sum(len(rows) for rows in found.tables.values())
        execution.progress(1, 3, f"Checking {count:,} rows")
        rows = shaped(found)
        execution.progress(2, 3, f"Saving {count:,} rows")
        asked = {"name": job.input["name"], "dry_run": job.input["dry_run"]}
        with transaction.atomic():
            report = bring(upload.project, found, rows, border=execution.check, **asked)
            if report.issues and not asked["dry_run"]:
                raise InvalidRow(report.issues, _refusal(report.issues))
            with execution.completing() as result:
                result.update(_told(report))


class VocabularyImporting(registry.OnTheProcessor):
    """Takes the names of a file into a campaign, all of them or none."""

    kind: ClassVar[str] = staging.VOCABULARY
    label: ClassVar[str] = "Take names into the vocabulary"

    def run(self, execution: Execution) -> None:
        """Read in a child process, then keep and complete together."""
        job = execution.job
        campaign = load_target(job, Campaign, Action.EDIT)
        upload = staging.upload_of(job)
        execution.progress(0, 2, "Reading the file")
        entries, left_out = entries_of(staging.read_guarded(bytes(upload.content)), **job.input)
        execution.progress(1, 2, f"Keeping {len(entries):,} names")
        with execution.completing() as result:
            report = keep(campaign, entries)
            result.update(added=report.added, known=report.known, left_out=left_out)


def _refusal(issues: list[Issue]) -> str:
    """Which rows are refused, without a word of theirs: readers of the project see why a job failed."""
    places = list(dict.fromkeys((i.table, i.row, i.field.partition(".")[0]) for i in issues))
    named = "; ".join(
        f"{table} {row}, {field}" if field else f"{table} {row}"
        for table, row, field in places[:MOST_NAMED]
    )
    rows = len({place[:2] for place in places})
    count = "1 row is" if rows == 1 else f"{rows:,} rows are"
    named = named.replace("_", " ")[:300]
    return f"{count} refused, and nothing is saved: {named}. A dry run (only look at it) says why."


def _told(report: Report) -> dict[str, Any]:
    made = report.campaign
    return {
        "campaign": str(made.pk) if made else None,
        "rows": report.rows,
        "issues": [issue.as_json() for issue in report.issues[:MOST_LISTED]],
        "duplicates": report.duplicates,
        "created": [{"type": "campaign", "id": str(made.pk)}] if made else [],
    }


for handler in (WorldExporting(), WorldImporting(), VocabularyImporting()):
    registry.register(handler)
