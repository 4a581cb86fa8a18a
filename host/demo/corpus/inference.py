"""XNLI's pairs: what follows from a premise, what contradicts it, and what it leaves open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from host.demo.corpus import concepts
from host.demo.corpus.meaning import Clause, Event, Located, State
from host.demo.corpus.sampler import Sampler


@dataclass(frozen=True)
class Pair:
    """A premise, a hypothesis, and XNLI's label for them."""

    premise: Event
    hypothesis: Clause
    label: str


def draw_pairs(sampler: Sampler, premises: int) -> list[Pair]:
    """Return three pairs a premise, one for each label, in random order, as XNLI has them."""
    pairs: list[Pair] = []
    for _ in range(premises):
        premise = _premise(sampler)
        three = [
            Pair(premise, sampler.random.choice(make(premise, sampler))(), label)
            for label, make in _HYPOTHESES.items()
        ]
        sampler.random.shuffle(three)
        pairs += three
    return pairs


def _premise(sampler: Sampler) -> Event:
    event = replace(sampler.event(), place=sampler.place())
    kind = sampler.random.choice(("plain", "time", "companion", "state"))
    if kind == "time":
        return replace(event, time=sampler.time())
    if kind == "companion":
        return replace(event, companion=sampler.companion(event.subject))
    if kind == "state":
        return replace(event, state=sampler.random.choice(concepts.STATES))
    return event


def _entailed(premise: Event, _: Sampler) -> list[Callable[[], Clause]]:
    """Leave something out, say less exactly, or keep one fact alone."""
    bare = replace(premise, state=None)
    ways: list[Callable[[], Clause]] = [
        lambda: replace(bare, place=None),
        lambda: replace(bare, subject=concepts.SOMEONE),
        lambda: replace(bare, noun=concepts.SOMETHING, colour=None),
        lambda: Located(premise.subject, premise.place or ""),
    ]
    if premise.time or premise.companion:
        ways.append(lambda: replace(bare, time=None, companion=None))
    if premise.state:
        ways.append(lambda: State(premise.subject, premise.state or ""))
    return ways


def _contradicted(premise: Event, sampler: Sampler) -> list[Callable[[], Clause]]:
    """Deny it, move it elsewhere, or say the opposite."""
    bare = replace(premise, state=None)
    elsewhere = sampler.place(but=[premise.place])
    ways: list[Callable[[], Clause]] = [
        lambda: replace(bare, negated=True),
        lambda: replace(bare, place=elsewhere),
        lambda: Located(premise.subject, elsewhere),
        lambda: Located(premise.subject, premise.place or "", negated=True),
    ]
    if premise.state:
        ways.append(lambda: State(premise.subject, concepts.OPPOSITES[premise.state or ""]))
    return ways


def _open(premise: Event, sampler: Sampler) -> list[Callable[[], Clause]]:
    """Add a fact that the premise does not tell, or speak of somebody else."""
    bare = replace(premise, state=None)
    known = (premise.state, concepts.OPPOSITES.get(premise.state or ""))
    states = [state for state in concepts.STATES if state not in known]
    other = sampler.random.choice([p for p in concepts.PERSONS if p != premise.subject])
    ways: list[Callable[[], Clause]] = [
        lambda: State(premise.subject, sampler.random.choice(states)),
        lambda: Located(other, premise.place or ""),
    ]
    if not premise.companion:
        ways.append(lambda: replace(bare, companion=sampler.companion(premise.subject)))
    if not premise.time:
        ways.append(lambda: replace(bare, time=sampler.time()))
    return ways


_HYPOTHESES: dict[str, Callable[[Event, Sampler], list[Callable[[], Clause]]]] = {
    "contradiction": _contradicted,
    "entailment": _entailed,
    "neutral": _open,
}
