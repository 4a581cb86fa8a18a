"""The benchmark's averages, by hand."""

from __future__ import annotations

import pytest

from host.analysis.score.averages import cell_score, mean, overall


def test_question_answering_averages_em_and_f1() -> None:
    """A QA cell counts (EM + F1) / 2, any other its primary metric."""
    assert cell_score({"exact_match": 50.0, "f1": 70.0}, "f1") == 60.0
    assert cell_score({"f1": 70.0, "precision": 80.0, "recall": 62.2}, "f1") == 70.0


def test_nothing_has_no_mean_and_unscored_is_no_zero() -> None:
    """None stays out, and is what remains where there is nothing else."""
    assert mean([]) is None
    assert overall([None]) is None
    assert overall([None, 40.0, 60.0]) == pytest.approx(50.0)
