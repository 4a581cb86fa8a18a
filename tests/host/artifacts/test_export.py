"""A study's artifacts, with a whole or a trimmed vocabulary."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from device_agent import golden
from host.artifacts.export import export_study
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
