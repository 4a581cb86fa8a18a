"""XQuAD and MLQA are learned from SQuAD, TyDiQA from its own training set."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.host.data.fetch.conftest import AddDataset
from tests.training.sources.files import write_squad
from training import learning, target
from training.errors import TrainingError
from training.examples import Span

ANNA = {"answers": [{"text": "Anna", "answer_start": 0}]}
FILES = {
    "xquad": "squad/train-v1.1.json",
    "mlqa": "squad/train-v1.1.json",
    "tydiqa": "tydiqa/tydiqa-goldp-v1.1-train/tydiqa.goldp.en.train.json",
}


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_published_file_is_read(tmp_path: Path, name: str) -> None:
    """With the answers' places."""
    write_squad(tmp_path / FILES[name], "Anna.", [ANNA])
    (example,) = learning.get(target, name).read(tmp_path, "en")
    assert example.target == Span(start=0, end=4)


@pytest.mark.parametrize("name", ["xquad", "mlqa"])
def test_squad_is_english(tmp_path: Path, name: str) -> None:
    """Zero-shot evaluation means just that."""
    write_squad(tmp_path / "squad/train-de.json", "Anna.", [ANNA])
    with pytest.raises(TrainingError, match="learned from SQuAD, which is English; found 'de'"):
        learning.get(target, name).read(tmp_path, "de")


def test_the_hubs_tydiqa_is_told_by_language(mirror: Path, add_dataset: AddDataset) -> None:
    """All languages lie together there."""
    pytest.importorskip("datasets", reason="the extra [fetch] is not installed")
    answers = {"text": ["Anna"], "answer_start": [0]}
    row = {"context": "Anna.", "question": "Who?", "answers": answers}
    rows = [{"id": "english-1", **row}, {"id": "korean-1", **row}]
    add_dataset("google/xtreme", "tydiqa", {"train": rows})
    tydiqa = learning.get(target, "tydiqa")
    assert tydiqa.fetch is not None
    assert len(tydiqa.fetch("en", mirror)) == 1


def test_the_real_file_is_read(train_sample: Path) -> None:
    """Every answer stands where the file says."""
    files = "tydiqa/tydiqa.goldp.{language}.train.json"
    assert len(learning.get(target, "tydiqa").read(train_sample, "en", files)) == 3580
