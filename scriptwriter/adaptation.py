"""A chapter as a draft script: what both writers hand in, and how it becomes a version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from canon.models import Character, Lock, Utterance
from scriptwriter.formats.elements import Document, Element, Kind
from scriptwriter.formats.fountain import print_document
from scriptwriter.models import Chapter, Scene, SceneCard, Script, ScriptVersion
from scriptwriter.plots import active_plot
from scriptwriter.prose.adapt import SURE, AdaptedScene, Reading, adapt
from scriptwriter.prose.people import find_people
from scriptwriter.prose.quotes import find_quotes
from scriptwriter.prose.reading import read_chapter
from scriptwriter.prose.types import Attribution, Method, Person, Quote, SceneSpan
from scriptwriter.scripts import first_script, made_by, new_script
from scriptwriter.versions import ScenePart, add_version, head, tree
from storyforge.generation.models import Made, MadeBy
from storyforge.generation.records import Record

SAME_SCENE_OVERLAP = 0.5  # of the longer span: below it a scene is another scene


class DraftElement(Record):
    """One element; `quotes` are the codes of the book's quotes whose words it holds."""

    kind: Literal["heading", "action", "cue", "parenthetical", "dialogue", "transition", "note"]
    text: str
    speaker: str = Field("", description="Code of the character on a cue.")
    quotes: list[str] = Field(default_factory=list)


class DraftScene(Record):
    """One scene and the span of the chapter it tells."""

    card: SceneCard
    elements: list[DraftElement]


class ScriptDraft(Record):
    """The chapter as a script; `dropped` are the codes of quotes left out, with the reason."""

    scenes: list[DraftScene]
    dropped: dict[str, str] = Field(default_factory=dict)


def read_for_script(chapter: Chapter) -> Reading:
    """The chapter as analyzed, with people's corrections; read afresh where it never was."""
    text = chapter.text.text
    rows = {
        u.start: u  # the code counts, so it shifts when rules find one quote more; the place stays
        for u in Utterance.objects.filter(origin=chapter.text.pk).select_related("speaker")
    }
    if not rows and chapter.book.analyzed_at is None:
        texts = chapter.book.chapters.order_by("number").values_list("text__text", flat=True)
        return read_chapter(text, find_people(list(texts)))
    scenes = list(chapter.scenes.prefetch_related("cast"))
    people = {u.speaker.code: u.speaker for u in rows.values() if u.speaker}
    people |= {c.code: c for scene in scenes for c in scene.cast.all()}
    quotes = find_quotes(text)
    return Reading(
        text=text,
        quotes=quotes,
        attributions={q.code: _attribution(q, rows[q.start]) for q in quotes if q.start in rows},
        scenes=[
            SceneSpan(
                start=s.start,
                end=s.end,
                place=s.place,
                interior=s.interior,
                time=s.time,
                reason=s.reason,
                cast=tuple(c.code for c in s.cast.all()),
            )
            for s in scenes
        ]
        or [SceneSpan(start=0, end=len(text))],
        people={code: _person(c) for code, c in people.items()},
    )


def draft_by_rules(reading: Reading) -> ScriptDraft:
    """The rules writer's script."""
    return ScriptDraft(scenes=[_draft_scene(scene) for scene in adapt(reading)])


def speech_codes(reading: Reading) -> list[str]:
    """The codes of everything spoken in the chapter, in order."""
    return [quote.code for quote in reading.quotes if quote.is_speech]


def missing_quotes(draft: ScriptDraft, codes: Sequence[str]) -> list[str]:
    """What is wrong with a draft's quotes: each code once, in order, or dropped with a reason."""
    used = [
        code
        for scene in draft.scenes
        for element in scene.elements
        if element.kind == "dialogue"
        for code in element.quotes
    ]
    expected = [code for code in codes if code not in draft.dropped]
    problems = [f"{code} is missing." for code in expected if code not in used]
    problems += [
        f"There is no quote {code!r}." for code in dict.fromkeys(used) if code not in codes
    ]
    if not problems and used != expected:
        problems.append("The quotes are not each used once and in the order of the chapter.")
    return problems


