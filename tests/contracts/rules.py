"""Who may do what over the API: one row for each operation. Without a row the suite fails."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from canon.models import Character
from scriptwriter.models import Book, Chapter
from storyforge.projects.models import Project
from storyforge.projects.roles import ALLOWED, Action, Role

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """The expectation for one operation.

    `needs` is the role action, `status` the answer when it is allowed, `hidden` the answer to a body that
    names a row the caller may not see. `in_person`: no API token, whatever its scope.
    """

    door: Door = Door.ROW
    needs: Action = Action.VIEW
    status: int = 200
    hidden: int = 404
    body: Body = lambda world: {}
    multipart: bool = False
    in_person: bool = False

    def expected(self, persona: str) -> int:
        """The status this persona gets."""
        role = ROLES[persona]
        if self.door == Door.PUBLIC:
            return self.status
        if persona == "anonymous":
            return 401
        if self.door in (Door.SIGNED_IN, Door.LIST):
            return self.status
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


def just(**fields: Any) -> Body:
    return lambda world: fields


def new_job(world: dict[type, Any]) -> dict[str, Any]:
    """A job for the world's book, in the words of the generic door."""
    return {
        "kind": "plot.overview",
        "project": pk(Project)(world),
        "target": {"type": "book", "id": pk(Book)(world)},
    }


LIST = Rule(door=Door.LIST)
READ = Rule()
OWNERS = Rule(needs=Action.ADMIN)
GENERATE = Rule(needs=Action.GENERATE, status=202)
DELETE = Rule(needs=Action.EDIT, status=204)
DEAD_LINK = {"uid": "MQ", "token": "a-b"}
LONG = "a quiet harbor at dusk"
SCREENPLAY = b"INT. INN - NIGHT\n\nThe rain.\n"

