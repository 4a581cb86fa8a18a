"""Intervals of a variant's own scores, where the truth is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from host.analysis.bundle import load_bundle
from host.analysis.comparison import compare
from host.analysis.score.contributions import Contributions
from host.analysis.score.intervals import ScoreIntervals, score_intervals
from host.analysis.score.resampling import ResampledCell, bootstrap_scores
from tests.host.analysis.score.test_paired import of_credits
from tests.host.analysis.score.test_suites import cell as scored
from tests.host.bundles import SMALL, make_bundle

EXPERIMENTS = 300


def intervals_of(parts: dict[str, Contributions], seed: int, task: str = "xnli") -> ScoreIntervals:
    """Of one variant in these languages, whose rows are translations of each other."""
    rows = [[str(row) for row in range(len(part.numerators))] for part in parts.values()]
    drawn = bootstrap_scores([[part] for part in parts.values()], rows, (seed,), 300)
    resampled = {
        (task, language): ResampledCell(
            (task, language), len(part.numerators), {"a": part}, {"a": d[0]}, 0.0, {}, {}
        )
        for (language, part), d in zip(parts.items(), drawn, strict=True)
    }
    scores = {
        cell: replace(scored(*cell, one.parts["a"].score), samples=one.samples)
        for cell, one in resampled.items()
    }
    return score_intervals("a", scores, resampled, list(scores))


@pytest.mark.parametrize(("samples", "right"), [(12, 0.9), (40, 0.5), (200, 0.97)])
def test_shares_of_right_samples_are_covered_with_few_samples_too(
    samples: int, right: float
) -> None:
    """95 % intervals hold the truth, near 100 % and with a dozen samples."""
    random = np.random.default_rng(samples)
    hits = 0
    for seed in range(EXPERIMENTS):
        found = intervals_of({"en": of_credits(random.random(samples) < right)}, seed)
        interval = found.cells["xnli", "en"]
        hits += interval.low <= 100 * right <= interval.high
    assert 0.92 <= hits / EXPERIMENTS <= 0.99


def test_a_ratio_of_sums_is_covered() -> None:
    """F1 over chunks: numerators and denominators of sentences differ in size."""
    random = np.random.default_rng(3)
    hits = 0
    for seed in range(EXPERIMENTS):
        chunks = random.integers(1, 9, 150)
        part = Contributions(2.0 * random.binomial(chunks, 0.7), 2.0 * chunks)
        interval = intervals_of({"en": part}, seed, "udpos").cells["udpos", "en"]
        hits += interval.low <= 70.0 <= interval.high
    assert 0.92 <= hits / EXPERIMENTS <= 0.98


def test_an_average_over_equal_translations_is_as_sure_as_one_of_them() -> None:
    """Eight languages with the same rows right and wrong are one language eight times."""
    part = of_credits(np.random.default_rng(4).random(100) < 0.6)
    languages = ("de", "en", "es", "fr", "hi", "ru", "tr", "zh")
    eight = intervals_of(dict.fromkeys(languages, part), 1)
    alone = intervals_of({"en": part}, 1)
    assert eight.tasks["xnli"] == alone.tasks["xnli"]
    assert eight.average == eight.tasks["xnli"]


def test_few_samples_have_no_interval() -> None:
    """Nor has an average that they are part of."""
    random = np.random.default_rng(5)
    parts = {"en": of_credits(random.random(50) < 0.5), "sw": of_credits(np.ones(5))}
    found = intervals_of(parts, 1)
    assert found.cells.keys() == {("xnli", "en")}
    assert (found.tasks, found.average) == ({}, None)


def test_all_right_is_not_sure() -> None:
    """Of 20 samples without an error, up to one in six others may be wrong."""
    found = intervals_of({"en": of_credits(np.ones(20))}, 1)
    assert found.cells["xnli", "en"].low == pytest.approx(83.9, abs=0.1)
    assert found.tasks["xnli"].low == pytest.approx(83.9, abs=0.1)
    assert found.tasks["xnli"].high == 100


def test_a_comparison_has_them_for_every_variant(tmp_path: Path) -> None:
    """Each holds its score, and so does that of the average."""
    plan = replace(SMALL, modes=("accuracy",))
    run = compare([load_bundle(make_bundle(tmp_path / "bundle", plan))]).runs[0]
    for variant in run.variants:
        assert variant.intervals.cells.keys() == variant.cells.keys()
        for cell, interval in variant.intervals.cells.items():
            score = variant.cells[cell].score
            assert score is not None
            assert interval.low <= score <= interval.high
        assert variant.average is not None
        assert variant.intervals.average is not None
        assert variant.intervals.average.low < variant.average < variant.intervals.average.high
