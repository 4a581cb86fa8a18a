"""A small benchmark folder, and studies of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from device_agent.tasks import names
from host.studies.load import load_study
from host.studies.schema import Study

MakeStudy = Callable[..., Study]


@pytest.fixture
def benchmark(tmp_path: Path) -> Path:
    """XNLI in two languages (gold in de only) and Tatoeba in one, twenty rows each."""
    root = tmp_path / "benchmark"
    for folder in ("xnli", "tatoeba", "labels/xnli", "labels/tatoeba"):
        (root / folder).mkdir(parents=True)
    for language in ("de", "en"):
        rows = [f"{language} premise {row}\thypothesis {row}\n" for row in range(20)]
        (root / "xnli" / f"test-{language}.tsv").write_text("".join(rows))
    (root / "labels" / "xnli" / "test-de.tsv").write_text("neutral\n" * 20)
    for side in ("en", "fr"):
        text = "".join(f"{side} sentence {row}\n" for row in range(20))
        (root / "tatoeba" / f"fr-en.{side}").write_text(text)
    (root / "labels" / "tatoeba" / "test-fr.tsv").write_text("".join(f"{r}\n" for r in range(20)))
    return root


@pytest.fixture
def make_study(tmp_path: Path) -> MakeStudy:
    """Make a study of tasks (as YAML) in a data folder."""

    def make(data: Path, tasks: str, added: str = "") -> Study:
        checkpoint = tmp_path / "checkpoint"
        checkpoint.mkdir(exist_ok=True)
        (checkpoint / "config.json").write_text("{}")
        path = tmp_path / "study.yaml"
        checkpoints = dict.fromkeys(["retrieval", *names()], "checkpoint")
        path.write_text(
            f"study: s\nquestion: q?\ndata: {json.dumps(str(data))}\nbaseline: v\ntasks: {tasks}\n"
            "variants:\n  v: {regime: direct, recipe: fp32, pooling: {method: pooler}, "
            f"checkpoints: {json.dumps(checkpoints)}}}\n{added}"
        )
        return load_study(path)

    return make
