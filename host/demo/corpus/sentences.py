"""Single sentences of every form: UDPOS's sentences and Tatoeba's translations."""

from __future__ import annotations

from dataclasses import replace

from host.demo.corpus import concepts
from host.demo.corpus.meaning import Asked, Clause, Event
from host.demo.corpus.passages import ANSWERS
from host.demo.corpus.sampler import Sampler


def draw_clauses(sampler: Sampler, count: int) -> list[Clause]:
    """Return different clauses: mostly events, some places, states and questions."""
    clauses: dict[Clause, None] = {}
    while len(clauses) < count:
        clauses[_draw(sampler)] = None
    return list(clauses)


def _draw(sampler: Sampler) -> Clause:
    kind = sampler.random.choices(
        ("event", "located", "state", "state_event", "question"), (5, 1, 2, 1, 1)
    )[0]
    if kind == "located":
        return replace(sampler.located(), negated=sampler.random.random() < 0.3)
    if kind == "state":
        return sampler.state()
    event = replace(sampler.event(), place=sampler.place())
    if kind == "state_event":
        return replace(event, state=sampler.random.choice(concepts.STATES))
    event = _detailed(event, sampler)
    if kind == "question":
        return Asked(event, sampler.random.choice(tuple(ANSWERS)))
    return event


def _detailed(event: Event, sampler: Sampler) -> Event:
    """Add time, company or a negation, each now and then."""
    time, company, negated, place = (
        sampler.random.random() < share for share in (0.5, 0.3, 0.2, 0.7)
    )
    return replace(
        event,
        place=event.place if place else None,
        time=sampler.time() if time else None,
        companion=sampler.companion(event.subject) if company else None,
        negated=negated,
    )
