"""Where in a bundle each number comes from: the seq of the events that hold it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from device_agent.contract.events import GoldenChecked, Ranked, RoundDone, SampleDone, Scored
from host.analysis.bundle import Bundle
from host.report import numbers

_MOST_SPANS = 3
VariantCell = tuple[str, str, str]
"""Variant, task and language."""


@dataclass(frozen=True)
class Sources:
    """The seq of events in a bundle's journal.

    Attributes:
        scored, ranked: By variant, task and language; of retrieval both are there.
        samples: First and last seq of a variant's samples of a task and language.
        golden: By variant and artifact digest.
        rounds: By number of the round.
        invalid: Numbers of the rounds that do not count.
    """

    scored: Mapping[VariantCell, int]
    ranked: Mapping[VariantCell, int]
    samples: Mapping[VariantCell, tuple[int, int]]
    golden: Mapping[tuple[str, str], int]
    rounds: Mapping[int, int]
    invalid: frozenset[int]

    @classmethod
    def of(cls, bundle: Bundle) -> Sources:
        """Look through a bundle's events once."""
        samples: dict[VariantCell, tuple[int, int]] = {}
        for seq, body in bundle.entries(SampleDone):
            key = (body.variant, body.task, body.language)
            samples[key] = (samples.get(key, (seq, seq))[0], seq)
        return cls(
            scored={(b.variant, b.task, b.language): s for s, b in bundle.entries(Scored)},
            ranked={(b.variant, b.task, b.language): s for s, b in bundle.entries(Ranked)},
            samples=samples,
            golden={(b.variant, b.artifact): s for s, b in bundle.entries(GoldenChecked)},
            rounds={b.round: s for s, b in bundle.entries(RoundDone)},
            invalid=frozenset(b.round for b in bundle.bodies(RoundDone) if b.invalid),
        )

    @property
    def valid_seqs(self) -> tuple[int, ...]:
        """The seq of every round that counts."""
        return tuple(s for number, s in self.rounds.items() if number not in self.invalid)

    @property
    def invalid_seqs(self) -> tuple[int, ...]:
        """The seq of every round that does not count."""
        return tuple(s for number, s in self.rounds.items() if number in self.invalid)

    @property
    def sample_seqs(self) -> Iterator[int]:
        """Every seq from the first to the last sample of each task and language."""
        return (seq for first, last in self.samples.values() for seq in range(first, last + 1))

    def score(self, variant: str, task: str, language: str) -> str:
        """Return the events of one variant's score of a task and language, in words."""
        return events(self._of(variant, task, language))

    def difference(self, candidate: str, baseline: str, task: str, language: str) -> str:
        """Return the events of two variants' scores, in words."""
        return events(v for name in (candidate, baseline) for v in self._of(name, task, language))

    def _of(self, variant: str, task: str, language: str) -> list[int]:
        cell = (variant, task, language)
        return [by[cell] for by in (self.ranked, self.scored) if cell in by]


def events(seqs: Iterable[int]) -> str:
    """Return "event 7", "events 7 and 9", "events 7 to 12, 15 to 19 and 30", "no event"."""
    spans = [f"{a}" if a == b else f"{a} to {b}" for a, b in _runs(seqs)]
    if not spans:
        return "no event"
    one = len(spans) == 1 and " " not in spans[0]
    *first, last = spans
    return f"event{'' if one else 's'} {', '.join(first)}{' and ' * bool(first)}{last}"


def span(seqs: Iterable[int]) -> str:
    """As `events`; of many apart from one another their number, the first and the last."""
    every = sorted(set(seqs))
    if len(_runs(every)) <= _MOST_SPANS:
        return events(every)
    return f"{numbers.count(len(every))} events from {every[0]} to {every[-1]}"


def _runs(seqs: Iterable[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for seq in sorted(set(seqs)):
        if found and seq == found[-1][1] + 1:
            found[-1] = (found[-1][0], seq)
        else:
            found.append((seq, seq))
    return found
