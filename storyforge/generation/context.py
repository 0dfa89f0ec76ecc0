"""From sections to the exact bytes a model is shown, within a budget, with a receipt of each choice.

Preview and call are this one function. Same sections and budget, same bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from storyforge.core.errors import StoryforgeError

VERSION = 1
# Measured on English prose with an older tokenizer; used for plans, never for accounts.
CHARACTERS_PER_TOKEN = 3.88
TOKENS_A_WORD = 1.43
FENCES = "data-"  # with what the tag of a fence begins
_TAG = re.compile(rf"<(?=\s*/?\s*{FENCES})", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?…”’\"'])\s+")


class Layer(StrEnum):
    """How long a section stays the same; stable ones come first, so that a cached prefix is long."""

    RULES = "0 rules"  # changes with a release
    PLAN = "1 plan"  # changes when the plan or lock is edited
    STORY = "2 story"  # grows at its end
    TAIL = "3 tail"  # different in every call


class State(StrEnum):
    """What became of a section."""

    INCLUDED = "included"
    TRIMMED = "trimmed"
    OMITTED = "omitted"


class ContextTooBig(StoryforgeError):
    """What must be shown does not fit into what the model may be shown."""

    code = "context_too_big"
    status = 422


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A titled piece of context: the user's data, never instructions.

    A mandatory section is always shown; if it does not fit it is cut at a sentence end, but not below
    `at_least` tokens. Others compete by `weight` per token. `code` names the row it was made from.
    """

    title: str
    text: str
    code: str = ""
    layer: Layer = Layer.TAIL
    mandatory: bool = False
    weight: float = 1.0
    at_least: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A receipt line."""

    title: str
    code: str
    tokens: int
    state: State
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Assembled:
    """The prompt as sent: `parts` joined by blank lines; `prompt_hash` over the bytes.

    The first `stable` parts are the same in other calls of the kind.
    """

    parts: tuple[str, ...]
    stable: int
    items: tuple[Item, ...]
    tokens: int
    prompt_hash: str

    @property
    def text(self) -> str:
        return "\n\n".join(self.parts)


def estimate_tokens(text: str) -> int:
    """Tokens of a text, for planning."""
    return -(-len(text) * 100 // round(CHARACTERS_PER_TOKEN * 100))


def assemble(sections: Iterable[Section], *, budget: int, fence: str) -> Assembled:
    """Choose, cut, order and fence the sections so that they fit `budget` tokens.

    Raises `ContextTooBig`, naming the mandatory parts, when even cut they do not fit.
    """
    wanted = [s for s in sections if s.text.strip()]
    chosen, left = _mandatory([s for s in wanted if s.mandatory], budget)
    omitted = []
    for section in sorted((s for s in wanted if not s.mandatory), key=_greedy):
        cost = estimate_tokens(section.text)
        if cost <= left:
            chosen.append((section, State.INCLUDED))
            left -= cost
        else:  # one that does not fit is skipped; smaller ones behind it may
            omitted.append(section)
    chosen.sort(
        key=lambda pair: (pair[0].layer, not pair[0].mandatory, pair[0].title, pair[0].code)
    )
    parts = tuple(_render(section, fence) for section, _ in chosen)
    items = [_item(section, state) for section, state in chosen]
    items += [_item(s, State.OMITTED, "does not fit the budget") for s in omitted]
    text = "\n\n".join(parts)
    return Assembled(
        parts=parts,
        stable=sum(1 for section, _ in chosen if section.layer < Layer.TAIL),
        items=tuple(items),
        tokens=estimate_tokens(text),
        prompt_hash=hashlib.sha256(text.encode()).hexdigest(),
    )


def _greedy(section: Section) -> tuple[float, str, str]:
    return (-section.weight / max(1, estimate_tokens(section.text)), section.code, section.title)


def _mandatory(sections: list[Section], budget: int) -> tuple[list[tuple[Section, State]], int]:
    """All of them, the longest cut first when they do not fit; and the tokens left."""
    total = sum(estimate_tokens(s.text) for s in sections)
    result = [(s, State.INCLUDED) for s in sections]
    by_size = sorted(range(len(sections)), key=lambda i: (-len(sections[i].text), i))
    for i in by_size:
        if total <= budget:
            break
        section = sections[i]
        tokens = estimate_tokens(section.text)
        keep = max(section.at_least, tokens - (total - budget))
        if not section.at_least or keep >= tokens:
            continue
        cut = replace(section, text=cut_text(section.text, keep))
        result[i] = (cut, State.TRIMMED)
        total -= tokens - estimate_tokens(cut.text)
    if total > budget:
        names = ", ".join(f"{s.title} ({estimate_tokens(s.text):,} tokens)" for s in sections)
        raise ContextTooBig(f"{names} are more than {budget:,} tokens together.")
    return result, budget - total


def cut_text(text: str, tokens: int) -> str:
    """The beginning of a text, cut at the last sentence end within `tokens`."""
    limit = int(tokens * CHARACTERS_PER_TOKEN)
    if len(text) <= limit:
        return text
    kept = text[:limit]
    ends = [m.start() for m in _SENTENCE_END.finditer(kept)]
    return kept[: ends[-1]] if ends else kept


def fenced(fence: str, text: str, **attributes: str) -> str:
    """Words of others as an element that nothing in them can end: no tag of a fence stays one in them.

    The tag alone would not do: whoever reads a receipt, and any model, has seen it.
    """
    told = "".join(f" {name}={value!r}" for name, value in attributes.items())
    return f"<{fence}{_TAG.sub('‹', told)}>\n{_TAG.sub('‹', text.strip())}\n</{fence}>"


def _render(section: Section, fence: str) -> str:
    return fenced(fence, section.text, title=section.title, code=section.code)


def _item(section: Section, state: State, reason: str = "") -> Item:
    if state == State.TRIMMED:
        reason = "cut at a sentence end to fit the budget"
    return Item(
        title=section.title,
        code=section.code,
        tokens=0 if state == State.OMITTED else estimate_tokens(section.text),
        state=state,
        reason=reason,
    )
