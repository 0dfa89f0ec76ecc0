"""Versions of a script: trees of immutable scene texts. Nothing that was written is ever lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery

from scriptwriter.formats.elements import Document
from scriptwriter.formats.fountain import parse
from scriptwriter.models import (
    Scene,
    SceneCard,
    SceneRevision,
    Script,
    ScriptVersion,
    VersionScene,
)
from storyforge.accounts.models import User
from storyforge.core.errors import StaleEdit, StateConflict
from storyforge.generation.models import Made


@dataclass(frozen=True, kw_only=True, slots=True)
class ScenePart:
    """A scene to be placed in a version; `scene` keeps an identity, None makes a new one."""

    text: str
    card: SceneCard
    scene: Scene | None = None
    number_label: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class By:
    """Who makes a version: a person, or a job on their behalf."""

    author: User | None
    made: Made | None = None

    def fields(self) -> dict[str, Any]:
        """Keyword arguments for revisions and versions."""
        return {"author": self.author, **(self.made.fields() if self.made else {})}


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A row of a version's tree before it is saved."""

    scene: Scene
    revision: SceneRevision
    number_label: str = field(default="")


def head_tree() -> QuerySet[VersionScene]:
    """The scenes of every script as they stand in its newest version."""
    newest = (
        ScriptVersion.objects.filter(script=OuterRef("version__script"))
        .order_by("-number")
        .values("pk")[:1]
    )
    return VersionScene.objects.filter(version=Subquery(newest)).select_related(
        "scene", "revision", "version__script"
    )


def head(script: Script) -> ScriptVersion | None:
    """The newest version of a script."""
    return script.versions.order_by("-number").first()


def tree(version: ScriptVersion | None) -> list[Placed]:
    """A version's scenes in order."""
    if version is None:
        return []
    rows = version.tree.select_related("scene", "revision").order_by("position")
    return [Placed(scene=r.scene, revision=r.revision, number_label=r.number_label) for r in rows]


def document(version: ScriptVersion) -> Document:
    """A version as one document: its title page and all its scenes."""
    return parse(source(version))


def source(version: ScriptVersion) -> str:
    """A version as Fountain text."""
    lines = [f"{key}: {value}" for key, value in version.title_page]
    texts = [placed.revision.text.strip("\n") for placed in tree(version)]
    head_text = "\n".join(lines)
    return "\n\n".join([part for part in [head_text, *texts] if part.strip()]) + "\n"


def add_version(
    script: Script, parts: Sequence[ScenePart], *, by: By, message: str, title_page: Any = None
) -> ScriptVersion:
    """Write a new version from scene texts; new scenes get codes, all in four INSERTs."""
    with transaction.atomic():
        previous = _lock(script)
        scenes = _identities(script, parts)
        revisions = [
            SceneRevision(
                project_id=script.project_id,
                scene=scene,
                text=part.text,
                card=part.card.model_dump(),
                **by.fields(),
            )
            for scene, part in zip(scenes, parts, strict=True)
        ]
        for revision in revisions:
            revision.sha256 = revision.digest()
        SceneRevision.objects.bulk_create(revisions)
        placed = [
            Placed(scene=s, revision=r, number_label=p.number_label)
            for s, r, p in zip(scenes, revisions, parts, strict=True)
        ]
        pages = title_page if title_page is not None else (previous.title_page if previous else [])
        return _write(script, placed, by=by, message=message, previous=previous, title_page=pages)


def replace_scene(
    scene: Scene, *, text: str, card: SceneCard, by: By, message: str
) -> ScriptVersion:
    """A new version in which this scene has a new text and every other is the same row."""
    with transaction.atomic():
        previous = _lock(scene.script)
        old = tree(previous)
        parent = next((p.revision for p in old if p.scene.pk == scene.pk), None)
        revision = SceneRevision.objects.create(
            project_id=scene.project_id,
            scene=scene,
            text=text,
            card=card.model_dump(),
            parent=parent,
            **by.fields(),
        )
        placed = [
            Placed(scene=p.scene, revision=revision, number_label=p.number_label)
            if p.scene.pk == scene.pk
            else p
            for p in old
        ]
        pages = previous.title_page if previous else []
        return _write(
            scene.script, placed, by=by, message=message, previous=previous, title_page=pages
        )


