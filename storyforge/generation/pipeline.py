"""The one path every generation takes, from a claimed job to saved rows."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from pydantic import ValidationError

from storyforge.ai.errors import Answered, ProviderUnavailable, Stopped
from storyforge.ai.prices import UnknownPrice, cost_micros
from storyforge.ai.text.base import TextRequest, Usage
from storyforge.core.errors import InvalidOutput, StoryforgeError
from storyforge.generation.breaker import behind_breaker
from storyforge.generation.callers import Caller, caller_for
from storyforge.generation.context import VERSION, Assembled, Section, estimate_tokens
from storyforge.generation.models import Made, MadeBy, PromptPart, Receipt
from storyforge.generation.prompt import TURNS, Asking, Terms, asking, text_request
from storyforge.generation.records import Record
from storyforge.generation.words import Words
from storyforge.jobs.errors import CancelRequested
from storyforge.jobs.execution import Execution, released_db
from storyforge.jobs.models import Job, ProviderCall
from storyforge.jobs.spending import Outcome
from storyforge.jobs.targets import load_target, lock_target
from storyforge.money.estimates import worst_case

if TYPE_CHECKING:
    from storyforge.generation.spec import Generation

CALLS = TURNS
# Tokens beside the context: system text, task, wishes (4,000 characters), schema, list of problems.
AROUND_CONTEXT = 6_000

Output = TypeVar("Output", bound=Record)


class Failed(InvalidOutput):
    """The writer's answer never fitted, also after it was shown what was wrong."""

    def __init__(self, problems: Sequence[str], code: str) -> None:
        self.code = code  # type: ignore[misc]
        super().__init__(list(problems)[:20])


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a call: the answer or its problems, the provider's counts, and what went wrong."""

    answer: dict[str, Any]
    model: str
    usage: Usage | None
    failure: StoryforgeError | None = None


