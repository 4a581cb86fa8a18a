"""ANLI+ is its three rounds with MNLI and SNLI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from device_agent.contract.errors import DataError
from device_agent.contract.samples import PairInput
from tests.host.data.fetch.conftest import AddDataset
from tests.training.sources.files import write_json_lines
from training import intermediate, learning
from training.examples import Example

ANLI = learning.get(intermediate, "anli")


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """One pair in each of the published files, and one of SNLI's without a majority."""
    for number in (1, 2, 3):
        row = {"uid": "x", "context": f"R{number}", "hypothesis": "h", "label": "n"}
        write_json_lines(tmp_path / f"anli/R{number}/train.jsonl", [row])
    for name, first in (("mnli/multinli_1.0", "MNLI"), ("snli/snli_1.0", "SNLI")):
        row = {"sentence1": first, "sentence2": "h", "gold_label": "entailment"}
        rows = [row, {**row, "gold_label": "-"}]
        write_json_lines(tmp_path / f"{name}_train.jsonl", rows)
    return tmp_path


def _firsts(examples: list[Example]) -> list[str]:
    return [one.input.first for one in examples if isinstance(one.input, PairInput)]


def test_english_is_all_of_them(published: Path) -> None:
    """In their order, with XNLI's classes."""
    examples = ANLI.read(published, "en")
    assert _firsts(examples) == ["R1", "R2", "R3", "MNLI", "SNLI"]
    assert [one.target for one in examples] == ["neutral"] * 3 + ["entailment"] * 2


def test_a_part_that_is_missing_is_named(published: Path) -> None:
    """ANLI without SNLI would be another task."""
    (published / "snli/snli_1.0_train.jsonl").unlink()
    with pytest.raises(DataError, match=r"expected one of snli/snli_1\.0_train\.jsonl"):
        ANLI.read(published, "en")


def test_a_translation_is_one_file(tmp_path: Path) -> None:
    """With ANLI's columns."""
    rows = [{"context": "Ja.", "hypothesis": "h", "label": "c"}]
    write_json_lines(tmp_path / "anli/train-de.jsonl", rows)
    assert _firsts(ANLI.read(tmp_path, "de")) == ["Ja."]


def test_the_hub_has_all_parts(mirror: Path, add_dataset: AddDataset) -> None:
    """Three splits of one dataset, and two others."""
    pytest.importorskip("datasets", reason="the extra [fetch] is not installed")

    def rows(first: str) -> list[dict[str, Any]]:
        return [{"premise": first, "hypothesis": "h", "label": "neutral"}]

    rounds = {f"train_r{number}": rows(f"R{number}") for number in (1, 2, 3)}
    add_dataset("facebook/anli", "plain_text", rounds)
    add_dataset("nyu-mll/multi_nli", "default", {"train": rows("MNLI")})
    add_dataset("stanfordnlp/snli", "plain_text", {"train": rows("SNLI")})
    assert ANLI.fetch is not None
    assert _firsts(ANLI.fetch("en", mirror)) == ["R1", "R2", "R3", "MNLI", "SNLI"]


def test_its_rows_may_be_longer_than_xnlis() -> None:
    """Contexts are paragraphs."""
    assert ANLI.task.head.max_tokens == 256
    assert ANLI.task.labels == ("contradiction", "entailment", "neutral")