RULES: dict[str, Rule] = {
    "GET me": Rule(door=Door.SIGNED_IN),
    "GET kinds": Rule(door=Door.SIGNED_IN),
    "POST analyze-archetypes": Rule(
        door=Door.SIGNED_IN, body=just(character_description="A brave captain.")
    ),
    "POST script-and-scenes": Rule(
        door=Door.NAMED,
        needs=Action.GENERATE,
        status=202,
        body=lambda world: {"chapter_id": pk(Chapter)(world)},
    ),
    # projects
    "GET project-list": LIST,
    "POST project-list": Rule(door=Door.SIGNED_IN, status=201, body=just(name="New")),
    "GET project-detail": READ,
    "PUT project-detail": Rule(needs=Action.ADMIN, body=just(name="Renamed")),
    "PATCH project-detail": Rule(needs=Action.ADMIN, body=just(name="Renamed")),
    "DELETE project-detail": Rule(needs=Action.ADMIN, status=204),
    "GET members": READ,
    "POST members": Rule(
        needs=Action.ADMIN, status=201, body=just(email="dora@example.org", role="viewer")
    ),
    "PATCH member": Rule(needs=Action.ADMIN, body=just(role="viewer")),
    "DELETE member": Rule(needs=Action.ADMIN, status=204),
    # jobs and receipts
    "GET job-list": LIST,
    "POST job-list": Rule(door=Door.NAMED, needs=Action.GENERATE, status=202, body=new_job),
    "POST job-estimate": Rule(door=Door.NAMED, needs=Action.GENERATE, body=new_job),
    "POST job-pause": Rule(needs=Action.GENERATE, status=409),  # the world's job has ended
    "POST job-resume": Rule(needs=Action.GENERATE, status=409),
    "GET job-detail": READ,
    "DELETE job-detail": DELETE,
    "POST job-cancel": Rule(needs=Action.GENERATE),
    "POST job-retry": GENERATE,
    "GET job-events": READ,
    "GET job-result": READ,
    "GET receipt-list": LIST,
    "GET receipt-detail": READ,
    "GET receipt-prompt": READ,
    # webhooks: the owner's alone
    "GET webhook-list": LIST,
    "POST webhook-list": Rule(
        door=Door.NAMED,
        needs=Action.ADMIN,
        status=201,
        hidden=400,
        body=in_project(url="https://example.com/hook"),
    ),
    "GET webhook-detail": OWNERS,
    "PUT webhook-detail": Rule(needs=Action.ADMIN, body=just(url="https://example.com/hook")),
    "PATCH webhook-detail": Rule(needs=Action.ADMIN, body=just(description="Build server")),
    "DELETE webhook-detail": Rule(needs=Action.ADMIN, status=204),
    "POST webhook-rotate": OWNERS,
    "POST webhook-test": Rule(needs=Action.ADMIN, status=202),
    "GET delivery-list": LIST,
    "GET delivery-detail": OWNERS,
    "POST delivery-replay": Rule(needs=Action.ADMIN, status=202),
    # signing in: no credential is looked at, so none can be too weak
    "GET auth-me": Rule(door=Door.SIGNED_IN),
    "POST auth-register": Rule(
        door=Door.PUBLIC, status=202, body=just(email="new@example.org", password=LONG)
    ),
    "POST auth-confirm": Rule(door=Door.PUBLIC, status=410, body=lambda world: DEAD_LINK),
    "POST auth-login": Rule(
        door=Door.PUBLIC, status=401, body=just(email="nobody@example.org", password=LONG)
    ),
    "POST auth-refresh": Rule(
        door=Door.PUBLIC, status=401, body=lambda world: {"refresh_token": "rt_a_b"}
    ),
    "POST auth-logout": Rule(door=Door.PUBLIC, status=204),
    "POST auth-forgot": Rule(door=Door.PUBLIC, status=202, body=just(email="a@example.org")),
    "POST auth-reset": Rule(
        door=Door.PUBLIC, status=410, body=lambda world: {**DEAD_LINK, "password": LONG}
    ),
    # accounts
    "GET usage": Rule(door=Door.SIGNED_IN),
    "GET ledger-list": LIST,
    "GET budget": Rule(needs=Action.ADMIN),
    "PUT budget": Rule(needs=Action.ADMIN, body=just(limit_micros=5_000_000)),
    "POST auth-password": Rule(  # the current password is not right: nothing is changed here
        door=Door.SIGNED_IN,
        status=403,
        in_person=True,
        body=lambda world: {"current_password": "not it", "password": LONG},
    ),
    # as above: nobody is deleted, and nothing is given away
    "DELETE account-row": Rule(
        door=Door.SIGNED_IN,
        status=403,
        in_person=True,
        body=lambda world: {"current_password": "not it"},
    ),
    "POST account-export": Rule(
        door=Door.SIGNED_IN,
        status=403,
        in_person=True,
        body=lambda world: {"current_password": "not it"},
    ),
    "GET sessions": Rule(door=Door.SIGNED_IN, in_person=True),
    "DELETE sessions": Rule(door=Door.SIGNED_IN, status=204, in_person=True),
    "DELETE session": Rule(door=Door.OWN, status=204, in_person=True),
    "GET activity": Rule(door=Door.SIGNED_IN, in_person=True),
    "GET token-list": Rule(door=Door.LIST, in_person=True),
    "POST token-list": Rule(
        door=Door.SIGNED_IN, status=201, in_person=True, body=just(name="laptop")
    ),
    "DELETE token-detail": Rule(door=Door.OWN, status=204, in_person=True),
    "GET provider-key-list": Rule(door=Door.LIST, in_person=True),
    "POST provider-key-list": Rule(
        door=Door.SIGNED_IN, status=201, in_person=True, body=just(key="sk-example-0123456789")
    ),
    "DELETE provider-key-detail": Rule(door=Door.OWN, status=204, in_person=True),
    # canon
    "GET archetype-list": Rule(door=Door.PUBLIC),
    "GET archetype-detail": Rule(door=Door.PUBLIC),
    "GET character-list": LIST,
    "POST character-list": Rule(
        door=Door.NAMED, needs=Action.EDIT, status=201, hidden=400, body=in_project(name="Mara")
    ),
    "GET character-detail": READ,
    "PUT character-detail": Rule(needs=Action.EDIT, body=just(name="Mara")),
    "PATCH character-detail": Rule(needs=Action.EDIT, body=just(want="A ship.")),
    "DELETE character-detail": DELETE,
    "POST character-generate": GENERATE,
    "POST character-preview": READ,
    "GET alias-list": LIST,
    "POST alias-list": Rule(
        door=Door.NAMED,
        needs=Action.EDIT,
        status=201,
        hidden=400,
        body=lambda world: {
            "project": pk(Project)(world),
            "character": pk(Character)(world),
            "text": "the captain",
        },
    ),
    "GET alias-detail": READ,
    "PUT alias-detail": Rule(
        needs=Action.EDIT,
        body=lambda world: {"character": pk(Character)(world), "text": "the captain"},
    ),
    "PATCH alias-detail": Rule(needs=Action.EDIT, body=just(text="the captain")),
    "DELETE alias-detail": DELETE,
    "GET utterance-list": LIST,
    "GET utterance-detail": READ,
    # books
    "GET book-list": LIST,
    "POST book-list": Rule(
        door=Door.NAMED,
        needs=Action.EDIT,
        status=202,
        body=file_in_project("a.txt", b"It was late."),
        multipart=True,
    ),
    "GET book-detail": READ,
    "PUT book-detail": Rule(needs=Action.EDIT, body=just(title="The Road")),
    "PATCH book-detail": Rule(needs=Action.EDIT, body=just(title="The Road")),
    "DELETE book-detail": DELETE,
    "POST book-generate": GENERATE,
    "POST book-preview": READ,
    "GET book-plot": READ,
    "POST book-plot-generate": GENERATE,
    "POST book-plot-save": Rule(needs=Action.EDIT, status=201, body=just(tone="wry")),
    "GET chapter-list": LIST,
    "GET chapter-detail": READ,
    "POST chapter-generate": GENERATE,
    "POST chapter-preview": READ,
    "GET chapter-scenes": READ,
    "GET chapter-text": READ,
    "GET plot-list": LIST,
    "GET plot-detail": READ,
    "PATCH plot-detail": Rule(needs=Action.EDIT, body=just(tone="wry")),
    "DELETE plot-detail": DELETE,
    # scripts
    "GET script-list": LIST,
    "POST script-list": Rule(
        door=Door.NAMED, needs=Action.EDIT, status=201, hidden=400, body=in_project(title="Road")
    ),
    "POST script-import-file": Rule(
        door=Door.NAMED,
        needs=Action.EDIT,
        status=201,
        body=file_in_project("a.fountain", SCREENPLAY),
        multipart=True,
    ),
    "GET script-detail": READ,
    "PUT script-detail": Rule(needs=Action.EDIT, body=just(title="The Road")),
    "PATCH script-detail": Rule(needs=Action.EDIT, body=just(title="The Road")),
    "DELETE script-detail": DELETE,
    "POST script-create-version": Rule(needs=Action.EDIT, status=201, body=just(message="One")),
    "GET script-export": READ,
    "POST script-generate": GENERATE,
    "POST script-preview": READ,
    "GET version-list": LIST,
    "GET version-detail": READ,
    "GET version-export": READ,
    "POST version-restore": Rule(needs=Action.EDIT, status=201),
    "GET scene-list": LIST,
    "GET scene-detail": READ,
    "PATCH scene-detail": Rule(needs=Action.EDIT, body=just(goal="Get away.")),
    "POST scene-generate": GENERATE,
    "POST scene-preview": READ,
    "POST scene-regenerate": GENERATE,
    "GET scene-takes": READ,
}
