"""Who may do what over the API: policy.yaml says it, this reads it. Without a row there the suite fails.

Only what a request must carry to be understood stands here.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import yaml
from django.core.files.uploadedfile import SimpleUploadedFile

from canon.models import Character
from scriptwriter.models import Book, Chapter
from storyforge.projects.models import Project
from storyforge.projects.roles import ALLOWED, Action, Role
from worldgen.models import GeographyRegion, LegalSystem, PlayerCharacter

POLICY = Path(__file__).with_name("policy.yaml")
Body = Callable[[dict[type, Any]], dict[str, Any]]
ROLES: dict[str, Role | None] = {
    "anonymous": None,
    "charlie": None,
    "sarah": None,  # staff, but no member: the admin is hers, the API is not
    "vera": Role.VIEWER,
    "carol": Role.CONTRIBUTOR,
    "bob": Role.EDITOR,
    "alice": Role.OWNER,
}


class Door(Enum):
    """What stands between a request and its answer."""

    PUBLIC = "everybody"
    SIGNED_IN = "whoever is signed in, about nobody's content"
    LIST = "whoever is signed in; shows only what they may see"
    ROW = "a row in the URL, whose project decides"
    NAMED = "a row in the body, whose project decides"
    OWN = "a row of alice's account, whose owner alone decides"
    STAFF = "staff of the installation; for others there is nothing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """The expectation for one operation.

    `needs` is the role action, `status` the answer when it is allowed, `hidden` the answer to a body that
    names a row the caller may not see, `nobody` the one to whoever is not signed in. `in_person`: no API token,
    whatever its scope.
    """

    door: Door = Door.ROW
    needs: Action = Action.VIEW
    status: int = 200
    hidden: int = 404
    body: Body = lambda world: {}
    multipart: bool = False
    in_person: bool = False
    scoped: bool = False
    nobody: int = 401

    def expected(self, persona: str) -> int:
        """The status this persona gets."""
        role = ROLES[persona]
        if self.door == Door.PUBLIC:
            return self.status
        if persona == "anonymous":
            return self.nobody
        if self.door in (Door.SIGNED_IN, Door.LIST):
            return self.status
        if self.door == Door.STAFF:
            return self.status if persona == "sarah" else self.hidden
        if self.door == Door.OWN:
            return self.status if persona == "alice" else 404
        if role is None:
            return self.hidden
        return self.status if role in ALLOWED[self.needs] else 403


def pk(model: type) -> Callable[[dict[type, Any]], str]:
    """The id of the world's row of this model; an unknown one where the world has none."""
    return lambda world: str(world[model].pk if model in world else uuid.uuid4())


def in_project(**fields: Any) -> Body:
    """A body that names the project."""
    return lambda world: {"project": pk(Project)(world), **fields}


def file_in_project(name: str, content: bytes) -> Body:
    """An upload into the project."""
    return lambda world: {
        "project": pk(Project)(world),
        "file": SimpleUploadedFile(name, content),
    }


def file_of_names(world: dict[type, Any]) -> dict[str, Any]:
    """A vocabulary of one name."""
    return {"file": SimpleUploadedFile("names.json", A_VOCABULARY)}


def just(**fields: Any) -> Body:
    return lambda world: fields


def new_job(world: dict[type, Any]) -> dict[str, Any]:
    """A job for the world's book, in the words of the generic door."""
    return {
        "kind": "plot.overview",
        "project": pk(Project)(world),
        "target": {"type": "book", "id": pk(Book)(world)},
    }


DEAD_LINK = {"uid": "MQ", "token": "a-b"}
LONG = "a quiet harbor at dusk"


def a_law(world: dict[type, Any]) -> dict[str, Any]:
    """A row of a world that no other needs; it needs one itself."""
    region = world[GeographyRegion].code if GeographyRegion in world else "reg01"
    law = {"title": "Silence", "text": "Nobody rings the bells at night.", "penalty": "A fine."}
    return {
        "name": "The tide law",
        "summary": "Law of the flats.",
        "description": "It is older than the towns, and nobody has written it down.",
        "system_type": "customary",
        "regions": [region],
        "authority": "The oldest family.",
        "enforcement": "Everybody.",
        "laws": [law, law, law],
        "magic_regulation": "tolerated",
        "corruption": 2,
    }


A_WORLD = (
    b'{"format": "storyforge-world", "version": 1, "campaign": {"name": "Salt", "magic_level": "low",'
    b' "rules_system": "generic", "party_level": 1, "random_seed": 1, "size": "small", "phase_mode": "nine"}}'
)
A_VOCABULARY = b'[{"model": "api_v2.creature", "pk": "srd_wolf", "fields": {"name": "Wolf", "document": "srd-2014"}}]'
SCREENPLAY = b"INT. INN - NIGHT\n\nThe rain.\n"

