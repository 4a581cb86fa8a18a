"""Tests of the study file's reference."""

from __future__ import annotations

from pathlib import Path

import yaml

from host.studies.load import load_study
from host.studies.outline import keys, sections
from host.studies.reference import EXAMPLE, study_reference


def test_the_example_is_a_study(tmp_path: Path) -> None:
    """Who copies the example and makes its folders has a study that runs."""
    for name in ("data", "train"):
        (tmp_path / name).mkdir()
    for name in ("english/xnli", "english/encoder", "multilingual/xnli", "multilingual/encoder"):
        (tmp_path / "checkpoints" / name).mkdir(parents=True)
        (tmp_path / "checkpoints" / name / "config.json").write_text("{}")
    path = tmp_path / "study.yaml"
    path.write_text(EXAMPLE)
    study = load_study(path)
    assert study.checkpoint_for("english-int8", "tatoeba").name == "encoder"
    assert study.runtime.threads == 4


def test_the_example_shows_every_key() -> None:
    """No key of the schema is left out of the example."""
    example = yaml.safe_load(EXAMPLE)
    variant = example["variants"]["english-int8"]
    shown = {
        *example,
        *example["tasks"]["xnli"],
        *example["tasks"]["tatoeba"],
        *variant,
        *variant["pooling"],
        *example["performance"],
        *example["runtime"],
        *example["seeds"],
        *example["design"],
        *example["training"],
        *(key for tuned in example["training"]["hyperparameters"].values() for key in tuned),
        *example["variants"]["multilingual-int8"]["training"],
        *example["variants"]["multilingual-int8"]["training"]["masked-text"],
        *variant["training"],
        "mirror",  # in place of another key
        "turn-queries",  # of the other scenario
    }
    assert shown == {key for section in sections().values() for key in keys(section)}


def test_the_reference_says_what_every_key_takes() -> None:
    """The table has a line per key, with its default or that it is required."""
    lines = study_reference().removeprefix(EXAMPLE).splitlines()
    assert sum(line.startswith("  ") for line in lines) == sum(
        len(keys(section)) for section in sections().values()
    )
    assert any(line.endswith("at most 0.5 (0.02 is 2 %) (default 0.02)") for line in lines)
    assert "  baseline      the name of a variant (required)" in lines
