"""XQuAD's paragraphs: a few events of different people, and questions about one of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from host.demo.corpus.meaning import Asked, Event, Question
from host.demo.corpus.sampler import Sampler

ANSWERS: dict[Question, str] = {
    "who": "subject",
    "where": "place",
    "what": "object",
    "when": "time",
}
"""The slot of the event's sentence that answers each question."""
_EVENTS = 3


@dataclass(frozen=True)
class Passage:
    """A context's sentences in order, and a question whose answer stands in one of them."""

    events: tuple[Event, ...]
    question: Asked


def draw_passages(sampler: Sampler, count: int) -> list[Passage]:
    """Return passages, each with one question; the four kinds of question take turns."""
    words = tuple(ANSWERS)
    passages = []
    for number in range(count):
        events = draw_events(sampler)
        asked = Asked(sampler.random.choice(events), words[number % len(words)])
        passages.append(Passage(events, asked))
    return passages


def draw_events(sampler: Sampler) -> tuple[Event, ...]:
    """Return events that differ in person, deed, place and time, so that no answer is unclear."""
    events: list[Event] = []
    while len(events) < _EVENTS:
        event = sampler.event()
        if all(event.subject != e.subject and event.verb != e.verb for e in events):
            place = sampler.place(but=[e.place for e in events])
            time = sampler.time(but=[e.time for e in events])
            events.append(replace(event, place=place, time=time))
    return tuple(events)
