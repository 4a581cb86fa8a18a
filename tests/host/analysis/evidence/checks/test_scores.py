"""Scores that are missing, doubled or of something else are found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from device_agent.contract.events import Scored
from tests.host.analysis.evidence.forging import (
    Change,
    again,
    body,
    forge,
    forge_spec,
    found,
    without,
)
from tests.host.bundles import SMALL, make_bundle


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without(Scored), "lacks the score of english-int8 xnli/en"),
        (again(Scored), "has the score of english-int8 xnli/en again, expected it once"),
        (body(Scored, samples=9), "scores 9 of 1000 samples of english-int8 xnli/en, the spec"),
        (body(Scored, available=8), "scores 8 of 8 samples of english-int8 xnli/en, the spec"),
        (body(Scored, language="fr"), "a score of english-int8 xnli/fr, which the spec lacks"),
        (body(Scored, variant="english-int8-again"), "which the spec lacks"),
        (body(Scored, primary="f1"), "averages f1 of english-int8 xnli/en, expected accuracy"),
    ],
)
def test_a_score_that_was_not_planned_is_found(folder: Path, change: Change, message: str) -> None:
    """Every planned cell has one score, of the planned samples, by its task's own metric."""
    texts = found(forge(folder, change))
    assert any(message in text for text in texts), texts


def test_a_run_without_accuracy_mode_has_no_scores(tmp_path: Path) -> None:
    """Taking the mode out of the spec does not make what is left a good bundle."""
    folder = make_bundle(tmp_path / "bundle", replace(SMALL, modes=("accuracy",)))
    texts = found(forge_spec(folder, modes=("performance",)))
    assert any("a score of english-int8 xnli/en, which the spec lacks" in text for text in texts)
