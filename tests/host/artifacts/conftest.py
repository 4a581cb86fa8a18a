"""Artifacts of one tiny encoder, each made in another way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from device_agent.contract.artifact import Pooling
from export.pipeline import export_checkpoint
from export.request import ExportRequest
from host.artifacts.corpus import EvaluationData, evaluation_corpus

Make = Callable[..., Path]


@pytest.fixture(scope="session")
def make_artifact(tiny_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Return the artifact of `first`'s or `second`'s encoder; equal requests share one."""
    made: dict[str, Path] = {}
    data = EvaluationData(tiny_study.parent / "data", "test", {"xnli": ["de", "zh"]})

    def make(
        variant: str = "first", recipe: str = "fp32", layer: int = 2, trimmed: bool = False
    ) -> Path:
        key = f"{variant}-{recipe}-{layer}-{trimmed}"
        if key not in made:
            options: dict[str, Any] = {"corpus": evaluation_corpus(data)} if trimmed else {}
            made[key] = tmp_path_factory.mktemp("artifacts") / key
            export_checkpoint(
                ExportRequest(
                    checkpoint=tiny_study.parent / "checkpoints" / variant / "encoder",
                    output={recipe: made[key]},
                    recipes=[recipe],
                    pooling=Pooling(method="mean", layer=layer),
                    **options,
                )
            )
        return made[key]

    return make
