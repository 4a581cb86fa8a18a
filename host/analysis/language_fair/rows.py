"""One variant's timed queries, gathered row by row: a row that was run again is still one row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from device_agent.contract.events import Block, RoundDone
from device_agent.measure.ratios import winsorised
from host.analysis.bundle import Cell
from host.analysis.timing.rounds import Floats, block

TIME, TOKENS, CHARACTERS, BYTES = range(4)


@dataclass(frozen=True)
class Rows:
    """What one variant measured in one task and language.

    Attributes:
        runs: Queries, repeated rows included.
        means: By sample id: time in ns, tokens, characters and UTF-8 bytes, float64 [4], the mean
            over its runs; characters and bytes are NaN from older agents.
    """

    runs: int
    means: Mapping[str, Floats]

    def column(self, quantity: int, samples: Iterable[str] | None = None) -> Floats:
        """Return one quantity of the given samples, or of all, float64 [samples]."""
        wanted = self.means if samples is None else samples
        return np.array([self.means[sample][quantity] for sample in wanted], dtype=np.float64)

    @property
    def is_sized(self) -> bool:
        """Whether characters and bytes are told of every row, and there are some."""
        total = float(np.sum(self.column(CHARACTERS)))
        return total > 0 and not np.isnan(total)


def rows_of(rounds: Sequence[RoundDone], variant: str) -> dict[Cell, Rows]:
    """Return one variant's rows over valid rounds, by task and language.

    What a board does to a single query is held as it is for the latency between variants: the log
    of its time per token to three robust deviations of its task, around the median of its task and
    language. So a stall is not a language's.
    """
    blocks = [block(done, variant) for done in rounds]
    cells = [cell for one in blocks for cell in zip(one.tasks, one.languages, strict=True)]
    samples = [sample for one in blocks for sample in one.sample_ids]
    queries = np.array([query for one in blocks for query in _quantities(one)], dtype=np.float64)
    tokens = queries[:, TOKENS]
    queries[:, TIME] = tokens * np.exp(winsorised(np.log(queries[:, TIME] / tokens), cells))
    own: dict[Cell, dict[str, list[int]]] = {}
    for index, (cell, sample) in enumerate(zip(cells, samples, strict=True)):
        own.setdefault(cell, {}).setdefault(sample, []).append(index)
    return {
        cell: Rows(
            runs=sum(map(len, by_sample.values())),
            means={sample: np.mean(queries[runs], axis=0) for sample, runs in by_sample.items()},
        )
        for cell, by_sample in own.items()
    }


def _quantities(one: Block) -> Iterator[tuple[float, ...]]:
    """Yield time, tokens, characters and bytes of each query."""
    unknown = (float("nan"),) * len(one.tokens)
    times = zip(one.tokenise_ns, one.infer_ns, one.decode_ns, strict=True)
    return zip(
        map(sum, times),
        one.tokens,
        one.characters or unknown,
        one.utf8_bytes or unknown,
        strict=True,
    )
