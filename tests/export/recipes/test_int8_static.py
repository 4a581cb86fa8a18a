"""int8-static calibrates on what it says, and ships only where it is no worse than int8-dynamic."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from device_agent.contract.artifact import HeadName
from device_agent.digest import digest_file
from device_agent.tasks.protocol import Row
from export import calibration
from export.contest import Contest
from export.errors import ExportError, ParityError
from export.pipeline import export_checkpoint
from export.recipes import int8_dynamic, int8_static
from export.request import ExportRequest


def _slow(_candidate: Path, _baseline: Path, _reference: Path, _rows: object) -> Contest:
    return Contest(error=0.01, baseline_error=0.01, ratios=(1.2, 1.1, 1.3))


@pytest.mark.usefixtures("any_speed")
def test_quantizes_what_int8_dynamic_quantizes(source: Path, tmp_path: Path) -> None:
    """The two differ in how activations are rounded, in nothing else."""
    static = int8_static.apply(source, tmp_path / "static.onnx")
    dynamic = int8_dynamic.apply(source, tmp_path / "dynamic.onnx")
    assert (static.quantized, static.skipped) == (dynamic.quantized, dynamic.skipped)


@pytest.mark.usefixtures("any_speed")
def test_says_what_it_was_calibrated_on_and_what_was_measured(source: Path, tmp_path: Path) -> None:
    """Texts, seed, number and digest; error, and latency in a file of its own."""
    found = int8_static.apply(source, tmp_path / "model.onnx").parameters
    assert "seed 0" in found["calibration"]
    assert found["calibration-samples"] == "64"
    assert found["calibration-digest"] == digest_file(source.with_name("calibration.npz"))
    assert re.fullmatch(r"0\.\d{4}, int8-dynamic 0\.\d{4}, on the .* inputs", found["error"])
    assert "latency" not in found
    measured = json.loads((tmp_path / "measured.json").read_bytes())
    assert re.match(
        r"\d\.\d{3} of int8-dynamic's \(\d\.\d{3} to \d\.\d{3} in 1", measured["latency"]
    )


def test_made_again_it_has_the_same_digest_whatever_the_latency_was(
    xlmr: Callable[[HeadName], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was measured lies beside the artifact and is no part of it."""
    digests, latencies = [], []
    for ratio in (0.8, 0.9):
        found = Contest(error=0.01, baseline_error=0.01, ratios=(ratio,))
        monkeypatch.setattr("export.contest.hold", lambda *_, found=found: found)
        request = ExportRequest(
            checkpoint=xlmr("sequence-classification"),
            output=tmp_path / str(ratio),
            recipes=["int8-static"],
        )
        (artifact,) = export_checkpoint(request).artifacts
        digests.append(artifact.digest)
        latencies.append((artifact.folder / "measured.json").read_text())
        assert "measured.json" not in {entry.path for entry in artifact.manifest.files}
        assert export_checkpoint(request).artifacts[0].reused
    assert digests[0] == digests[1]
    assert latencies[0] != latencies[1]


@pytest.mark.usefixtures("any_speed")
def test_ranges_found_on_one_language_hold_in_the_others(
    xlmr: Callable[[HeadName], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The golden set has sixteen languages, of which calibration sees English alone."""
    every = calibration.inputs
    monkeypatch.setattr(calibration, "inputs", lambda *given: {"en": every(*given)["en"]})
    request = ExportRequest(
        checkpoint=xlmr("token-classification"), output=tmp_path, recipes=["int8-static"]
    )
    (artifact,) = export_checkpoint(request).artifacts
    assert artifact.manifest.quantization.parameters["calibration-samples"] == "4"
    assert len(artifact.manifest.parity.per_language) == 16


_RARE = 4
"""A token that no golden input has."""


def _with_an_outlier(folder: Path) -> None:
    """Let one token raise one inner value a thousandfold, which nothing reads afterwards."""
    weights = load_file(folder / "model.safetensors")
    prefix = "roberta.encoder.layer.0"
    weights["roberta.embeddings.word_embeddings.weight"][_RARE] = 0
    weights["roberta.embeddings.word_embeddings.weight"][_RARE, 0] = 1000
    # Only that token has nearly its whole norm in one place; attention would spread it.
    weights[f"{prefix}.attention.output.dense.weight"][:] = 0
    weights[f"{prefix}.intermediate.dense.weight"][0] = 0
    weights[f"{prefix}.intermediate.dense.weight"][0, 0] = 10_000
    weights[f"{prefix}.intermediate.dense.bias"][0] = -45_000
    weights[f"{prefix}.output.dense.weight"][:, 0] = 0
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def _rare_input() -> Row:
    ids = np.array([[0, *[_RARE] * 4, 2]])
    return Row(input_ids=ids, token_type_ids=np.zeros_like(ids))


@pytest.mark.usefixtures("any_speed")
def test_an_outlier_that_costs_all_others_their_precision_is_refused(
    xlmr: Callable[[HeadName], Path],
    copy_of: Callable[[Path], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A range for all inputs is ruined by one, a range for each is not: dynamic it must be."""
    folder = copy_of(xlmr("sequence-classification"))
    _with_an_outlier(folder)
    every = calibration.inputs
    monkeypatch.setattr(
        calibration, "inputs", lambda *given: {**every(*given), "rare": [(_rare_input(),)]}
    )
    request = ExportRequest(
        checkpoint=folder, output=tmp_path / "out", recipes=["int8-dynamic", "int8-static"]
    )
    with pytest.raises(ParityError, match="less exact than int8-dynamic") as caught:
        export_checkpoint(request)
    assert "int8-dynamic" in caught.value.remedy
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["int8-dynamic"]


def test_what_is_slower_here_is_refused_with_the_figures(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no reason to exist but speed."""
    monkeypatch.setattr("export.contest.hold", _slow)
    with pytest.raises(ExportError, match=r"1\.200 times .* no less than 1\.100") as caught:
        int8_static.apply(source, tmp_path / "model.onnx")
    assert not isinstance(caught.value, ParityError)
    assert "int8-dynamic" in caught.value.remedy
