"""A trimmed vocabulary on the device: every prediction of every task is the whole one's."""

from __future__ import annotations

from pathlib import Path

import pytest

from host.artifacts.export import export_study
from host.artifacts.plan import plan_artifacts
from host.runs.prepare import make_spec, study_content
from host.studies.load import load_study
from host.workspace import Workspace
from tests.agents import LocalAgent, predictions

STUDY = """\
study: trimmed
question: Does a trimmed vocabulary change anything?
data: {root}/data
baseline: whole
modes: [accuracy]
tasks: [xnli, xcopa, udpos, xquad, tatoeba]
variants:
  whole: &variant
    regime: english
    recipe: fp32
    checkpoints:
      xnli: {root}/checkpoints/first/xnli
      xcopa: {root}/checkpoints/first/xcopa
      udpos: {root}/checkpoints/first/udpos
      xquad: {root}/checkpoints/first/xquad
      retrieval: {root}/checkpoints/first/encoder
    pooling: {{method: mean, layer: 2}}
  trimmed: {{<<: *variant, vocabulary: evaluation}}
"""


@pytest.mark.slow
def test_every_prediction_is_the_same(tiny_study: Path, tmp_path: Path) -> None:
    """Classes, choices, tags, answers and rankings, in every language."""
    path = tmp_path / "study.yaml"
    path.write_text(STUDY.format(root=tiny_study.parent))
    study = load_study(path)
    workspace = Workspace(tmp_path / "work")
    export_study(study, plan_artifacts(study, workspace))
    content = study_content(study, workspace)
    agent = LocalAgent(tmp_path / "state")
    agent.fill(content.blobs)
    agent.submit(make_spec(study, content, run_id="trimmed-1", threads=1))
    agent.start()
    try:
        assert agent.wait_for_end("trimmed-1") == "finished"
    finally:
        agent.stop()
    by_variant: dict[str, dict[tuple[str, str, str], object]] = {"whole": {}, "trimmed": {}}
    for (variant, *place), prediction in predictions(agent.events("trimmed-1")).items():
        task, language, sample = place
        by_variant[variant][task, language, sample] = prediction
    assert len({task for task, _, _ in by_variant["whole"]}) == 5
    assert by_variant["trimmed"] == by_variant["whole"]
