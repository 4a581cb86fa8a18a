"""A study's artifacts, with a whole or a trimmed vocabulary."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from device_agent import golden
from export import weights
from export.errors import ExportError
from host.artifacts.export import attempt_study, export_study
from host.artifacts.plan import plan_artifacts
from host.studies.load import load_study
from host.workspace import Workspace

STUDY = """\
study: trimmed
question: Does a trimmed vocabulary change anything?
data: {root}/data
baseline: whole
tasks:
  xnli: {{languages: [de, zh], limit: 2}}
  tatoeba: {{languages: [ru]}}
variants:
  whole: &variant
    regime: english
    recipe: fp32
    checkpoints:
      xnli: {root}/checkpoints/first/xnli
      retrieval: {root}/checkpoints/first/encoder
    pooling: {{method: mean, layer: 2}}
  trimmed: {{<<: *variant, vocabulary: evaluation}}
"""


FAILING = """\
study: failing
question: Are the others exported?
data: {root}/data
baseline: whole
tasks: [xnli, udpos]
variants:
  whole:
    regime: english
    recipe: {{default: fp32, udpos: int8-dynamic}}
    checkpoints: {{xnli: {xnli}, udpos: {root}/checkpoints/first/udpos}}
"""


def test_one_damaged_checkpoint_does_not_keep_the_others_from_being_exported(
    tiny_study: Path, tmp_path: Path
) -> None:
    """It is told with its remedy, and once it is repaired only what is missing is made.

    Each artifact is made by its own task's recipe, which its manifest states.
    """
    root = tiny_study.parent
    shutil.copytree(root / "checkpoints/first/xnli", tmp_path / "xnli")
    weights = tmp_path / "xnli/model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-100])
    path = tmp_path / "study.yaml"
    path.write_text(FAILING.format(root=root, xnli=tmp_path / "xnli"))
    study = load_study(path)
    plan = plan_artifacts(study, Workspace(tmp_path / "work"))
    first = attempt_study(study, plan)
    assert [one.manifest.recipe for one in first.artifacts] == ["int8-dynamic"]
    (failure,) = first.failures
    assert failure.folder == plan.folders["whole"]["xnli"]
    assert "damaged" in failure.error.message
    assert "Copy or download" in failure.error.remedy
    with pytest.raises(ExportError, match="damaged"):
        export_study(study, plan)
    weights.write_bytes(whole)
    again = attempt_study(study, plan)
    assert [(one.manifest.recipe, one.reused) for one in again.artifacts] == [
        ("fp32", False),
        ("int8-dynamic", True),
    ]


def test_a_disk_too_small_for_the_whole_study_is_told_before_anything_is_made(
    tiny_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With both figures."""
    study = load_study(tiny_study)
    monkeypatch.setattr("export.room.free_disk_bytes", lambda _: 0)
    with pytest.raises(ExportError, match="0 MB free, but the artifacts that are missing take"):
        attempt_study(study, plan_artifacts(study, Workspace(tmp_path / "work")))
    assert not (tmp_path / "work").exists()


def test_each_artifact_keeps_what_its_own_tasks_need(tiny_study: Path, tmp_path: Path) -> None:
    """Of the same checkpoints; the golden set has the same samples and the very same outputs."""
    path = tmp_path / "study.yaml"
    path.write_text(STUDY.format(root=tiny_study.parent))
    study = load_study(path)
    plan = plan_artifacts(study, Workspace(tmp_path / "work"))
    found = {one.folder: one.manifest for one in export_study(study, plan).artifacts}
    assert len(found) == 4
    whole, trimmed = (plan.folders[name] for name in ("whole", "trimmed"))
    assert found[whole["xnli"]].trimming is None
    records = {task: found[trimmed[task]].trimming for task in ("xnli", "tatoeba")}
    assert [record and record.sources for record in records.values()] == [
        {"xnli": ("de", "zh")},
        {"tatoeba": ("ru",)},
    ]
    # A limit is drawn by seed: whatever is drawn, its tokens are there.
    assert records["xnli"] is not None
    assert records["xnli"].inputs == 12
    before, after = (golden.load(side["xnli"] / "golden.npz") for side in (whole, trimmed))
    splitters = [
        Tokenizer.from_file(str(side["xnli"] / "tokenizer.json")) for side in (whole, trimmed)
    ]
    for first, second in zip(before, after, strict=True):
        texts = [
            [splitter.id_to_token(id_) for id_ in sample.rows[0].input_ids[0].tolist()]
            for splitter, sample in zip(splitters, (first, second), strict=True)
        ]
        assert texts[0] == texts[1]
        assert np.array_equal(first.reference[0]["logits"], second.reference[0]["logits"])


def test_a_checkpoint_that_may_not_be_read_does_not_keep_the_others_from_being_exported(
    tiny_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system says of it is told, as of any other fault."""
    root = tiny_study.parent
    (tmp_path / "study.yaml").write_text(
        FAILING.format(root=root, xnli=root / "checkpoints/first/xnli")
    )
    study = load_study(tmp_path / "study.yaml")
    find = weights.find

    def forbidden(folder: Path) -> weights.Weights:
        if folder.name == "xnli":
            raise PermissionError(13, "Permission denied", str(folder))
        return find(folder)

    monkeypatch.setattr(weights, "find", forbidden)
    found = attempt_study(study, plan_artifacts(study, Workspace(tmp_path / "w")))
    assert [one.folder.name for one in found.artifacts] == ["udpos"]
    assert ["Permission denied" in one.error.message for one in found.failures] == [True]
