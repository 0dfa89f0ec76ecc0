"""A chapter becomes a screenplay: the book's quotes stay word for word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import Field

from scriptwriter.adaptation import (
    DraftElement,
    DraftScene,
    ScriptDraft,
    draft_by_rules,
    missing_quotes,
    read_for_script,
    save_draft,
    speech_codes,
)
from scriptwriter.models import Chapter, SceneCard, ScriptVersion
from scriptwriter.plots import active_plot
from scriptwriter.prose.adapt import Reading, fold, speech
from storyforge.generation.context import TOKENS_A_WORD, Layer, Section
from storyforge.generation.models import Made
from storyforge.generation.pipeline import Writing
from storyforge.generation.records import Record
from storyforge.generation.spec import Generation, Request

# For estimates. The densest dialogue has a code of some four tokens behind every tenth word.
TOKENS_OF_CODES = 0.4
PLOT_AND_CAST_TOKENS = 4_000  # thirty people with their temper and voice


class AdaptRequest(Request):
    """The switches of the plot document."""

    script_style: str = Field("cinematic", max_length=50, description="Such as cinematic.")
    use_plot_context: bool = True
    enhance_character_development: bool = True


class ModelElement(Record):
    """Action in your words, or a quote by its code: the book's words are put in by us."""

    kind: Literal["action", "dialogue", "transition"]
    text: str = Field(
        "", description="The action or transition; for dialogue a parenthetical or nothing."
    )
    quote: str = Field("", description="For dialogue: the code of the quote.")


class ModelScene(Record):
    """One scene of the screenplay."""

    setting: str = Field(description="INT. or EXT., the place, and the time of day if known.")
    goal: str = Field("", description="What the scene is to achieve.")
    tone: str = Field("", max_length=50)
    tension: float = Field(0.5, ge=0, le=1)
    elements: list[ModelElement] = Field(min_length=1)


class DroppedQuote(Record):
    """A quote that is better left out, and why."""

    quote: str
    reason: str


class ModelScript(Record):
    """The whole chapter as a screenplay."""

    scenes: list[ModelScene] = Field(min_length=1)
    dropped: list[DroppedQuote] = Field(default_factory=list)


class ScriptAdapt(Generation):
    kind = "script.adapt"
    label = "Turn into a screenplay"
    help = "Every quote stays word for word, with its speaker; the narration becomes action."
    target = Chapter
    output = ScriptDraft
    shown = ("setting", "text")
    request = AdaptRequest
    max_tokens = 16_000
    system = "You are a screenwriter who adapts novels faithfully and writes lean, visual action."
    instructions = (
        "Adapt this chapter as a screenplay in scenes. Each spoken quote in the text is followed by its code in"
        " brackets. Use every code exactly once and in order as dialogue, or list it under dropped with a"
        " reason. Never write dialogue of your own. Action is present tense and brief."
    )

    def sections(self, target: Chapter, request: Any) -> Iterable[Section]:
        style = f"Style: {request.script_style}"
        plot = active_plot(target.book) if request.use_plot_context else None
        if plot is not None:
            lines = [f"{n}: {getattr(plot, n)}" for n in ("logline", "genre", "tone", "setting")]
            yield Section(
                title="Plot", text="\n".join(lines), code="plot", layer=Layer.PLAN, mandatory=True
            )
        if request.enhance_character_development:
            cast = [
                f"{c.code} {c.name}: {c.role}. {c.personality} {c.voice}".strip()
                for c in target.book.characters.filter(is_active=True)[:30]
            ]
            yield Section(
                title="Cast", text="\n".join(cast), code="cast", layer=Layer.PLAN, weight=5_000
            )
        yield Section(title="Style", text=style, code="style", layer=Layer.PLAN, mandatory=True)
        yield Section(
            title=f"Chapter {target.number}: {target.title}",
            text=_coded(read_for_script(target)),
            code=f"ch{target.number}",
            mandatory=True,
        )

    def planned_input(self, target: Chapter, request: Any) -> int:
        """By the chapter's words: a run plans forty chapters at a time."""
        text = target.words * (TOKENS_A_WORD + TOKENS_OF_CODES)
        return min(self.context_budget, round(text) + PLOT_AND_CAST_TOKENS)

    def write_by_rules(self, writing: Writing) -> ScriptDraft:
        writing.progress(0, 1, "Writing scenes")
        return draft_by_rules(read_for_script(writing.target))

    def write_by_model(self, writing: Writing) -> ScriptDraft:
        reading = read_for_script(writing.target)
        answer = writing.ask(
            ModelScript,
            self.sections(writing.target, writing.request),
            instructions=self.instructions,
            check=lambda a: missing_quotes(_draft(a, reading), speech_codes(reading)),
        )
        return _draft(answer, reading)

    def problems(self, target: Chapter, output: ScriptDraft, request: Any) -> Sequence[str]:
        return missing_quotes(output, speech_codes(read_for_script(target)))

    def save(
        self, target: Chapter, output: ScriptDraft, *, made: Made, request: Any
    ) -> Sequence[ScriptVersion]:
        return [save_draft(target, output, made=made, request=request)]


def _coded(reading: Reading) -> str:
    """The chapter with the code of each spoken quote behind it."""
    pieces, at = [], 0
    for quote in reading.quotes:
        if quote.is_speech:
            pieces += [reading.text[at : quote.outer_end], f"[{quote.code}]"]
            at = quote.outer_end
    return "".join([*pieces, reading.text[at:]])


def _draft(answer: ModelScript, reading: Reading) -> ScriptDraft:
    """The model's scenes with the book's words in place of the codes."""
    quotes = {quote.code: quote for quote in reading.quotes if quote.is_speech}
    scenes = []
    for scene in answer.scenes:
        elements = [DraftElement(kind="heading", text=fold(scene.setting).upper())]
        spans = []
        for item in scene.elements:
            quote = quotes.get(item.quote)
            if item.kind != "dialogue":
                elements.append(DraftElement(kind=item.kind, text=fold(item.text)))
            elif quote is None:
                elements.append(DraftElement(kind="dialogue", text="", quotes=[item.quote]))
            else:
                spans += [quote.start, quote.end]
                elements += _dialogue(reading, item)
        card = SceneCard(
            setting=fold(scene.setting).upper()[:200],
            goal=scene.goal[:500],
            tone=scene.tone,
            tension=scene.tension,
            cast=sorted({e.speaker for e in elements if e.speaker}),
            chapter_start=min(spans, default=None),
            chapter_end=max(spans, default=None),
        )
        scenes.append(DraftScene(card=card, elements=elements))
    return ScriptDraft(scenes=scenes, dropped={d.quote: d.reason for d in answer.dropped})


def _dialogue(reading: Reading, item: ModelElement) -> list[DraftElement]:
    made = []
    for sourced in speech(reading, item.quote, aside=fold(item.text).strip("()")):
        who = reading.attributions.get(item.quote)
        is_cue = sourced.element.kind == "cue"
        made.append(
            DraftElement(
                kind=sourced.element.kind.value,
                text=sourced.element.text,
                speaker=who.speaker if who and is_cue else "",
                quotes=list(sourced.codes) if sourced.element.kind == "dialogue" else [],
            )
        )
    return made
