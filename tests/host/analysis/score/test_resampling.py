"""Intervals of resampled scores on simulated samples whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from device_agent.contract.samples import Prediction
from host.analysis.bundle import load_bundle
from host.analysis.score.contributions import Contributions
from host.analysis.score.resampling import bootstrap_scores, resample
from host.analysis.score.scores import cell_scores
from tests.host.analysis.score.test_paired import of_credits, weighted
from tests.host.bundles import SMALL, make_bundle

LANGUAGES, ROWS = 12, 150


def differences(
    ours: Contributions, theirs: Contributions, seed: int, resamples: int
) -> np.ndarray:
    """Of one task in one language."""
    rows = [str(row) for row in range(len(ours.numerators))]
    (scores,) = bootstrap_scores([[ours, theirs]], [rows], (seed,), resamples)
    return scores[0] - scores[1]


def test_bootstrap_intervals_cover_the_truth() -> None:
    """95 % intervals of a paired difference hold it in about 95 % of experiments."""
    random = np.random.default_rng(6)
    hits = 0
    for seed in range(400):
        # Noise of the same spread on both sides, so the true difference is that of the levels.
        hard = random.uniform(0.2, 0.8, 120)
        ours = of_credits(np.clip(hard + 0.05 + random.normal(0, 0.05, 120), 0, 1))
        theirs = of_credits(np.clip(hard + random.normal(0, 0.05, 120), 0, 1))
        low, high = np.percentile(differences(ours, theirs, seed, 400), [2.5, 97.5])
        hits += low <= 5.0 <= high
    assert 0.91 <= hits / 400 <= 0.98


def test_pairing_makes_the_interval_narrow() -> None:
    """Samples that are hard for both take nothing away from the difference."""
    random = np.random.default_rng(7)
    hard = random.random(500)
    ours, theirs = of_credits(np.clip(hard + 0.01, 0, 1)), of_credits(hard)
    spread = np.std(differences(ours, theirs, 1, 500))
    assert spread < 0.1 * np.std(hard) * 100 / np.sqrt(500)


def test_queries_that_add_nothing_change_no_interval_of_their_own() -> None:
    """Bitext mining: 300 queries with a pair, 3,000 without, as the plain bootstrap has it."""
    random = np.random.default_rng(5)
    above = np.concatenate(
        [2.0 * (random.random((2, 300)) < [[0.7], [0.6]]), np.zeros((2, 3_000))], 1
    )
    below = np.concatenate([np.full(300, 2.0), np.zeros(3_000)])
    ours, theirs = Contributions(above[0], below), Contributions(above[1], below)
    found = differences(ours, theirs, 1, 2_000)
    draws = random.integers(0, 3_300, (2_000, 3_300))
    plain = 100 * (above[0][draws].sum(1) - above[1][draws].sum(1)) / below[draws].sum(1)
    assert np.percentile(found, [2.5, 97.5]) == pytest.approx(
        np.percentile(plain, [2.5, 97.5]), abs=0.6
    )


def test_resampling_is_seeded() -> None:
    """The same seed gives the same numbers to the last digit."""
    ours, theirs = weighted(np.random.default_rng(8), 30, 0.8, 0.75)
    first = differences(ours, theirs, 1, 50)
    assert np.array_equal(first, differences(ours, theirs, 1, 50))


def translated(random: np.random.Generator) -> tuple[list[list[Contributions]], float]:
    """Two variants over translations: a row that one of them gets right, it gets right in most."""
    hard = random.normal(0, 1, (2, ROWS, 1))
    skill = np.array([0.3, 0.0])[:, None, None]
    right = skill + hard + random.normal(0, 1, (2, ROWS, LANGUAGES)) > 0
    cells = [[of_credits(right[v, :, one]) for v in (0, 1)] for one in range(LANGUAGES)]
    # Of two independent standard normals the sum exceeds -0.3 as often as this.
    truth = 100 * (stats.norm.cdf(0.3 / np.sqrt(2)) - 0.5)
    return cells, truth


def test_an_average_over_translations_has_asked_each_question_once() -> None:
    """95 % intervals hold the truth; languages drawn apart make them much too narrow."""
    random = np.random.default_rng(11)
    together, apart, experiments = 0, 0, 200
    for seed in range(experiments):
        cells, truth = translated(random)
        rows = [str(row) for row in range(ROWS)]
        joint = bootstrap_scores(cells, [rows] * LANGUAGES, (seed,), 300)
        alone = [bootstrap_scores([c], [rows], (seed, i), 300)[0] for i, c in enumerate(cells)]
        together += covers(joint, truth)
        apart += covers(alone, truth)
    assert 0.92 <= together / experiments <= 0.98
    assert apart / experiments < 0.75


def covers(scores: list[np.ndarray], truth: float) -> bool:
    """Whether the 95 % interval of the mean difference over languages holds it."""
    low, high = np.percentile(np.mean([one[0] - one[1] for one in scores], axis=0), [2.5, 97.5])
    return bool(low <= truth <= high)


def test_languages_that_share_some_rows_are_drawn_together_in_these() -> None:
    """MLQA has each question in some of its languages; one score alone is as it would be apart."""
    random = np.random.default_rng(12)
    first, second = (of_credits(random.random(200) < 0.6) for _ in range(2))
    rows = [[str(row) for row in range(200)], [str(row) for row in range(150, 350)]]
    drawn = bootstrap_scores([[first], [second]], rows, (1,), 4_000)
    for part, score in zip((first, second), drawn, strict=True):
        error = 100 * np.std(part.numerators) / np.sqrt(200)
        assert np.std(score[0]) == pytest.approx(error, rel=0.1)
    shared = np.corrcoef(first.numerators[150:], second.numerators[:50])[0, 1] * 50 / 200
    assert np.corrcoef(drawn[0][0], drawn[1][0])[0, 1] == pytest.approx(shared, abs=0.1)


def test_only_translations_of_a_row_are_one_row(tmp_path: Path) -> None:
    """XNLI's lines say the same in every language; tagged sentences are others in each."""
    plan = replace(SMALL, cells={"xnli": ("en", "hi"), "udpos": ("de", "en")}, parallel=True)
    bundle = load_bundle(make_bundle(tmp_path / "bundle", plan))
    name = bundle.compared[0].name
    # Every other row is wrong, in both languages of a task.
    wrong: dict[str, Prediction] = {"xnli": "?", "udpos": ()}
    predictions: dict[tuple[str, str, str], dict[str, Prediction]] = {
        (name, task, language): {
            key: gold if number % 2 else wrong[task]
            for number, (key, gold) in enumerate(bundle.gold[task, language].items())
        }
        for task, language in bundle.gold
    }
    scores = {name: cell_scores(bundle, name)}
    found = resample(bundle, predictions, scores, seed=1, resamples=200)
    english, hindi = (found["xnli", language].drawn[name] for language in ("en", "hi"))
    assert np.array_equal(english, hindi)
    german, other = (found["udpos", language].drawn[name] for language in ("de", "en"))
    assert abs(np.corrcoef(german, other)[0, 1]) < 0.3
