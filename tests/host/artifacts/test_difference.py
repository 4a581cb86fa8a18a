"""In what two artifacts differ, and whether that can explain a difference in latency."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from device_agent.contract.artifact import Denormals
from export.errors import ExportError
from host.artifacts.difference import Comparison, compare
from host.artifacts.opened import open_artifact

Make = Callable[..., Path]


def diff(first: Path, second: Path) -> Comparison:
    return compare(open_artifact(first), open_artifact(second))


def found(comparison: Comparison) -> dict[str, tuple[object, object]]:
    return {one.what: (one.first, one.second) for one in comparison.differences}


def test_two_trainings_of_one_architecture_compute_the_same(make_artifact: Make) -> None:
    """Only weights and origin differ."""
    comparison = diff(make_artifact(), make_artifact("second"))
    assert comparison.same_computation
    assert comparison.sentence == (
        "same graph, same quantization, same vocabulary, other weights: a difference in latency "
        "between them is not explained by what is computed"
    )
    assert {one.part for one in comparison.differences} == {"weights", "origin"}
    assert "checkpoint" in found(comparison)


def test_an_artifact_is_itself(make_artifact: Make, tmp_path: Path) -> None:
    """Also in another folder."""
    shutil.copytree(make_artifact(), tmp_path / "copy")
    comparison = diff(make_artifact(), tmp_path / "copy")
    assert (comparison.sentence, comparison.differences) == ("the same artifact", ())
    assert comparison.same_computation


def test_int8_computes_something_else(make_artifact: Make) -> None:
    """The operators and what they quantize are counted."""
    comparison = diff(make_artifact(), make_artifact(recipe="int8-dynamic"))
    assert not comparison.same_computation
    assert comparison.sentence.startswith("other graph, other quantization, same vocabulary, other")
    assert "can be explained by what is computed" in comparison.sentence
    listed = found(comparison)
    assert listed["recipe"] == ("fp32", "int8-dynamic")
    assert listed["operator MatMulInteger"][0] is None
    assert any(what.startswith("left in float, because it ") for what in listed)


def test_another_depth_is_another_graph(make_artifact: Make) -> None:
    """Layers, pooling and operators are listed."""
    comparison = diff(make_artifact(), make_artifact(layer=1))
    assert not comparison.same_computation
    listed = found(comparison)
    assert listed["layers"] == (2, 1)
    assert listed["pooling"] == ("mean, layer 2", "mean, layer 1")
    assert "operator LayerNormalization" in listed


def test_a_trimmed_vocabulary_is_told_from_another_model(make_artifact: Make) -> None:
    """The operators are the same; tokens are counted, and some of them named."""
    comparison = diff(make_artifact(), make_artifact(trimmed=True))
    assert not comparison.same_computation
    assert comparison.same_quantization
    assert comparison.sentence.startswith(
        "other graph (same operators, other shapes), same quantization, other vocabulary"
    )
    whole, trimmed = found(comparison)["rows of the vocabulary"]
    gone, added = found(comparison)["tokens of its own"]
    assert (gone, added) == (whole - trimmed, 0)
    assert len(found(comparison)["such as"][0]) == 5


def test_denormal_weights_are_named_as_another_cause(make_artifact: Make) -> None:
    """What is computed is the same, but not how fast."""
    first, second = (open_artifact(make_artifact(name)) for name in ("first", "second"))
    slow = replace(second, denormals=Denormals(values=1200, of=9000, worst="w", worst_values=1200))
    comparison = compare(first, slow)
    assert comparison.same_computation
    assert comparison.sentence.endswith("; denormal weights, 0 and 1,200 of them, can explain one")
    assert found(comparison)["denormal weights"] == (0, 1200)


def test_a_splitter_with_the_same_tokens_may_be_another(make_artifact: Make) -> None:
    """What differs in it is named."""
    first = open_artifact(make_artifact())
    lower = {**first.splitting, "normalizer": {"type": "Lowercase"}}
    comparison = compare(first, replace(first, digest="0" * 64, splitting=lower))
    assert not comparison.same_computation
    assert found(comparison) == {"how text is normalised": (None, {"type": "Lowercase"})}


@pytest.mark.parametrize("damage", ["model.onnx", "tokenizer.json"])
def test_a_damaged_artifact_is_refused(make_artifact: Make, tmp_path: Path, damage: str) -> None:
    """Nothing is said of what the files are not."""
    shutil.copytree(make_artifact(), tmp_path / "copy")
    with (tmp_path / "copy" / damage).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ExportError, match=f"damaged: {damage} missing or not as"):
        diff(make_artifact(), tmp_path / "copy")


def test_an_artifact_without_the_newer_digests_is_compared_by_its_files(
    make_artifact: Make, tmp_path: Path
) -> None:
    """They are facts of the files, which older manifests do not state."""
    shutil.copytree(make_artifact("second"), tmp_path / "old")
    path = tmp_path / "old" / "artifact.json"
    manifest = json.loads(path.read_bytes())
    for key in ("quantization_digest", "vocabulary_digest", "denormals", "trimming"):
        del manifest[key]
    path.write_text(json.dumps(manifest))
    assert diff(make_artifact(), tmp_path / "old").same_computation
