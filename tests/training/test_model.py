"""A base opens with a task's head, or says why not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from export.errors import ExportError
from tests.training.conftest import Bench
from training.errors import TrainingError
from training.model import checkpoint_digest, load_with_head

CLASSIFIER = "AutoModelForSequenceClassification"


def headed(bench: Bench, folder: Path, classes: tuple[str, ...]) -> Path:
    """Write the base with a head."""
    shutil.copytree(bench.base, folder)
    load_with_head(bench.base, CLASSIFIER, classes, "x").save_pretrained(folder)
    return folder


def test_a_head_for_other_classes_is_refused(bench: Bench, tmp_path: Path) -> None:
    """Both sets are named: a head of other classes would be learned into wrong places."""
    base = headed(bench, tmp_path / "base", ("0", "1"))
    with pytest.raises(TrainingError, match=r"2 classes \(0, 1\), but xnli has 3") as caught:
        load_with_head(base, CLASSIFIER, ("a", "b", "c"), "xnli")
    assert "encoder alone" in caught.value.remedy


def test_the_same_classes_in_another_order_are_refused(bench: Bench, tmp_path: Path) -> None:
    """Their number alone says nothing."""
    base = headed(bench, tmp_path / "base", ("yes", "no"))
    with pytest.raises(TrainingError, match="yes, no"):
        load_with_head(base, CLASSIFIER, ("no", "yes"), "x")


def test_another_kind_of_head_does_not_matter(bench: Bench, tmp_path: Path) -> None:
    """A tagger begins with a classifier's encoder."""
    base = headed(bench, tmp_path / "base", ("0", "1"))
    model = load_with_head(base, "AutoModelForTokenClassification", ("A", "B", "C"), "udpos")
    assert model.config.num_labels == 3


def test_a_base_without_a_tokenizer_is_refused(bench: Bench, tmp_path: Path) -> None:
    """Before anything is trained."""
    shutil.copytree(bench.base, tmp_path / "base")
    for file in (tmp_path / "base").glob("*token*"):
        file.unlink()
    with pytest.raises(ExportError, match="no tokenizer"):
        checkpoint_digest(tmp_path / "base")
