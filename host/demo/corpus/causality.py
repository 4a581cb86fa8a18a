"""XCOPA's questions: which of two sentences is the cause, or the effect, of a third."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from host.demo.corpus import concepts
from host.demo.corpus.meaning import Event, State
from host.demo.corpus.sampler import Sampler
from host.demo.corpus.split import split_of, split_of_link

_ALL_CAUSES = tuple(dict.fromkeys(cause for causes in concepts.CAUSES.values() for cause in causes))


@dataclass(frozen=True)
class CausalQuestion:
    """A premise and two alternatives; `label` is the 0-based index of the plausible one."""

    premise: Event | State
    choices: tuple[Event | State, Event | State]
    asks: Literal["cause", "effect"]
    label: int


def draw_questions(sampler: Sampler, count: int) -> list[CausalQuestion]:
    """Return questions about named persons' reasons and deeds, causes and effects in turn."""
    questions = []
    for number in range(count):
        cause, effect = draw_link(sampler)
        asks_cause = number % 2 == 0
        label = sampler.random.randrange(2)
        right = cause if asks_cause else effect
        wrong = _wrong_cause(sampler, effect) if asks_cause else _wrong_effect(sampler, cause)
        questions.append(
            CausalQuestion(
                premise=effect if asks_cause else cause,
                choices=(right, wrong) if label == 0 else (wrong, right),
                asks="cause" if asks_cause else "effect",
                label=label,
            )
        )
    return questions


def draw_link(sampler: Sampler) -> tuple[State, Event]:
    """Return a cause and its effect, of the sampler's split both alone and together."""
    while True:
        effect = sampler.event(concepts.NAMES)
        if causes := concepts.CAUSES.get(effect.verb):
            cause = State(effect.subject, sampler.random.choice(causes))
            if {split_of(cause), split_of_link(cause.predicate, effect)} == {sampler.split}:
                return cause, effect


def _wrong_cause(sampler: Sampler, effect: Event) -> State:
    """Return something about the same person that does not explain the effect."""
    others = [cause for cause in _ALL_CAUSES if cause not in concepts.CAUSES[effect.verb]]
    return sampler.state([effect.subject], others)


def _wrong_effect(sampler: Sampler, cause: State) -> Event:
    """Return something that the same person does, for another reason."""
    while True:
        event = sampler.event([cause.subject])
        if cause.predicate not in concepts.CAUSES.get(event.verb, (cause.predicate,)):
            return event
