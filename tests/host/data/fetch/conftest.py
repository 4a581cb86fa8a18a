"""A mirror of the hub: folders in the form that the datasets have there."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

AddDataset = Callable[..., None]


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """An empty mirror."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    return folder


@pytest.fixture
def add_dataset(mirror: Path) -> AddDataset:
    """Add one configuration of a dataset, its card included, as the hub's repositories have it."""

    def add(
        identifier: str,
        config: str,
        rows: dict[str, Sequence[dict[str, Any]]],
        features: Sequence[dict[str, Any]] = (),
    ) -> None:
        folder = mirror / identifier
        folder.mkdir(parents=True, exist_ok=True)
        readme = folder / "README.md"
        card = yaml.safe_load(readme.read_text().strip("-\n")) if readme.exists() else {}
        files = []
        for split, of_split in rows.items():
            path = folder / config / f"{split}.jsonl"
            path.parent.mkdir(exist_ok=True)
            path.write_text("".join(f"{json.dumps(row)}\n" for row in of_split))
            files.append({"split": split, "path": f"{config}/{split}.jsonl"})
        card.setdefault("configs", []).append({"config_name": config, "data_files": files})
        if features:
            info = {"config_name": config, "features": list(features)}
            card.setdefault("dataset_info", []).append(info)
        readme.write_text(f"---\n{yaml.safe_dump(card)}---\n")

    return add


def classes(*names: str) -> dict[str, Any]:
    """Return the type of a column of classes, as a card has it."""
    return {"class_label": {"names": {str(number): name for number, name in enumerate(names)}}}
