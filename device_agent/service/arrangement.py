"""Which row of an embedding file holds which sample's vector."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from device_agent.contract.samples import Sample, SentenceInput
from device_agent.tasks.protocol import Embedded


class Side(Enum):
    """What a sentence is there for; in the order in which their vectors lie in the file."""

    CANDIDATE = auto()
    QUERY = auto()
    TUNING_CANDIDATE = auto()
    TUNING_QUERY = auto()


@dataclass
class _Entries:
    """One side of one dataset; ids of a million sentences take some 70 MB."""

    ids: list[str] = field(default_factory=list)
    same_as: dict[int, str] = field(default_factory=dict)
    begin: int = 0


class Arrangement:
    """The datasets' sides, one behind another.

    In a dataset queries and candidates may alternate. In the file all candidates lie side by side,
    dataset by dataset, then all queries and so on, so that each side, and a pool over languages
    too, is one slice of it.

    Args:
        datasets: Samples by language; read through once.

    Attributes:
        count: Rows of the file.
    """

    def __init__(self, datasets: Mapping[str, Iterable[Sample]]) -> None:
        self._entries = {key: _Entries() for key in product(datasets, Side)}
        for language, samples in datasets.items():
            for sample in samples:
                assert isinstance(sample.input, SentenceInput)
                entries = self._entries[language, _side(sample.input)]
                if sample.input.same_as is not None:
                    entries.same_as[len(entries.ids)] = sample.input.same_as
                entries.ids.append(sample.id)
        self.count = 0
        for side in Side:
            for language in datasets:
                self._entries[language, side].begin = self.count
                self.count += len(self._entries[language, side].ids)

    def place(self, language: str, samples: Iterable[Sample]) -> Iterator[tuple[int, Sample]]:
        """Yield each of a dataset's samples, all of them in order, behind its vector's row."""
        rows = {side: self._entries[language, side].begin for side in Side}
        for sample in samples:
            assert isinstance(sample.input, SentenceInput)
            side = _side(sample.input)
            yield rows[side], sample
            rows[side] += 1

    def embedded(
        self, side: Side, languages: Sequence[str], vectors: npt.NDArray[np.floating[Any]]
    ) -> Embedded:
        """Return one side of neighbouring datasets.

        Args:
            side: Which one.
            languages: In the order of the datasets; one, or all.
            vectors: float32 or float16 [count, hidden], the whole file; it is sliced, not copied.
        """
        ids: list[str] = []
        same_as: dict[int, str] = {}
        for language in languages:
            entries = self._entries[language, side]
            same_as |= {len(ids) + row: first for row, first in entries.same_as.items()}
            ids += entries.ids
        begin = self._entries[languages[0], side].begin
        return Embedded(ids=ids, vectors=vectors[begin : begin + len(ids)], same_as=same_as)


def _side(sentence: SentenceInput) -> Side:
    if sentence.tuning:
        return Side.TUNING_QUERY if sentence.role == "query" else Side.TUNING_CANDIDATE
    return Side.QUERY if sentence.role == "query" else Side.CANDIDATE
