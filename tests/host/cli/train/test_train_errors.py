"""`host train` with everything that can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from tests.host.cli.train.calls import call, drop_last_pairs, edit, train
from tests.small_disk import fill
from training.model import load_with_head


def _empty_language(study: Path) -> None:
    (study.parent / "train/mnli/train-de.tsv").write_text("")


def _no_such_column(study: Path) -> None:
    path = study.parent / "train/xnli/train-en.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rpartition("\t")[0] for line in lines), encoding="utf-8")


def _unknown_label(study: Path) -> None:
    path = study.parent / "train/xnli/train-en.tsv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\tentailment", "\tperhaps", 1), encoding="utf-8")


def _base_with_other_head(study: Path) -> None:
    base = study.parent / "base"
    model = load_with_head(base, "AutoModelForSequenceClassification", ("0", "1"), "x")
    model.save_pretrained(base)


def _base_without_tokenizer(study: Path) -> None:
    for path in (study.parent / "base").glob("*token*"):
        path.unlink()


def _too_many(study: Path) -> None:
    edit(study, "examples: 24", "examples: 2400")


def _half_precision(study: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("a GPU has it")
    edit(study, "  base: base", "  base: base\n  precision: fp16")


WRONG: dict[str, tuple[Callable[[Path], None], str, str, str]] = {
    "an empty file of one language": (_empty_language, "multilingual", "train-de", "again"),
    "a column that is not there": (
        _no_such_column,
        "direct",
        "train-en.tsv, line 1: found 2 columns",
        "line",
    ),
    "a label that the task does not know": (_unknown_label, "direct", "'perhaps'", ""),
    "a base whose head has other classes": (
        _base_with_other_head,
        "direct",
        "2 classes (0, 1), but xnli has 3",
        "encoder alone",
    ),
    "a base without a tokenizer": (
        _base_without_tokenizer,
        "direct",
        "no tokenizer",
        "save_pretrained",
    ),
    "more examples than there are": (
        _too_many,
        "multilingual",
        "found 36 examples, expected at least 800",
        "Lower `examples`",
    ),
    "a precision that the device lacks": (
        _half_precision,
        "direct",
        "precision fp16: found a CPU",
        "fp32",
    ),
}


@pytest.mark.parametrize("case", sorted(WRONG))
def test_what_is_wrong_is_said_before_anything_is_trained(study: Path, case: str) -> None:
    """One error, with what was found, what was expected and what to do."""
    spoil, variant, message, remedy = WRONG[case]
    spoil(study)
    done = train(study, "--only", variant)
    assert done.exit_code == 1
    assert message in done.stderr
    assert remedy in done.stderr.partition("remedy:")[2]
    assert not (study.parent / "out").exists()


def test_a_gpu_without_enough_memory_is_told_how_to_need_less(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyTorch's error becomes the setting that helps."""

    def fail(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")

    monkeypatch.setattr(transformers.XLMRobertaForSequenceClassification, "forward", fail)
    done = train(study, "--only", "direct")
    assert done.exit_code == 1
    assert "not enough memory for batches of 8" in done.stderr
    assert "accumulation: 2" in done.stderr


class _StopError(Exception):
    """Ends a training in its middle."""


def test_data_that_changed_during_an_interruption_is_told(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was begun with other data is not silently begun anew."""
    edit(study, "  base: base", "  base: base\n  save-every: 1")
    from host.cli.train_view import TrainView

    def stop(_: Any, __: Any, update: Any) -> None:
        if update.done == 2:
            raise _StopError

    with monkeypatch.context() as patch:
        patch.setattr(TrainView, "update", stop)
        assert isinstance(train(study, "--only", "direct").exception, _StopError)
    drop_last_pairs(study)
    done = train(study, "--only", "direct")
    assert done.exit_code == 1
    assert "was begun there and is not finished" in done.stderr
    assert "xnli's data_digest" in done.stderr
    assert "to begin anew" in done.stderr


def test_a_disk_that_is_too_small_is_refused_beforehand(study: Path, small_disk: Path) -> None:
    """Free space against what is needed, before the first update."""
    fill(small_disk)
    done = train(study, "--only", "direct", "--output", str(small_disk / "work"))
    assert done.exit_code == 1
    assert "MB free, but training takes about" in done.stderr
    assert "--output" in done.stderr


def test_a_disk_that_fills_up_is_told(
    study: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle: what was saved stays, and the remedy is to free space."""
    edit(study, "  base: base", "  base: base\n  save-every: 1")
    monkeypatch.setattr("host.training.estimate.room.free_disk_bytes", lambda _: 1 << 40)
    from training.saves import Saves

    begin = Saves.begin

    def begin_then_fill(saves: Saves, identity: Any) -> Any:
        began = begin(saves, identity)
        fill(small_disk)
        return began

    monkeypatch.setattr(Saves, "begin", begin_then_fill)
    done = train(study, "--only", "direct", "--output", str(small_disk / "work"))
    assert done.exit_code == 1
    assert "training cannot be saved" in done.stderr
    assert "Free some space" in done.stderr


def test_a_study_with_checkpoints_of_its_own_has_nothing_to_train(tmp_path: Path) -> None:
    """It stays as it is, and the message says what would be needed."""
    text = (
        "study: own\nquestion: Is it?\ndata: data\nbaseline: a\ntasks: [xnli]\nvariants:\n"
        "  a: {regime: direct, recipe: fp32, checkpoints: {xnli: own}}\n"
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "own").mkdir()
    (tmp_path / "own/config.json").write_text("{}")
    (tmp_path / "study.yaml").write_text(text)
    done = train(tmp_path / "study.yaml")
    assert done.exit_code == 1
    assert "no section `training`" in done.stderr


def test_an_export_before_the_training_names_the_command(study: Path) -> None:
    """The folders that are still to be made are no mistake of the user's."""
    done = call("export", study)
    assert done.exit_code == 1
    assert "`host train` makes it" in done.stderr


def test_an_unknown_variant_is_refused(study: Path) -> None:
    """The known ones are listed."""
    done = train(study, "--only", "german")
    assert done.exit_code == 1
    assert "direct, english, multilingual" in done.stderr
