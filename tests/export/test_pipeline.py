"""From checkpoint to artifact folder: complete, proved, all at once or not at all."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from device_agent import golden
from device_agent.contract import codec
from device_agent.contract.artifact import ArtifactManifest, HeadName, Pooling
from device_agent.tasks.protocol import Row
from export import artifact_folder, binding, initializers
from export.errors import ExportError, ParityError
from export.formats import onnx as onnx_format
from export.lineage import TrainingRecord
from export.pipeline import export_checkpoint
from export.recipes import int8_dynamic
from export.request import ExportRequest, ExportResult, ExportStep

Xlmr = Callable[[HeadName], Path]
CopyOf = Callable[[Path], Path]

FILES = {
    "artifact.json",
    "config.json",
    "golden.npz",
    "model.onnx",
    "tokenizer.json",
    "tokenizer_config.json",
}


@pytest.fixture(scope="module")
def result(xlmr: Xlmr, tmp_path_factory: pytest.TempPathFactory) -> ExportResult:
    """A tagger exported by both recipes."""
    return export_checkpoint(
        ExportRequest(
            checkpoint=xlmr("token-classification"),
            output=tmp_path_factory.mktemp("artifacts"),
            name="tagger",
            told=TrainingRecord(base_model="tiny", regime="english", intermediate_tasks=("mnli",)),
        )
    )


def steps_of(request: ExportRequest) -> list[tuple[str, str | None]]:
    steps: list[ExportStep] = []
    export_checkpoint(request, progress=steps.append)
    return [(step.action, step.recipe) for step in steps]


def test_every_recipe_gets_a_whole_folder(result: ExportResult) -> None:
    """Each folder is a plain Hugging Face folder with manifest and golden set, and nothing else."""
    for artifact in result.artifacts:
        assert {path.name for path in artifact.folder.iterdir()} == FILES
        assert not artifact.reused
        assert artifact_folder.damaged_files(artifact.folder, artifact.manifest) == []
    parent = result.artifacts[0].folder.parent
    assert sorted(path.name for path in parent.iterdir()) == ["fp32", "int8-dynamic"]


def test_the_manifest_reads_back(result: ExportResult) -> None:
    """What was returned is what lies on disk, and its digest names the artifact."""
    for artifact in result.artifacts:
        data = (artifact.folder / "artifact.json").read_bytes()
        assert codec.decode(data, ArtifactManifest, source="test") == artifact.manifest
        assert hashlib.sha256(data).hexdigest() == artifact.digest


def test_the_manifest_tells_what_was_deployed(result: ExportResult) -> None:
    """Head, labels, sizes, lineage and versions are the checkpoint's."""
    manifest = result.artifacts[1].manifest
    assert (manifest.name, manifest.recipe) == ("tagger-int8-dynamic", "int8-dynamic")
    assert manifest.labels == ("NOUN", "VERB", "ADP", "PUNCT", "X")
    assert (manifest.layers, manifest.hidden_size, manifest.max_tokens) == (2, 32, 128)
    assert manifest.lineage.regime == "english"
    assert manifest.lineage.intermediate_tasks == ("mnli",)
    assert manifest.lineage.seeds is None
    assert {"onnxruntime", "torch", "transformers"} <= set(manifest.versions)
    assert manifest.quantization.quantized == {"MatMul": 12, "Gather": 2}
    assert manifest.parity.overall.samples == len(golden.load(_golden(result)))


def _golden(result: ExportResult) -> Path:
    return result.artifacts[0].folder / "golden.npz"


def test_recipes_differ_in_graph_and_regimes_do_not(
    result: ExportResult, make_checkpoint: Callable[..., Path], tmp_path: Path
) -> None:
    """Other weights of the same architecture give the same graph; another recipe does not."""
    other = export_checkpoint(
        ExportRequest(
            checkpoint=make_checkpoint("xlm-roberta", "token-classification", seed=7),
            output=tmp_path,
        )
    )
    ours = [artifact.manifest.graph_digest for artifact in result.artifacts]
    assert [artifact.manifest.graph_digest for artifact in other.artifacts] == ours
    assert ours[0] != ours[1]


