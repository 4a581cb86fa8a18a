"""What is quantized and how: equal for other weights and sizes, not for other ways to do it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from export import identity
from export.pipeline import export_checkpoint
from export.request import ExportRequest

Make = Callable[..., Path]


@pytest.fixture(scope="module")
def digests(make_checkpoint: Make, tmp_path_factory: pytest.TempPathFactory):
    """Return the quantization digest of a checkpoint's artifact."""

    def of(recipe: str = "int8-dynamic", **config: object) -> str:
        found = export_checkpoint(
            ExportRequest(
                checkpoint=make_checkpoint("xlm-roberta", "sentence-embedding", **config),
                output=tmp_path_factory.mktemp("identity"),
                recipes=[recipe],
            )
        )
        artifact = found.artifacts[0]
        digest = artifact.manifest.quantization_digest
        assert digest == identity.quantization_digest(artifact.folder / "model.onnx")
        return digest

    return of


def test_other_weights_and_widths_are_quantized_alike(digests: Callable[..., str]) -> None:
    """The values of scales are weights; the graph's digest has the sizes."""
    ours = digests()
    assert digests(seed=3) == ours
    assert digests(hidden_size=64, vocab_size=700) == ours


def test_more_layers_and_another_recipe_are_not_quantized_alike(
    digests: Callable[..., str],
) -> None:
    """There are more nodes to quantize, or none."""
    ours = digests()
    assert digests(num_hidden_layers=3) != ours
    assert digests(recipe="fp32") != ours