def edit_scene(
    scene: Scene, *, text: str, card: SceneCard, author: User, expected: str = ""
) -> SceneRevision:
    """Save a person's edit into the script's open draft, opening one where there is none.

    `expected` is the revision id the person started from; raises `StaleEdit` when the scene has
    moved on and `StateConflict` when it is gone. Autosaves of one sitting share a draft, so history stays readable; each text is kept.
    """
    with transaction.atomic():
        previous = _lock(scene.script, keep_draft_of=author)
        old = tree(previous)
        current = next((p for p in old if p.scene.pk == scene.pk), None)
        if current is None:  # somebody made a version without it since the caller looked
            raise StateConflict("This scene is not part of the script's newest version.")
        if expected and str(current.revision.pk) != expected:
            raise StaleEdit(current_text=current.revision.text)
        revision = SceneRevision(
            project_id=scene.project_id,
            scene=scene,
            text=text,
            card=card.model_dump(),
            parent=current.revision,
            author=author,
        )
        if revision.digest() == current.revision.sha256:
            return current.revision
        revision.save()
        draft = previous
        if draft is None or not draft.is_draft:
            by = By(author=author)
            pages = previous.title_page if previous else []
            draft = _write(
                scene.script, old, by=by, message="", previous=previous, title_page=pages
            )
            ScriptVersion.objects.filter(pk=draft.pk).update(is_draft=True)
        VersionScene.objects.filter(version=draft, scene=scene).update(revision=revision)
        return revision


def seal(script: Script, *, message: str = "") -> ScriptVersion | None:
    """Close the open draft under a name; the next edit opens a new one."""
    with transaction.atomic():
        Script.objects.select_for_update().get(pk=script.pk)
        version = head(script)
        if version is not None and (version.is_draft or message):
            version.is_draft = False
            version.message = message or version.message
            version.save(update_fields=["is_draft", "message", "updated_at"])
        return version


def restore(version: ScriptVersion, *, author: User) -> ScriptVersion:
    """Make an old state the newest version; everything between stays."""
    with transaction.atomic():
        previous = _lock(version.script)
        return _write(
            version.script,
            tree(version),
            by=By(author=author),
            message=f"Restored version {version.number}",
            previous=previous,
            title_page=version.title_page,
        )


def _lock(script: Script, *, keep_draft_of: User | None = None) -> ScriptVersion | None:
    """Lock the script, so that version numbers have no gap; seal a draft that is not this author's."""
    Script.objects.select_for_update().get(pk=script.pk)
    newest = head(script)
    if (
        newest is not None
        and newest.is_draft
        and newest.author_id != getattr(keep_draft_of, "pk", 0)
    ):
        ScriptVersion.objects.filter(pk=newest.pk).update(is_draft=False)
        newest.is_draft = False
    return newest


def _identities(script: Script, parts: Sequence[ScenePart]) -> list[Scene]:
    codes = script.scenes.values_list("code", flat=True)
    number = max((int(code[2:]) for code in codes), default=0)
    scenes = []
    for part in parts:
        if part.scene is None:
            number += 1
            scenes.append(Scene(project_id=script.project_id, script=script, code=f"sc{number}"))
        else:
            scenes.append(part.scene)
    known = {part.scene.pk for part in parts if part.scene}
    Scene.objects.bulk_create([scene for scene in scenes if scene.pk not in known])
    return scenes


def _write(
    script: Script,
    placed: Sequence[Placed],
    *,
    by: By,
    message: str,
    previous: ScriptVersion | None,
    title_page: Any,
) -> ScriptVersion:
    last = script.versions.aggregate(last=Max("number"))["last"] or 0
    version = ScriptVersion.objects.create(
        project_id=script.project_id,
        script=script,
        number=last + 1,
        parent=previous,
        message=message,
        title_page=title_page,
        **by.fields(),
    )
    VersionScene.objects.bulk_create(
        VersionScene(
            project_id=script.project_id,
            version=version,
            scene=p.scene,
            revision=p.revision,
            number_label=p.number_label,
            position=position,
        )
        for position, p in enumerate(placed, start=1)
    )
    return version