class Writing:
    """A generation at work: its target, the request, and the ways to ask a model or keep a step."""

    def __init__(self, spec: Generation, execution: Execution) -> None:
        self.spec = spec
        self.execution = execution
        self.job = execution.job
        self.request = spec.request.model_validate(self.job.input)
        self.target = load_target(self.job, spec.target, spec.action)
        self.models: list[str] = []
        self.read: Sequence[Section] | None = None  # what the rules read, where they say so

    def progress(self, done: int, total: int, label: str) -> None:
        """Tell how far the work is; the job may stop here."""
        self.execution.progress(done, total, label)

    def keep(self, name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The output of a step: from the journal when an earlier attempt finished it."""
        self.execution.check()
        done = self.execution.step(name)
        if done is None:
            done = self.execution.record_step(name, output=make())
        output: dict[str, Any] = done.output
        return output

    def ask(
        self,
        output: type[Output],
        sections: Iterable[Section],
        *,
        instructions: str,
        name: str = "write",
        check: Callable[[Output], Sequence[str]] | None = None,
        terms: Terms | None = None,
    ) -> Output:
        """Ask the model for an `output`; show it what is wrong with a bad answer, once.

        Each call is a journaled step: a crash between the calls pays neither again. Raises `Failed`.
        """
        check = check or (lambda o: self.spec.problems(self.target, o, self.request))
        told = asking(
            self.spec,
            self.target,
            output,
            sections,
            instructions=instructions,
            wishes=self.request.instructions,
            terms=terms,
        )
        problems: list[str] = []
        for turn in range(1, told.terms.turns + 1):
            answer = self._call(f"{name}.{turn}", told, text_request(self.spec, told, problems))
            record, problems = _read(output, answer, check)
            if record is not None:
                return record
        raise Failed(problems, self.spec.failure_code)

    def _call(self, step: str, told: Asking, request: TextRequest) -> dict[str, Any]:
        """One provider call, or its journaled answer: {"data": …} or {"problems": […]}."""
        done = self.execution.step(step)
        if done is not None:
            self.models.append(done.model)
            return dict(done.output)
        self.execution.check()
        with caller_for(self.spec.provider, self.job.account_id) as caller:
            return self._call_now(step, caller, told, request)

    def _call_now(
        self, step: str, caller: Caller, told: Asking, request: TextRequest
    ) -> dict[str, Any]:
        seconds = told.terms.seconds or self.spec.call_seconds()
        call, heard = self._complete(step, caller, request, seconds=seconds)
        outcome, figures = _figures(heard, asked=call.model, own=caller.own)
        if heard.failure is not None and not isinstance(heard.failure, InvalidOutput):
            self.execution.end_call(call, outcome=outcome, **figures)
            self.execution.check()  # a stopped call: why it was stopped says how the job goes on
            raise heard.failure
        self.models.append(heard.model)
        with transaction.atomic():  # a step without its receipt would never get one
            self.execution.record_step(
                step, output=heard.answer, call=call, outcome=outcome, model=heard.model, **figures
            )
            known = {"model": heard.model, "price_known": outcome == Outcome.ANSWERED}
            self._keep_receipt(step, told.assembled, request.prompt, {**known, **figures})
        return heard.answer

    def _complete(
        self, step: str, caller: Caller, request: TextRequest, *, seconds: float | None
    ) -> tuple[ProviderCall, Heard]:
        """Make the call, written down before; what came of it. Raises what keeps it from being made."""
        provider, words = caller.provider, Words(self.execution, step, self.spec.shown)
        patience = Patience(words.should_stop, seconds)
        try:
            with behind_breaker(caller.breaker):
                call = self._begin(step, caller, request)
                with released_db():
                    result = provider.complete(
                        request, on_text=words.add, should_stop=patience.is_over
                    )
        except Answered as error:
            # Tokens were spent. A bad answer is a finished step, shown what was wrong with it.
            words.end()
            problems = getattr(error, "problems", [error.message])
            failure = patience.instead_of(error)
            usage = self._counted(error)
            return call, Heard(
                {"problems": problems}, model=provider.model, usage=usage, failure=failure
            )
        except StoryforgeError as error:
            if self.execution.call is None:
                raise
            return call, Heard(
                {}, model=provider.model, usage=None, failure=patience.instead_of(error)
            )
        words.end()
        return call, Heard({"data": result.data}, model=result.model, usage=result.usage)

    def _counted(self, error: Answered) -> Usage | None:
        """The provider's counts; those of a call that its own account stopped end with what had come.

        Were they unknown the operator would pay, and whoever reads along could stop each answer at its last word.
        """
        usage = error.usage
        stopped = isinstance(self.execution.interruption, CancelRequested)
        if usage is None or usage.output_tokens is not None or not stopped:
            return usage
        return replace(usage, output_tokens=estimate_tokens(error.text))

    def _begin(self, step: str, caller: Caller, request: TextRequest) -> ProviderCall:
        """Write the call down with its worst case: this prompt, and the longest answer."""
        text = f"{request.system}{request.prompt}{json.dumps(request.schema)}"
        model, worst = caller.provider.model, 0
        if not caller.own:
            tokens = estimate_tokens(text)
            worst = worst_case(model, calls=1, max_input=tokens, max_output=request.max_tokens)
        return self.execution.begin_call(step, model=model, worst_micros=worst)

    def _keep_receipt(
        self, step: str, assembled: Assembled, prompt: str, figures: dict[str, Any]
    ) -> None:
        Receipt.keep(
            self.job,
            step,
            writer=MadeBy.MODEL,
            assembler_version=VERSION,
            prompt_hash=hashlib.sha256(prompt.encode()).hexdigest(),
            parts=PromptPart.keep(self.job.project_id, [self.spec.system, prompt]),
            items=_items(assembled),
            **figures,
        )


class Patience:
    """Stops a call for the reason its job has, or because it has taken so many seconds."""

    def __init__(self, should_stop: Callable[[], bool], seconds: float | None) -> None:
        self._should_stop = should_stop
        self._end = time.monotonic() + seconds if seconds else None
        self._ran_out = False

    def is_over(self) -> bool:
        """Asked between pieces and while the model is silent."""
        if self._should_stop():
            return True
        self._ran_out = self._end is not None and time.monotonic() > self._end
        return self._ran_out

    def instead_of(self, error: StoryforgeError) -> StoryforgeError:
        """What to tell of the stopped call: one that took too long may be tried again."""
        if not (self._ran_out and isinstance(error, Stopped)):
            return error
        late = ProviderUnavailable("The AI service took too long.")
        late.usage = error.usage
        return late


def _figures(heard: Heard, *, asked: str, own: bool) -> tuple[str, dict[str, int]]:
    """How a call is booked, and what it counts for: nothing with the account's own key.

    `failed` where the provider said nothing, `unknown` where it broke off before it gave its counts.
    An answer under a name without a price costs what the model costs that was asked.
    """
    usage = heard.usage
    if usage is None:
        return Outcome.FAILED, {"input_tokens": 0, "output_tokens": 0, "cost_micros": 0}
    figures = {
        "input_tokens": usage.input_tokens or 0,
        "output_tokens": usage.output_tokens or 0,
        "cost_micros": 0,
    }
    if usage.input_tokens is None or usage.output_tokens is None:
        return Outcome.UNKNOWN, figures
    if own:
        return Outcome.ANSWERED, figures
    try:
        figures["cost_micros"] = cost_micros(heard.model, usage)
    except UnknownPrice:
        figures["cost_micros"] = cost_micros(asked, usage)
    return Outcome.ANSWERED, figures


def _read(
    output: type[Output], answer: dict[str, Any], check: Callable[[Output], Sequence[str]]
) -> tuple[Output | None, list[str]]:
    """The record when the answer fits, else None and what is wrong."""
    if "problems" in answer:
        return None, list(answer["problems"])
    try:
        record = output.model_validate(answer["data"])
    except ValidationError as error:
        return None, [f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors()]
    problems = list(check(record))
    return (None, problems) if problems else (record, [])


def _items(assembled: Assembled) -> list[dict[str, Any]]:
    return [
        {
            "title": item.title,
            "code": item.code,
            "tokens": item.tokens,
            "state": item.state,
            "reason": item.reason,
        }
        for item in assembled.items
    ]


def run(spec: Generation, execution: Execution) -> None:
    """Write by the job's writer, check, and save together with the completion."""
    writing = Writing(spec, execution)
    job = execution.job
    by_model = job.writer == Job.Writer.MODEL
    read: list[dict[str, Any]] = []
    if by_model:
        output = spec.write_by_model(writing)
    else:
        output = spec.write_by_rules(writing)
        if problems := spec.problems(writing.target, output, writing.request):
            raise Failed(problems, spec.failure_code)
        read = _read_by_rules(writing)
    execution.check()
    with execution.completing() as result:
        if not by_model:
            Receipt.keep(job, "rules", writer=MadeBy.RULES, items=read)
        # The lock orders concurrent saves on one target, so that version numbers have no gap.
        target = lock_target(writing.target)
        made = _made(job, writing, result, by_model=by_model)
        rows = spec.save(target, output, made=made, request=writing.request)
        result["created"] = [{"type": r._meta.model_name, "id": str(r.pk)} for r in rows]


def _made(job: Job, writing: Writing, result: dict[str, Any], *, by_model: bool) -> Made:
    return Made(
        generation_method=MadeBy.MODEL if by_model else MadeBy.RULES,
        model_used=writing.models[-1] if writing.models else "",
        generation_cost_micros=job.spent_micros,
        job=job,
        result=result,
    )


def _read_by_rules(writing: Writing) -> list[dict[str, Any]]:
    """What the rules were made from: the same sections, all of them, at no cost."""
    sections = writing.read
    if sections is None:
        sections = list(writing.spec.sections(writing.target, writing.request))
    return [
        {
            "title": s.title,
            "code": s.code,
            "tokens": 0,
            "state": "included",
            "reason": "read by rules",
        }
        for s in sections
        if s.text.strip()
    ]