def save_draft(
    chapter: Chapter, draft: ScriptDraft, *, made: Made, request: object
) -> ScriptVersion:
    """A new version of the chapter's script, which is made at the first time."""
    script = _script_of(chapter, request)
    kept = _kept_scenes(script)
    parts = [
        ScenePart(text=fountain_of(scene), card=scene.card, scene=_same_scene(scene.card, kept))
        for scene in draft.scenes
    ]
    codes = {code for scene in draft.scenes for code in scene.card.cast}
    script.characters.add(
        *Character.objects.filter(project=chapter.project_id, code__in=codes, is_active=True)
    )
    return add_version(
        script,
        parts,
        by=made_by(made),
        message=f"{chapter.title}, {MadeBy(made.generation_method).label}"[:300],
        title_page=_title_page(chapter, made),
    )


def _script_of(chapter: Chapter, request: object) -> Script:
    plot = active_plot(chapter.book) if getattr(request, "use_plot_context", True) else None
    has_cast = chapter.book.characters.exists()
    marks: dict[str, Any] = {
        "plot_enhanced": plot is not None,
        "character_enhanced": has_cast
        and bool(getattr(request, "enhance_character_development", True)),
        "plot_overview": plot,
        "style": getattr(request, "script_style", ""),
    }
    script = first_script(chapter)
    if script is not None:
        Script.objects.filter(pk=script.pk).update(**marks)
        return script
    if plot is not None and (plot.genre or plot.tone):
        lock = Lock.objects.create(project_id=chapter.project_id, genre=plot.genre, tone=plot.tone)
        marks["lock"] = lock
    title = f"{chapter.book.title}: {chapter.title}"[:300]
    return new_script(
        project=chapter.project, title=title, book=chapter.book, chapter=chapter, **marks
    )


def _kept_scenes(script: Script) -> list[tuple[SceneCard, Scene]]:
    return [(SceneCard.model_validate(p.revision.card), p.scene) for p in tree(head(script))]


def _same_scene(card: SceneCard, kept: list[tuple[SceneCard, Scene]]) -> Scene | None:
    """The earlier scene that tells the same part of the chapter, used at most once."""
    for index, (old, scene) in enumerate(kept):
        if _overlap(old, card) >= SAME_SCENE_OVERLAP:
            del kept[index]
            return scene
    return None


def _overlap(old: SceneCard, new: SceneCard) -> float:
    """Shared share of the longer span; 0 where one has no span."""
    if old.chapter_start is None or old.chapter_end is None:
        return 0.0
    if new.chapter_start is None or new.chapter_end is None:
        return 0.0
    shared = min(old.chapter_end, new.chapter_end) - max(old.chapter_start, new.chapter_start)
    longer = max(old.chapter_end - old.chapter_start, new.chapter_end - new.chapter_start)
    return shared / longer if longer else 0.0


def _title_page(chapter: Chapter, made: Made) -> list[list[str]]:
    entries = [
        ("Title", chapter.book.title),
        ("Credit", chapter.title),
        ("Author", chapter.book.author),
        ("Source", f"Adapted from {chapter.book.title}"),
        ("Notes", f"This script was {MadeBy(made.generation_method).label}."),
    ]
    return [[key, " ".join(value.split())] for key, value in entries if value]


def fountain_of(scene: DraftScene) -> str:
    """A drafted scene as Fountain."""
    elements = tuple(
        Element(kind=Kind(e.kind), text=e.text, speaker=e.text if e.kind == "cue" else "")
        for e in scene.elements
    )
    return print_document(Document(elements=elements))


def _draft_scene(scene: AdaptedScene) -> DraftScene:
    card = SceneCard(
        setting=scene.heading[:200],
        cast=list(scene.cast),
        chapter_start=scene.span.start,
        chapter_end=scene.span.end,
    )
    elements = [
        DraftElement(
            kind=item.element.kind.value,
            text=item.element.text,
            quotes=list(item.codes) if item.element.kind == Kind.DIALOGUE else [],
        )
        for item in scene.elements
    ]
    return DraftScene(card=card, elements=elements)


def _attribution(quote: Quote, row: Utterance) -> Attribution:
    sure = row.speaker is not None
    return Attribution(
        code=quote.code,
        speaker=row.speaker.code if row.speaker else "",
        method=Method(row.method),
        confidence=max(row.confidence, SURE)
        if sure and row.method == "explicit"
        else row.confidence,
        tag_start=row.cue_start,
        tag_end=row.cue_end,
        verb=row.verb,
        candidates=((row.speaker.code, row.confidence),) if row.speaker else (),
    )


def _person(character: Character) -> Person:
    return Person(key=character.code, name=character.name, aliases=(), mentions=character.mentions)
