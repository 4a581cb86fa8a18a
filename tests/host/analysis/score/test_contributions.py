"""A score is the ratio of its samples' contributions, for every task."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.events import Scored
from device_agent.metrics.mining import pair_f1
from host.analysis.bundle import load_bundle
from host.analysis.evidence.recompute import collect_predictions
from host.analysis.score.averages import cell_score
from host.analysis.score.contributions import contributions
from tests.host.bundle_plan import all_cells
from tests.host.bundles import Plan, make_bundle


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_contributions_add_up_to_the_official_score(tmp_path: Path, seed: int) -> None:
    """For every task and language, 100 Σ numerators / Σ denominators is what the task reports."""
    bundle = load_bundle(
        make_bundle(tmp_path / "b", Plan(samples=25, modes=("accuracy",), seed=seed))
    )
    predictions = collect_predictions(bundle)
    for scored in bundle.bodies(Scored):
        cell = (scored.task, scored.language)
        made = predictions[scored.variant, scored.task, scored.language]
        found = contributions(*cell, made, bundle.gold[cell])
        assert found.score == pytest.approx(cell_score(scored.metrics, scored.primary), abs=1e-9)


def test_tagging_counts_chunks_not_tokens() -> None:
    """One sentence of two chunks, one of them right: F1 = 2 · 1 / (2 + 2)."""
    gold = {"a": ("NOUN", "NOUN", "VERB")}
    found = contributions("udpos", "en", {"a": ("NOUN", "NOUN", "ADJ")}, gold)
    assert (found.numerators.tolist(), found.denominators.tolist()) == ([2.0], [4.0])


def test_question_answering_takes_the_mean_of_em_and_f1() -> None:
    """Half the words right: EM 0, F1 2/3, so the contribution is 1/3."""
    found = contributions("xquad", "en", {"a": "red"}, {"a": ("red fish",)})
    assert found.numerators.tolist() == pytest.approx([1 / 3])


def test_no_samples_contribute_nothing() -> None:
    """Without gold the score of nothing is 0, not an error."""
    assert contributions("xnli", "en", {}, {}).score == 0.0


def test_mining_counts_pairs_not_credits() -> None:
    """Two right of three mined, four pairs there are: F1 = 4 / 7, whatever the credits' mean is."""
    gold = {"a": ("1",), "b": ("2",), "c": (), "d": (), "e": ("5",), "f": ("6",)}
    mined = {"a": ("1",), "b": ("2",), "c": ("9",), "d": (), "e": (), "f": ()}
    found = contributions("bucc2018", "de", mined, gold)
    assert found.score == pytest.approx(400 / 7)
    assert found.score == pytest.approx(
        pair_f1(
            [("a", "1"), ("b", "2"), ("e", "5"), ("f", "6")], [("a", "1"), ("b", "2"), ("c", "9")]
        ).f1
    )
    assert not found.right_or_wrong


@pytest.mark.parametrize(
    ("task", "expected"), [("lareqa", False), ("mewslix", False), ("tatoeba", True)]
)
def test_average_precisions_are_never_right_or_wrong(task: str, expected: bool) -> None:
    """Although every one of these is 1."""
    found = contributions(task, "de", {"q": ("1",)}, {"q": ("1",)})
    assert found.numerators.tolist() == [1.0]
    assert found.right_or_wrong is expected


def test_every_task_adds_up(tmp_path: Path) -> None:
    """All twelve, in two languages."""
    cells = {task: languages[:2] for task, languages in all_cells().items()}
    bundle = load_bundle(
        make_bundle(tmp_path / "b", Plan(cells=cells, samples=9, modes=("accuracy",)))
    )
    predictions = collect_predictions(bundle)
    for scored in bundle.bodies(Scored):
        cell = (scored.task, scored.language)
        found = contributions(
            *cell, predictions[scored.variant, scored.task, scored.language], bundle.gold[cell]
        )
        assert found.score == pytest.approx(cell_score(scored.metrics, scored.primary), abs=1e-9)