# What an operation is asked with, where an empty body is not enough.
BODIES: dict[str, Body] = {
    "POST analyze-archetypes": just(character_description="A brave captain."),
    "POST script-and-scenes": lambda world: {"chapter_id": pk(Chapter)(world)},
    "POST project-list": just(name="New"),
    "PUT project-detail": just(name="Renamed"),
    "PATCH project-detail": just(name="Renamed"),
    "POST invitations": just(email="dora@example.org", role="viewer"),
    "POST accept-invitation": just(token="made-up"),  # noqa: S106
    "PATCH member": just(role="viewer"),
    "POST job-list": new_job,
    "POST job-estimate": new_job,
    "POST webhook-list": in_project(url="https://example.com/hook"),
    "PUT webhook-detail": just(url="https://example.com/hook"),
    "PATCH webhook-detail": just(description="Build server"),
    "POST auth-register": just(email="new@example.org", password=LONG),
    "POST auth-confirm": lambda world: {**DEAD_LINK, "password": LONG},
    "POST auth-login": just(email="nobody@example.org", password=LONG),
    "POST auth-refresh": lambda world: {"refresh_token": "rt_a_b"},
    "POST auth-forgot": just(email="a@example.org"),
    "POST auth-reset": lambda world: {**DEAD_LINK, "password": LONG},
    "PUT budget": just(limit_micros=5_000_000),
    "DELETE account-row": lambda world: {"current_password": "not it"},
    "POST account-export": lambda world: {"current_password": "not it"},
    "POST auth-password": lambda world: {"current_password": "not it", "password": LONG},
    "POST token-list": just(name="laptop"),
    "POST provider-key-list": just(key="sk-example-0123456789"),
    "POST character-list": in_project(name="Mara"),
    "PUT character-detail": just(name="Mara"),
    "PATCH character-detail": just(want="A ship."),
    "POST alias-list": lambda world: {
        "project": pk(Project)(world),
        "character": pk(Character)(world),
        "text": "the captain",
    },
    "PUT alias-detail": lambda world: {"character": pk(Character)(world), "text": "the captain"},
    "PATCH alias-detail": just(text="the captain"),
    "POST book-list": file_in_project("a.txt", b"It was late."),
    "PUT book-detail": just(title="The Road"),
    "PATCH book-detail": just(title="The Road"),
    "POST book-plot-save": just(tone="wry"),
    "PATCH plot-detail": just(tone="wry"),
    "POST script-list": in_project(title="Road"),
    "POST script-import-file": file_in_project("a.fountain", SCREENPLAY),
    "PUT script-detail": just(title="The Road"),
    "PATCH script-detail": just(title="The Road"),
    "POST script-create-version": just(message="One"),
    "PATCH scene-detail": just(goal="Get away."),
    "POST campaign-list": in_project(name="The Drowned Bells"),
    "PATCH campaign-detail": just(tone="wry"),
    "DELETE campaign-detail": just(name="Another"),
    "POST party": just(name="Mara", goals=["A ship."]),
    "PATCH party-member": just(name="Mara"),
    "POST pc-facts": lambda world: {
        "pc": world[PlayerCharacter].code if PlayerCharacter in world else "pc1",
        "kind": "debt",
        "text": "She owes the ferryman her life.",
    },
    "PATCH pc-fact": just(must_use=False),
    "POST world-table": a_law,
    "POST accept-stale": lambda world: {
        "rows": {"legal_systems": [world[LegalSystem].code] if LegalSystem in world else []}
    },
    "POST remove-dropped": just(rows={}),
    "PATCH world-row": a_law,
    "POST import-world": file_in_project("w.json", A_WORLD),
    "POST world-vocabulary": file_of_names,
    "POST decide-rows": just(table="legal_systems"),
    "PATCH world-roster": just(add=[{"table": "planes", "name": "Soot"}]),
}
UPLOADS = {
    "POST book-list",
    "POST script-import-file",
    "POST import-world",
    "POST world-vocabulary",
}


def read_policy() -> dict[str, Rule]:
    """The rows of policy.yaml; a key that nothing reads is a mistake."""
    rows = yaml.safe_load(POLICY.read_text("utf-8"))
    own = {key: _rule(key, **row) for key, row in rows.items() if "as" not in row}
    return own | {key: own[row["as"]] for key, row in rows.items() if "as" in row}


def _rule(
    key: str,
    *,
    door: str,
    answer: int,
    needs: str = "view",
    hidden: int = 404,
    in_person: bool = False,
    scoped: bool = False,
    nobody: int = 401,
) -> Rule:
    return Rule(
        door=Door[door.upper()],
        needs=Action(needs),
        status=answer,
        hidden=hidden,
        in_person=in_person,
        scoped=scoped,
        nobody=nobody,
        body=BODIES.get(key, just()),
        multipart=key in UPLOADS,
    )


RULES = read_policy()
