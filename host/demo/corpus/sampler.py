"""Draws random clauses that belong to one split."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

from host.demo.corpus import concepts
from host.demo.corpus.meaning import Clause, Event, Located, State
from host.demo.corpus.split import Split, split_of

C = TypeVar("C", bound=Clause)


class Sampler:
    """Random clauses of one split; equal seeds draw equal clauses.

    Args:
        seed: Of the random stream.
        split: Every clause drawn belongs to it.
    """

    def __init__(self, seed: int, split: Split) -> None:
        self.random = random.Random(seed)
        self.split = split

    def event(self, persons: Sequence[str] = concepts.PERSONS) -> Event:
        """Draw an event with nothing but its verb, object and, half the time, a colour."""

        def draw() -> Event:
            verb = self.random.choice(tuple(concepts.OBJECTS))
            noun = self.random.choice(concepts.OBJECTS[verb])
            coloured = noun in concepts.COLOURED and self.random.random() < 0.5
            colour = self.random.choice(concepts.COLOURS) if coloured else None
            return Event(self.random.choice(persons), verb, noun, colour)

        return self.of_split(draw)

    def located(self, persons: Sequence[str] = concepts.PERSONS) -> Located:
        """Draw who is where."""
        return self.of_split(lambda: Located(self.random.choice(persons), self.place()))

    def state(
        self,
        persons: Sequence[str] = concepts.PERSONS,
        predicates: Sequence[str] = concepts.PREDICATES,
    ) -> State:
        """Draw who is how."""
        return self.of_split(
            lambda: State(self.random.choice(persons), self.random.choice(predicates))
        )

    def place(self, *, but: Sequence[str | None] = ()) -> str:
        """Draw a place."""
        return self.random.choice([place for place in concepts.PLACES if place not in but])

    def time(self, *, but: Sequence[str | None] = ()) -> str:
        """Draw a time; half of all are hours of the clock."""
        names = [time for time in concepts.TIMES if time not in but]
        clock = [time for time in names if time.startswith("at_")]
        return self.random.choice(clock if self.random.random() < 0.5 else names)

    def companion(self, subject: str) -> str:
        """Draw somebody else's name."""
        return self.random.choice([name for name in concepts.NAMES if name != subject])

    def of_split(self, draw: Callable[[], C]) -> C:
        """Repeat a draw until its clause belongs to this split."""
        while split_of(clause := draw()) != self.split:
            pass
        return clause
