"""A world without the studio: from a premise and a party to files, through real jobs."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from storyforge.accounts.models import User
from storyforge.core.errors import StoryforgeError
from storyforge.generation.requests import request_generation
from storyforge.jobs.models import Job
from storyforge.projects.models import Project
from worldgen.exchange.markdown import document
from worldgen.exchange.world_json import export
from worldgen.models import Campaign, PlayerCharacter
from worldgen.rows import load

LOOK_SECONDS = 0.3
NAME_WORDS = 10
MARK = re.compile(r"(?<=\w)[,.:;!?](?=\s|$)")
WHICH = re.compile(r"(?<=\w) (?:where|that|which|who|whose|when|while)\b")
LOOSE = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "by",
        "to",
        "for",
        "from",
        "with",
        "and",
        "or",
        "but",
        "is",
        "are",
        "was",
        "were",
        "its",
        "their",
        "his",
        "her",
    ]
)
TOLD = ("name", "race_text", "class_text", "level", "backstory", "goals", "bonds")
PARTY = (
    {
        "name": "Mara Tern",
        "class_text": "ranger",
        "backstory": "Mara swore to find her brother Joss, who walked into the flats with a lantern."
        " She grew up in Low Varrow. She owes the ferryman Old Pell her life.",
    },
    {
        "name": "Bren Ashgrove",
        "class_text": "cleric",
        "backstory": "Bren stole the bell of Saint Ostra from the abbey. He hopes to return it before"
        " Abbess Ilvane dies.",
    },
    {
        "name": "Isold",
        "class_text": "rogue",
        "backstory": "Isold was raised by the smuggler Crake. She never told anyone that Lord Vale is her"
        " father.",
    },
    {
        "name": "Kerr of the Sluice",
        "class_text": "fighter",
        "backstory": "Kerr killed Captain Dorn at the Sluice Gate. He is looking for the ledger that proves"
        " why.",
    },
)


class UnreadableParty(StoryforgeError):
    """A player character needs a name and a backstory, and nothing that is not known."""

    code = "unreadable_party"
    status = 400


class WorldFailed(StoryforgeError):
    """The world could not be made."""

    code = "world_failed"
    status = 500


def make_world(
    project: Project,
    *,
    actor: User,
    premise: str,
    party: Sequence[dict[str, Any]] = (),
    random_seed: int = 1,
    size: str = "standard",
    writer: str = "auto",
) -> tuple[Campaign, Job]:
    """A campaign with its party (ours where none is given), and the job that makes its world.

    Raises `UnreadableParty`.
    """
    with transaction.atomic():
        campaign = Campaign(
            project=project,
            name=_name(premise),
            premise=premise[:2_000],
            random_seed=random_seed,
            size=size,
        )
        campaign.save()
        for number, told in enumerate(party or PARTY, 1):
            _character(campaign, f"pc{number}", told)
        job = request_generation("world.run", target=campaign, actor=actor, body={"writer": writer})
    return campaign, job


def wait_for_world(job: Job, *, show: Callable[[Job], None], seconds: float) -> None:
    """Watch the row until the job has ended. Raises `WorldFailed` with its sentence."""
    limit = time.monotonic() + seconds
    while not job.is_terminal:
        time.sleep(LOOK_SECONDS)
        job.refresh_from_db()
        show(job)
        if time.monotonic() > limit:
            raise WorldFailed(f"Not done after {seconds:.0f} seconds.")
    if job.status != Job.Status.COMPLETED:
        raise WorldFailed(job.error["message"] if job.error else f"The job is {job.status}.")


def write_world(campaign: Campaign, job: Job, out: Path) -> list[str]:
    """`world.json` and `world.md` in the folder; a line about each, and what the checks found."""
    world = load(campaign)
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(export(world), ensure_ascii=False, indent=1, default=str)
    (out / "world.json").write_text(text + "\n", encoding="utf-8")
    (out / "world.md").write_text(document(world), encoding="utf-8")
    result = job.result or {}
    rows = sum(map(len, world.tables.values()))
    refused = sum(len(found) for found in result.get("refused", {}).values())
    return [
        f"{out / 'world.json'}  {rows} rows by rules, {refused} refused",
        f"{out / 'world.md'}",
        *(f"to look at: {finding}" for finding in result.get("findings", [])),
    ]


def _name(premise: str) -> str:
    """The first words of the premise as far as they stand alone: no clause that is cut off."""
    clause = MARK.split(" ".join(premise.split()), maxsplit=1)[0].split()
    if len(clause) > NAME_WORDS:
        clause = WHICH.split(" ".join(clause), maxsplit=1)[0].split()
    words = clause[:NAME_WORDS]
    if words != clause:  # back to before the phrase that is cut through
        cut = max((at for at, word in enumerate(words) if word.casefold() in LOOSE), default=0)
        words = words[:cut] if cut > 1 else words
    while len(words) > 1 and words[-1].casefold() in LOOSE:
        words.pop()
    return " ".join(words).strip(" ,.:;")[:80] or "A world"


def _character(campaign: Campaign, code: str, told: dict[str, Any]) -> None:
    values = {"goals": [], "bonds": [], **told}
    if unknown := sorted(set(values) - set(TOLD)):
        raise UnreadableParty(f"{code}: {unknown[0]!r} is not known.")
    row = PlayerCharacter(project=campaign.project, campaign=campaign, code=code, **values)
    try:
        row.full_clean(exclude=["project", "campaign"])
    except ValidationError as error:
        raise UnreadableParty(f"{code}: {' '.join(error.messages)}") from error
    row.save()
