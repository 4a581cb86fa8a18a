"""XCOPA's questions: which of two sentences is the cause, or the effect, of a third."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from host.demo.corpus import concepts
from host.demo.corpus.meaning import Event, State
from host.demo.corpus.sampler import Sampler
from host.demo.corpus.split import split_of, split_of_link


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
        other_cause, other_effect = _another(sampler, cause, effect)
        label = sampler.random.randrange(2)
        asks_cause = number % 2 == 0
        right, wrong = (cause, other_cause) if asks_cause else (effect, other_effect)
        questions.append(
            CausalQuestion(
                premise=effect if asks_cause else cause,
                choices=(right, wrong) if label == 0 else (wrong, right),
                asks="cause" if asks_cause else "effect",
                label=label,
            )
        )
    return questions


def draw_link(
    sampler: Sampler, persons: Sequence[str] = concepts.NAMES
) -> tuple[State, Event]:
    """Return a cause and its effect, of the sampler's split both alone and together."""
    while True:
        verb = sampler.random.choice(tuple(concepts.CAUSES))
        effect = sampler.event(persons, verb=verb)
        cause = State(effect.subject, sampler.random.choice(concepts.CAUSES[verb]))
        if {split_of(cause), split_of_link(cause.predicate, effect)} == {sampler.split}:
            return cause, effect


def _another(sampler: Sampler, cause: State, effect: Event) -> tuple[State, Event]:
    """Return a link about the same person that explains nothing here."""
    while True:
        other_cause, other_effect = draw_link(sampler, [cause.subject])
        unrelated = cause.predicate not in concepts.CAUSES[other_effect.verb]
        if unrelated and other_cause.predicate not in concepts.CAUSES[effect.verb]:
            return other_cause, other_effect
