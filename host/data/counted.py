"""A packed dataset with what it consists of, and what a user should know of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from device_agent.contract.runspec import Dataset
from host.data.counts import Counts


@dataclass(frozen=True)
class Counted:
    """A dataset, with its counts apart.

    Attributes:
        counts: Of what was packed.
        available: Of what there was before limits.
    """

    dataset: Dataset
    counts: Counts
    available: Counts


def notes_on(task: str, packed: Sequence[Counted], candidates: int | None) -> Iterator[str]:
    """Yield what differs from what a study asks for, a line each, languages together.

    Args:
        task: Its name.
        packed: All its languages and its pool.
        candidates: How many candidates the study asks for; None for all.
    """
    ungolden = [one for one in packed if one.counts.with_gold < one.counts.queries]
    if ungolden:
        parts = (
            f"{one.dataset.language} {one.counts.with_gold} of {one.counts.queries}"
            for one in ungolden
        )
        yield f"{task}: queries without gold are run and unscored; with gold: {', '.join(parts)}."
    if candidates is None:
        return
    more: dict[int, list[str]] = {}
    fewer: dict[int, list[str]] = {}
    for one in packed:
        there = one.counts.candidates
        if there and there != candidates:
            (more if there > candidates else fewer).setdefault(there, []).append(
                one.dataset.language
            )
    for numbers, reason in ((more, "gold names that many"), (fewer, "no more are there")):
        if numbers:
            parts = (f"{there} in {' '.join(found)}" for there, found in numbers.items())
            yield f"{task}: candidates: {candidates} became {', '.join(parts)}, since {reason}."
