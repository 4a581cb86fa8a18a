"""The benchmark of real verdicts: what it calls slower computes the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort

from benchmarks.real_verdicts.__main__ import Report
from benchmarks.real_verdicts.slower import slow_down
from export import artifact_folder
from host.artifacts.plan import plan_artifacts
from host.studies.load import load_study
from host.workspace import Workspace


def test_a_slower_artifact_has_the_same_outputs_and_is_whole(
    tiny_study: Path, tmp_path: Path
) -> None:
    """The branch adds zero: outputs are equal to the last bit, and the manifest's digests hold."""
    study = load_study(tiny_study)
    plan = plan_artifacts(study, Workspace.beside(tiny_study, study.name))
    source = plan.folders[study.baseline]["udpos"]
    target = slow_down(source, tmp_path / "slow", width=64)
    manifest, _ = artifact_folder.read(target)
    assert not artifact_folder.damaged_files(target, manifest)
    ids = np.array([[0, 5, 6, 7, 2]], dtype=np.int64)
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    plain, slow = (
        ort.InferenceSession(folder / manifest.model_file).run(None, feed)
        for folder in (source, target)
    )
    assert np.array_equal(plain[0], slow[0])


def test_only_what_the_truth_contradicts_is_wrong() -> None:
    """An undecided A/B is no mistake; calling it equal, or one of two equals faster, is."""
    report = Report(
        truth=1.05,
        same={"EQUIVALENT": 7, "INCONCLUSIVE": 2, "FASTER": 1},
        slower={"SLOWER": 8, "INCONCLUSIVE": 1, "EQUIVALENT": 1},
        ratios_same=[1.0],
        ratios_slower=[1.05],
        sessions=10,
        rounds=200,
        invalid_rounds=3,
        neighbour=0.1,
    )
    assert report.wrong == 2
