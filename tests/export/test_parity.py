"""An artifact that no longer is its checkpoint cannot pass; the tolerance decides, per language."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from device_agent import golden
from device_agent.contract.artifact import Agreement, HeadName, Parity, Tolerance
from device_agent.contract.errors import DeviceError
from device_agent.tasks.protocol import Row
from export import artifact_folder, parity
from export.errors import ExportError, ParityError
from export.pipeline import export_checkpoint
from export.recipes import fp32
from export.request import ExportRequest

TOLERANCE = Tolerance(relative_error=0.1, cosine=0.99, label_agreement=0.9)


def agreement(**found: float) -> Agreement:
    good = {"max_abs_error": 0.0, "relative_error": 0.0, "cosine": 1.0, "label_agreement": 1.0}
    return Agreement(samples=4, **(good | found))


@pytest.fixture(scope="module")
def artifact(xlmr: Callable[[HeadName], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("artifact") / "fp32"
    export_checkpoint(
        ExportRequest(
            checkpoint=xlmr("sequence-classification"),
            output={"fp32": folder},
            recipes=["fp32"],
        )
    )
    return folder


def damage(model_file: Path, part: str, edit: Callable[[np.ndarray], np.ndarray]) -> None:
    model = onnx.load(model_file)
    (tensor,) = [entry for entry in model.graph.initializer if entry.name.endswith(part)]
    tensor.CopyFrom(numpy_helper.from_array(edit(numpy_helper.to_array(tensor)), tensor.name))
    onnx.save(model, model_file)


def prove_damaged(artifact: Path, tmp_path: Path, part: str, edit: Callable[..., object]) -> None:
    manifest, _ = artifact_folder.read(artifact)
    (tmp_path / "model.onnx").write_bytes((artifact / "model.onnx").read_bytes())
    damage(tmp_path / "model.onnx", part, edit)  # type: ignore[arg-type]
    parity.prove(tmp_path, manifest, golden.load(artifact / "golden.npz"))


def test_the_undamaged_artifact_passes(artifact: Path, tmp_path: Path) -> None:
    """What was just exported passes again, and the same damage procedure changes nothing."""
    prove_damaged(artifact, tmp_path, "classifier.out_proj.weight", lambda weight: weight)


def test_one_flipped_weight_is_refused(artifact: Path, tmp_path: Path) -> None:
    """A sign turned in a single weight of the head breaks parity, and the recipe is named."""

    def flip(weight: np.ndarray) -> np.ndarray:
        flipped = weight.copy()
        flipped[np.unravel_index(np.abs(weight).argmax(), weight.shape)] *= -1
        return flipped

    with pytest.raises(ParityError, match="recipe fp32 .* overall: relative error .* above 0.001"):
        prove_damaged(artifact, tmp_path, "classifier.out_proj.weight", flip)


def test_swapped_classes_are_refused(artifact: Path, tmp_path: Path) -> None:
    """Logits in another order are another model."""
    with pytest.raises(ParityError, match="label agreement"):
        prove_damaged(
            artifact, tmp_path, "classifier.out_proj.weight", lambda weight: weight[::-1].copy()
        )


def test_not_a_number_is_refused(artifact: Path, tmp_path: Path) -> None:
    """NaN compares with nothing, and must not slip through a comparison."""
    with pytest.raises(ParityError):
        prove_damaged(
            artifact, tmp_path, "classifier.out_proj.bias", lambda bias: np.full_like(bias, np.nan)
        )


def test_damage_in_one_language_names_it(artifact: Path, tmp_path: Path) -> None:
    """Token embeddings that only one script uses are noticed in that language."""
    manifest, _ = artifact_folder.read(artifact)
    samples = golden.load(artifact / "golden.npz")
    thai = {int(i) for s in samples if s.language == "th" for r in s.rows for i in r.input_ids[0]}
    others = {int(i) for s in samples if s.language != "th" for r in s.rows for i in r.input_ids[0]}

    def scramble(weight: np.ndarray) -> np.ndarray:
        changed = weight.copy()
        changed[sorted(thai - others)] *= -1
        return changed

    (tmp_path / "model.onnx").write_bytes((artifact / "model.onnx").read_bytes())
    damage(tmp_path / "model.onnx", "word_embeddings.weight", scramble)
    with pytest.raises(ParityError) as caught:
        parity.prove(tmp_path, manifest, samples)
    assert "th: relative error" in caught.value.message
    assert "de: " not in caught.value.message


def test_a_model_that_does_not_load_is_an_error(artifact: Path, tmp_path: Path) -> None:
    """A torn model file is told by the runtime."""
    manifest, _ = artifact_folder.read(artifact)
    (tmp_path / "model.onnx").write_bytes((artifact / "model.onnx").read_bytes()[:-100])
    with pytest.raises(DeviceError, match="does not load"):
        parity.prove(tmp_path, manifest, golden.load(artifact / "golden.npz"))


def test_references_that_are_not_finite_are_refused() -> None:
    """A checkpoint whose training diverged has nothing to compare with."""
    row = Row(np.array([[1]], dtype=np.int64), np.array([[0]], dtype=np.int64))
    with pytest.raises(ExportError, match=r"not finite \(language sw\)"):
        parity.references(
            {"sw": [(row,)]}, lambda _: {"logits": np.array([[np.nan]], np.float32)}, "c"
        )


def test_what_is_not_compared_never_passes() -> None:
    """The placeholder of a manifest breaks every limit."""
    broken = golden.broken_limits(parity.unproven(fp32.TOLERANCE))
    assert len(broken["overall"]) == 3


@pytest.mark.parametrize(
    "found", [{"relative_error": 0.2}, {"cosine": 0.9}, {"relative_error": math.nan}]
)
def test_every_language_keeps_error_and_cosine(found: dict[str, float]) -> None:
    """A language cannot hide behind the others' good values."""
    proof = Parity(
        tolerance=TOLERANCE,
        overall=agreement(),
        per_language={"de": agreement(), "sw": agreement(**found)},
    )
    assert list(golden.broken_limits(proof)) == ["sw"]


def test_decisions_are_judged_over_all_languages() -> None:
    """One flip among a language's four samples proves nothing; too many overall do."""
    few = agreement(label_agreement=0.75)
    proof = Parity(tolerance=TOLERANCE, overall=agreement(), per_language={"sw": few})
    assert golden.broken_limits(proof) == {}
    proof = Parity(tolerance=TOLERANCE, overall=few, per_language={})
    assert list(golden.broken_limits(proof)) == ["overall"]


def test_a_checkpoint_that_does_not_run_is_told() -> None:
    """With the first line of what PyTorch says."""

    def fail(_: Row) -> dict[str, np.ndarray]:
        raise RuntimeError("sizes differ\nand much more")

    row = Row(np.array([[0, 9, 2]], dtype=np.int64), np.zeros((1, 3), dtype=np.int64))
    with pytest.raises(ExportError, match=r"tagger: does not run in PyTorch: sizes differ\n  rem"):
        parity.references({"en": [(row,)]}, fail, "tagger")
