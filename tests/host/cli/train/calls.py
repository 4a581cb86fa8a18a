"""Calls of `host train`, and changes to the study that it trains."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from host.cli import main


def call(*arguments: str | Path) -> Result:
    """Call `host` in this process: importing torch anew would take longer than the training."""
    return CliRunner().invoke(main, [*map(str, arguments)])


def train(study: Path, *arguments: str) -> Result:
    return call("train", study, *arguments)


def record(folder: Path) -> Any:
    return json.loads((folder / "training.json").read_bytes())


def edit(study: Path, old: str, new: str) -> None:
    text = study.read_text(encoding="utf-8")
    assert old in text
    study.write_text(text.replace(old, new, 1), encoding="utf-8")


def drop_last_pairs(study: Path) -> None:
    path = study.parent / "train/xnli/train-en.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-3]) + "\n", encoding="utf-8")