def test_exporting_again_does_nothing(xlmr: Xlmr, tmp_path: Path) -> None:
    """The same request finds its artifacts up to date, without loading torch."""
    request = ExportRequest(checkpoint=xlmr("multiple-choice"), output=tmp_path, recipes=["fp32"])
    first = export_checkpoint(request)
    program = (
        "import sys; from pathlib import Path; from export.pipeline import export_checkpoint;"
        "from export.request import ExportRequest;"
        f"r = export_checkpoint(ExportRequest(checkpoint={str(request.checkpoint)!r},"
        f"output=Path({str(tmp_path)!r}), recipes=['fp32']));"
        "print(r.artifacts[0].reused, r.artifacts[0].digest, 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert done.stdout == f"True {first.artifacts[0].digest} False\n", done.stderr


def test_other_inputs_are_exported_again(xlmr: Xlmr, tmp_path: Path, copy_of: CopyOf) -> None:
    """Other lineage, other golden inputs, other weights and a damaged file all count."""
    checkpoint = copy_of(xlmr("sentence-embedding"))
    row = Row(np.array([[0, 9, 2]], dtype=np.int64), np.zeros((1, 3), dtype=np.int64))
    base = {"checkpoint": checkpoint, "output": tmp_path / "out", "recipes": ["fp32"]}
    again = [("check", None), ("load", None), ("trace", None)]
    export_checkpoint(ExportRequest(**base))
    assert steps_of(ExportRequest(**base)) == [("check", None), ("up-to-date", "fp32")]
    told = TrainingRecord(regime="direct")
    assert steps_of(ExportRequest(**base, told=told))[:3] == again
    assert steps_of(ExportRequest(**base, told=told, samples={"en": [(row,)]}))[:3] == again
    pooling = Pooling(method="mean", layer=1)
    assert steps_of(ExportRequest(**base, pooling=pooling))[:3] == again
    (tmp_path / "out/fp32/config.json").write_text("{}")
    assert steps_of(ExportRequest(**base, pooling=pooling))[:3] == again


def test_only_the_missing_recipe_is_made(xlmr: Xlmr, tmp_path: Path) -> None:
    """A second recipe joins the first one's artifact, which stays as it is."""
    checkpoint = xlmr("question-answering")
    export_checkpoint(ExportRequest(checkpoint=checkpoint, output=tmp_path, recipes=["fp32"]))
    found = export_checkpoint(ExportRequest(checkpoint=checkpoint, output=tmp_path))
    assert [artifact.reused for artifact in found.artifacts] == [True, False]


def test_large_models_keep_their_weights_in_a_file_of_their_own(
    xlmr: Xlmr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every recipe's artifact has one, which stands there once.

    onnx refuses to read a weights file with several hard links.
    """
    monkeypatch.setattr(initializers, "_EXTERNAL_FROM_BYTES", 1 << 10)
    checkpoint = xlmr("sequence-classification")
    found = export_checkpoint(ExportRequest(checkpoint=checkpoint, output=tmp_path))
    for artifact in found.artifacts:
        assert "model.onnx_data" in {entry.path for entry in artifact.manifest.files}
        assert (artifact.folder / "model.onnx_data").stat().st_nlink == 1


def test_a_failed_export_leaves_the_old_artifact(
    xlmr: Xlmr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails parity never takes its place, and leaves no half-written folder behind."""
    request = ExportRequest(
        checkpoint=xlmr("sequence-classification"), output=tmp_path, recipes=["int8-dynamic"]
    )
    before = export_checkpoint(request).artifacts[0].digest
    impossible = codec.decode(
        b'{"relative_error":1e-9,"cosine":1,"label_agreement":1}',
        type(int8_dynamic.TOLERANCE),
        source="test",
    )
    monkeypatch.setattr(int8_dynamic, "TOLERANCE", impossible)
    with pytest.raises(ParityError, match="int8-dynamic"):
        export_checkpoint(request)
    assert [path.name for path in tmp_path.iterdir()] == ["int8-dynamic"]
    assert artifact_folder.read(tmp_path / "int8-dynamic")[1] == before


def test_a_fault_of_the_trace_is_found_though_only_int8_is_asked_for(
    xlmr: Xlmr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault that int8's tolerance would hide is held to that of fp32."""
    bind = binding.bind

    def slightly_wrong(graph: Any, weights: Mapping[str, Any], target: Path) -> None:
        bind(graph, {name: array * 1.01 for name, array in weights.items()}, target)

    monkeypatch.setattr(onnx_format, "bind", slightly_wrong)
    request = ExportRequest(
        checkpoint=xlmr("sentence-embedding"), output=tmp_path / "out", recipes=["int8-dynamic"]
    )
    with pytest.raises(ParityError, match=r"recipe fp32 .* above 0\.001"):
        export_checkpoint(request)


def test_a_folder_that_is_no_artifact_is_not_replaced(xlmr: Xlmr, tmp_path: Path) -> None:
    """The user's own files in the output folder are safe."""
    (tmp_path / "fp32").mkdir()
    (tmp_path / "fp32" / "thesis.tex").write_text("years")
    request = ExportRequest(checkpoint=xlmr("multiple-choice"), output=tmp_path, recipes=["fp32"])
    with pytest.raises(ExportError, match="will not be replaced"):
        export_checkpoint(request)
    assert (tmp_path / "fp32" / "thesis.tex").read_text() == "years"


def test_what_a_user_put_into_an_artifact_is_not_lost(xlmr: Xlmr, tmp_path: Path) -> None:
    """It does no harm while the artifact is up to date, and keeps it from being replaced."""
    request = ExportRequest(checkpoint=xlmr("multiple-choice"), output=tmp_path, recipes=["fp32"])
    export_checkpoint(request)
    (tmp_path / "fp32" / "notes.md").write_text("weeks")
    assert export_checkpoint(request).artifacts[0].reused
    (tmp_path / "fp32" / "config.json").unlink()
    with pytest.raises(ExportError, match=r"holds notes\.md, which no export wrote"):
        export_checkpoint(request)
    assert (tmp_path / "fp32" / "notes.md").read_text() == "weeks"


@pytest.mark.parametrize("what", ["parity", "model"])
def test_a_manifest_that_proves_nothing_is_not_up_to_date(
    xlmr: Xlmr, tmp_path: Path, what: str
) -> None:
    """One whose proof breaks its limits, or that does not name the model's file."""
    request = ExportRequest(checkpoint=xlmr("multiple-choice"), output=tmp_path, recipes=["fp32"])
    before = export_checkpoint(request).artifacts[0]
    path = tmp_path / "fp32" / "artifact.json"
    document = json.loads(path.read_text())
    if what == "parity":
        document["parity"]["overall"]["relative_error"] = 5.0
    else:
        document["files"] = [one for one in document["files"] if one["path"] != "model.onnx"]
        (tmp_path / "fp32" / "model.onnx").unlink()
    path.write_text(json.dumps(document))
    again = export_checkpoint(request).artifacts[0]
    assert (again.reused, again.digest) == (False, before.digest)


def test_made_again_from_the_same_inputs_an_artifact_has_the_same_digest(
    xlmr: Xlmr, tmp_path: Path
) -> None:
    """Its identity is what it is, not when or how fast it was made."""
    digests = [
        [
            artifact.digest
            for artifact in export_checkpoint(
                ExportRequest(checkpoint=xlmr("question-answering"), output=tmp_path / place)
            ).artifacts
        ]
        for place in ("first", "second")
    ]
    assert digests[0] == digests[1]


def test_labels_come_from_the_target_task(
    make_checkpoint: Callable[..., Path], tmp_path: Path
) -> None:
    """Generic names become the task's, in manifest and config, and the user is told."""
    checkpoint = make_checkpoint(
        "xlm-roberta",
        "sequence-classification",
        id2label={index: f"LABEL_{index}" for index in range(3)},
        label2id={f"LABEL_{index}": index for index in range(3)},
    )
    found = export_checkpoint(
        ExportRequest(checkpoint=checkpoint, output=tmp_path, recipes=["fp32"], target_task="xnli")
    )
    expected = ("contradiction", "entailment", "neutral")
    assert found.artifacts[0].manifest.labels == expected
    assert found.artifacts[0].manifest.lineage.target_task == "xnli"
    config = json.loads((tmp_path / "fp32/config.json").read_text())
    assert tuple(config["id2label"].values()) == expected
    assert "names no labels" in found.notes[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"recipes": ["int2"]}, "no recipe 'int2'"),
        ({"recipes": []}, "recipes"),
        ({"recipes": ["fp32", "fp32"]}, "folder of its own"),
        ({"target_task": "xquad"}, "no trained question-answering head"),
        ({"target_task": "xquad", "head": "multiple-choice"}, "needs head question-answering"),
        ({"name": "tag/ger"}, "cannot be an artifact's name"),
        ({"output": {"fp32": Path("x")}}, "No output folder is named for recipe int8-dynamic"),
        ({"labels": ["a", "b"]}, "5 classes, expected 2"),
    ],
)
def test_mistakes_in_the_request_are_refused(
    xlmr: Xlmr, tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    """Each mistake is found before anything is written, and says what to do."""
    request = {"checkpoint": xlmr("token-classification"), "output": tmp_path / "out"} | changes
    with pytest.raises(ExportError, match=message):
        export_checkpoint(ExportRequest(**request))  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_samples_that_do_not_fit_are_refused(xlmr: Xlmr, tmp_path: Path) -> None:
    """Golden inputs of another tokenizer or length are told by both figures."""
    row = Row(np.array([[0, 9999, 2]], dtype=np.int64), np.zeros((1, 3), dtype=np.int64))
    request = ExportRequest(
        checkpoint=xlmr("multiple-choice"), output=tmp_path, samples={"en": [(row,)]}
    )
    with pytest.raises(ExportError, match="ids up to 9,999"):
        export_checkpoint(request)


def test_the_artifacts_tokenizer_is_the_checkpoints(result: ExportResult, xlmr: Xlmr) -> None:
    """The device splits text as the training did."""
    ours = Tokenizer.from_file(str(result.artifacts[0].folder / "tokenizer.json"))
    theirs = Tokenizer.from_file(str(xlmr("token-classification") / "tokenizer.json"))
    assert ours.to_str() == theirs.to_str()


def test_says_nothing_on_the_terminal(
    xlmr: Xlmr, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """No library speaks to the user over our head."""
    export_checkpoint(ExportRequest(checkpoint=xlmr("sentence-embedding"), output=tmp_path))
    assert capfd.readouterr() == ("", "")
