"""What would decide, tried on data whose truth is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from host.analysis.answer import words
from host.analysis.answer.answer import answer
from host.analysis.answer.crossed import over_rounds
from host.analysis.answer.deciding import Decided, Enough, enough
from tests.host.analysis.answer.designs import bundle, regimes


def _drawn(seeds: int, columns: int, between: float, shared: float, draw: int) -> np.ndarray:
    random = np.random.default_rng(draw)
    return (
        0.5
        + between * random.standard_normal((seeds, 1))
        + shared * random.standard_normal((1, columns))
        + 0.1 * random.standard_normal((seeds, columns))
    )


def _half(values: np.ndarray) -> float:
    interval = over_rounds(values).interval(0.95)
    return (interval.high - interval.low) / 2


@pytest.mark.parametrize(("between", "shared"), [(0.4, 0.1), (0.05, 1.5), (0.3, 1.0)])
@pytest.mark.parametrize(("seeds", "times"), [(9, 1), (4, 4), (9, 4)])
def test_enlarged_estimates_are_as_wide_as_larger_studies_are(
    between: float, shared: float, seeds: int, times: int
) -> None:
    """What four seeds on 40 samples foretell, larger studies of the same truth have, on average."""
    told, truth = [], []
    for draw in range(200):
        small = over_rounds(_drawn(4, 40, between, shared, draw))
        interval = small.enlarged(seeds, times).interval(0.95)
        told.append((interval.high - interval.low) / 2)
        truth.append(_half(_drawn(seeds, 40 * times, between, shared, 1_000 + draw)))
    assert np.median(told) == pytest.approx(np.median(truth), rel=0.12)


def _needs(seeds: int = 1, times: float = 1.0, work: float = 1.0) -> Decided:
    """Return who decides with that many of each, and of both multiplied."""
    return lambda own, more: own >= seeds and more >= times and own * more >= work


@pytest.mark.parametrize(
    ("needs", "found"),
    [
        (_needs(seeds=7), Enough(seeds=7)),
        (_needs(times=4), Enough(times=4.0)),
        (_needs(work=12), Enough(seeds=12, times=4.0)),
        (_needs(seeds=5, times=2), Enough(together=(5, 2.0))),
        (_needs(seeds=50), Enough()),
    ],
)
def test_the_least_that_decides_is_found(needs: Decided, found: Enough) -> None:
    """Seeds alone, samples alone, and only where neither does, both together."""
    assert enough(3, needs) == found


def test_one_seed_foretells_no_other() -> None:
    """Nothing is known of how seeds differ, so only samples are tried."""
    assert enough(1, _needs(seeds=5)) == Enough()
    assert enough(1, _needs(times=2)) == Enough(times=2.0)


def test_an_undecided_answer_says_what_would_decide(tmp_path: Path) -> None:
    """Seeds that differ much are undecided; as many as it asks for, and some more, decide."""
    gains = (-1.0, 3.0, 9.0)
    found = answer([bundle(tmp_path / "few", *regimes(gains=gains))])
    score = found.parts[0].findings[0].score
    assert score is not None
    assert score.verdict == "INCONCLUSIVE"
    assert score.enough is not None
    assert score.enough.seeds is not None
    (sentence,) = words.sentences(found)
    assert f"{score.enough.seeds} seeds would decide the score" in sentence.replace(
        f" or {score.enough.times or 0:g} times the samples", ""
    )
    more = gains * -(-score.enough.seeds * 3 // 2 // len(gains))
    later = answer([bundle(tmp_path / "many", *regimes(gains=more))])
    told = later.parts[0].findings[0].score
    assert told is not None
    assert told.verdict != "INCONCLUSIVE"
    assert "would decide" not in words.sentences(later)[0]
