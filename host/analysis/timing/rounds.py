"""Takes the paired, interleaved rounds of performance mode out of a bundle, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device_agent.contract.events import Block, RoundDone
from device_agent.measure.ratios import pair, round_means

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Queries:
    """One variant's queries over several rounds; all arrays are int64 [queries].

    Attributes:
        tasks, languages: What each query belongs to.
        total_ns: Tokenising, inference and decoding together.
    """

    tasks: tuple[str, ...]
    languages: tuple[str, ...]
    tokens: Integers
    tokenise_ns: Integers
    infer_ns: Integers
    decode_ns: Integers

    @property
    def total_ns(self) -> Integers:
        return self.tokenise_ns + self.infer_ns + self.decode_ns


def valid(rounds: Sequence[RoundDone]) -> list[RoundDone]:
    """Return the rounds that count."""
    return [done for done in rounds if not done.invalid]


def block(done: RoundDone, variant: str) -> Block:
    """Return one variant's block of a round.

    Raises:
        KeyError: The variant did not run in it.
    """
    for candidate in done.blocks:
        if candidate.variant == variant:
            return candidate
    raise KeyError(variant)


def total_ns(done: RoundDone, variant: str) -> int:
    """Return the time of all of one variant's queries in one round, in nanoseconds."""
    one = block(done, variant)
    return sum(one.tokenise_ns) + sum(one.infer_ns) + sum(one.decode_ns)


def log_ratios(rounds: Sequence[RoundDone], candidate: str, baseline: str) -> Floats:
    """Return log(candidate's time / baseline's time) per round, float64 [rounds].

    Both ran the same queries in the same round, so what the round was like cancels out;
    `round_means` says how queries are weighed.
    """
    return round_means([pair(done, candidate, baseline) for done in rounds])


def total_ratio(rounds: Sequence[RoundDone], candidate: str, baseline: str) -> float:
    """Return the ratio of the time of all queries together, long ones and rare stalls in full."""
    over, under = (sum(total_ns(done, name) for done in rounds) for name in (candidate, baseline))
    return over / under


def queries(rounds: Sequence[RoundDone], variant: str) -> Queries:
    """Return one variant's queries over the given rounds, in the order they were run."""
    blocks = [block(done, variant) for done in rounds]

    def together(name: str) -> Integers:
        return np.array([value for b in blocks for value in getattr(b, name)], dtype=np.int64)

    return Queries(
        tasks=tuple(task for b in blocks for task in b.tasks),
        languages=tuple(language for b in blocks for language in b.languages),
        tokens=together("tokens"),
        tokenise_ns=together("tokenise_ns"),
        infer_ns=together("infer_ns"),
        decode_ns=together("decode_ns"),
    )
