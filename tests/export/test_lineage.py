"""What is known of a checkpoint's training is carried on, never guessed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from export import lineage
from export.errors import ExportError
from export.lineage import TrainingRecord


def test_reads_our_keys_and_leaves_the_others(tmp_path: Path) -> None:
    """The training writes more than an artifact needs."""
    record = {"regime": "english", "intermediate_tasks": ["mnli"], "seeds": [1], "epochs": 3}
    (tmp_path / "training.json").write_text(json.dumps(record))
    found = lineage.read(tmp_path)
    assert found == TrainingRecord(regime="english", intermediate_tasks=("mnli",), seeds=(1,))


def test_without_a_record_nothing_is_known(tmp_path: Path) -> None:
    """A checkpoint from elsewhere has an unknown regime, not a default one."""
    assert lineage.read(tmp_path).lineage("0" * 64).regime is None


@pytest.mark.parametrize("text", ["{", '{"regime": "bilingual"}', '{"seeds": "7"}'])
def test_refuses_a_malformed_record(tmp_path: Path, text: str) -> None:
    """A record that cannot be understood must not become "unknown"."""
    (tmp_path / "training.json").write_text(text)
    with pytest.raises(ExportError, match=r"training\.json: cannot be read"):
        lineage.read(tmp_path)


def test_what_the_caller_knows_wins() -> None:
    """A study may add what the record lacks, or name the base model otherwise."""
    record = TrainingRecord(base_model="/old/path", regime="direct")
    found = record.with_overrides(TrainingRecord(base_model="xlm-roberta-base"), "c")
    assert (found.base_model, found.regime) == ("xlm-roberta-base", "direct")


def test_two_regimes_are_refused() -> None:
    """A checkpoint of one regime under another's name would falsify the comparison."""
    with pytest.raises(ExportError, match="says regime 'direct', expected 'english'"):
        TrainingRecord(regime="direct").with_overrides(TrainingRecord(regime="english"), "c")
