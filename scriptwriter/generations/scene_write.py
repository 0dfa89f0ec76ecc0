"""One scene anew; every other scene keeps its text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import Field

from scriptwriter import versions
from scriptwriter.adaptation import draft_by_rules, fountain_of, read_for_script
from scriptwriter.formats.elements import Document, Kind
from scriptwriter.formats.fountain import parse, print_document
from scriptwriter.formats.tighten import tighten
from scriptwriter.models import Scene, SceneCard, ScriptVersion
from scriptwriter.prose.adapt import Reading
from scriptwriter.scripts import made_by
from scriptwriter.versions import Placed
from storyforge.core.errors import StateConflict
from storyforge.generation.context import Layer, Section
from storyforge.generation.models import Made
from storyforge.generation.pipeline import Writing
from storyforge.generation.records import Record
from storyforge.generation.spec import Generation
from storyforge.jobs.queues import Priority

NEIGHBOR_CHARACTERS = 3_600  # about 600 words of the scenes around it


class SceneText(Record):
    """A scene: its card and its text as Fountain."""

    text: str = Field(description="The scene as Fountain, heading first.", max_length=60_000)
    goal: str = Field("", max_length=500)
    tone: str = Field("", max_length=50)
    tension: float | None = Field(None, ge=0, le=1)


class SceneWrite(Generation):
    kind = "scene.write"
    label = "Write this scene anew"
    help = "A new take of this scene; the others keep every word, and no take is lost."
    target = Scene
    output = SceneText
    shown = ("text",)
    priority = Priority.WAITING
    system = "You are a screenwriter. You keep the story's facts, its genre and its tone."
    instructions = (
        "Write this scene anew as a screenplay scene in Fountain: heading first, lean action in present"
        " tense, dialogue under upper-case character names. Keep what happens, who is present and where"
        " it plays. It must follow from the scene before and lead into the one after."
    )

    def sections(self, target: Scene, request: Any) -> Iterable[Section]:
        placed, before, after = _around(target)
        card = SceneCard.model_validate(placed.revision.card)
        lock = target.script.lock
        if lock is not None:
            yield Section(
                title="Lock",
                text=f"genre: {lock.genre}\ntone: {lock.tone}",
                code="lock",
                layer=Layer.PLAN,
                mandatory=True,
            )
        cast = [
            f"{c.code} {c.name}: {c.personality} {c.goals} {c.voice} {c.backstory}".strip()
            for c in target.script.characters.all()[:12]
        ]
        yield Section(title="Cast", text="\n".join(cast), code="cast", layer=Layer.PLAN, weight=900)
        lines = [f"{k}: {v}" for k, v in card.model_dump().items() if v not in (None, "", [])]
        yield Section(title="Card", text="\n".join(lines), code=target.code, mandatory=True)
        yield Section(
            title="Scene as it is", text=placed.revision.text, code=target.code, mandatory=True
        )
        if before:
            text = before.revision.text[-NEIGHBOR_CHARACTERS:]
            yield Section(title="Scene before", text=text, code=before.scene.code, weight=800)
        if after:
            text = after.revision.text[:NEIGHBOR_CHARACTERS]
            yield Section(title="Scene after", text=text, code=after.scene.code, weight=700)

    def write_by_rules(self, writing: Writing) -> SceneText:
        """From the chapter again where the scene has one; then tightened, dialogue kept."""
        writing.progress(0, 1, "Writing the scene")
        placed, _, _ = _around(writing.target)
        card = SceneCard.model_validate(placed.revision.card)
        source = _from_chapter(writing.target, card) or placed.revision.text
        text = print_document(tighten(parse(source)))
        return SceneText(text=text, goal=card.goal, tone=card.tone, tension=card.tension)

    def problems(self, target: Scene, output: SceneText, request: Any) -> Sequence[str]:
        document = parse(output.text)
        problems = []
        if not document.elements or document.elements[0].kind != Kind.HEADING:
            problems.append(
                "text: the first line must be a scene heading such as INT. HOUSE - DAY."
            )
        if len(headings(document)) > 1:
            problems.append("text: one scene only, with one heading.")
        return problems

    def save(
        self, target: Scene, output: SceneText, *, made: Made, request: Any
    ) -> Sequence[ScriptVersion]:
        placed, _, _ = _around(target)
        heading = parse(output.text).elements[0].text
        card = SceneCard.model_validate(placed.revision.card).model_copy(
            update={
                "setting": heading[:200],
                "goal": output.goal,
                "tone": output.tone,
                "tension": output.tension,
            }
        )
        version = versions.replace_scene(
            target,
            text=output.text,
            card=card,
            by=made_by(made),
            message=f"Scene {target.code} anew, {made.generation_method}",
        )
        return [version]


def headings(document: Document) -> list[str]:
    """The scene headings of a document."""
    return [e.text for e in document.elements if e.kind == Kind.HEADING]


def _around(scene: Scene) -> tuple[Placed, Placed | None, Placed | None]:
    """The scene as it stands, the one before and the one after; raises `StateConflict` when gone."""
    placed = versions.tree(versions.head(scene.script))
    for index, item in enumerate(placed):
        if item.scene.pk == scene.pk:
            before = placed[index - 1] if index else None
            after = placed[index + 1] if index + 1 < len(placed) else None
            return item, before, after
    raise StateConflict("This scene is not part of the script's newest version.")


def _from_chapter(scene: Scene, card: SceneCard) -> str:
    """The span of the chapter that the scene tells, adapted again; "" where there is none."""
    chapter = scene.script.chapter
    if chapter is None or card.chapter_start is None or card.chapter_end is None:
        return ""
    reading = read_for_script(chapter)
    spans = [s for s in reading.scenes if s.start < card.chapter_end and s.end > card.chapter_start]
    narrowed = Reading(
        text=reading.text,
        quotes=reading.quotes,
        attributions=reading.attributions,
        scenes=spans[:1],
        people=reading.people,
    )
    drafts = draft_by_rules(narrowed).scenes
    return fountain_of(drafts[0]) if drafts else ""
