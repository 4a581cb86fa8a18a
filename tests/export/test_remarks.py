"""What is odd about a checkpoint is told, and what is usual is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from export.errors import ExportError
from export.opening import open_checkpoint
from export.pipeline import export_checkpoint
from export.request import ExportRequest

CopyOf = Callable[[Path], Path]
Xlmr = Callable[[str], Path]


def notes(folder: Path, output: Path) -> str:
    request = ExportRequest(checkpoint=folder, output=output, recipes=["fp32"])
    return "\n".join(export_checkpoint(request).notes)


def add_tensors(folder: Path, *names: str, width: int = 3) -> None:
    path = folder / "model.safetensors"
    more = {name: np.ones(width, dtype=np.float32) for name in names}
    save_file(load_file(path) | more, path, metadata={"format": "pt"})


def test_tensors_without_a_place_are_named(xlmr: Xlmr, copy_of: CopyOf, tmp_path: Path) -> None:
    """An adapter that was not merged would be lost without a word."""
    folder = copy_of(xlmr("sequence-classification"))
    lora = [f"roberta.encoder.layer.0.attention.lora_{side}" for side in "AB"]
    add_tensors(folder, *lora, "extra.a", "extra.b")
    told = notes(folder, tmp_path / "out")
    assert "no place for, so they are left out: extra.a, extra.b, roberta.encoder" in told
    assert "and 1 more" in told


def test_what_pre_training_leaves_is_not_told(xlmr: Xlmr, copy_of: CopyOf, tmp_path: Path) -> None:
    """Nor a task's head where the encoder alone is asked for."""
    folder = copy_of(xlmr("sequence-classification"))
    add_tensors(folder, "lm_head.bias", "roberta.pooler.dense.bias", width=32)
    assert notes(folder, tmp_path / "out") == ""
    request = ExportRequest(checkpoint=folder, output=tmp_path / "encoder", recipes=["fp32"])
    encoder = ExportRequest(**{**vars(request), "target_task": "tatoeba"})
    assert export_checkpoint(encoder).notes == ()


def test_a_tokenizer_without_special_tokens_is_told(
    xlmr: Xlmr, copy_of: CopyOf, tmp_path: Path
) -> None:
    """Reference and artifact would agree on the wrong input."""
    folder = copy_of(xlmr("sequence-classification"))
    tokens = json.loads((folder / "tokenizer.json").read_text())
    (folder / "tokenizer.json").write_text(json.dumps(tokens | {"post_processor": None}))
    assert "puts no special tokens around a text" in notes(folder, tmp_path / "out")


@pytest.mark.parametrize(
    ("modules", "named"),
    [
        ('[{"type": "models.Transformer"}, {"type": "models.Pooling"}]', "describes Pooling ("),
        ("torn", "describes its own steps ("),
    ],
)
def test_the_pooling_of_sentence_transformers_is_not_taken_over_in_silence(
    xlmr: Xlmr, copy_of: CopyOf, tmp_path: Path, modules: str, named: str
) -> None:
    """The note says what is done in its place."""
    folder = copy_of(xlmr("sentence-embedding"))
    (folder / "modules.json").write_text(modules)
    told = notes(folder, tmp_path / "out")
    assert named in told
    assert "exported with method mean at layer 2" in told


@pytest.mark.parametrize(
    ("settings", "refused"),
    [
        ({"do_lower_case": True}, True),
        ({"do_lower_case": False}, False),
        ({"do_lower_case": False, "tokenize_chinese_chars": False}, True),
        ({"do_lower_case": True, "tokenizer_class": "PreTrainedTokenizerFast"}, False),
        ({}, False),
    ],
)
def test_settings_that_transformers_would_follow_instead_are_refused(
    make_checkpoint: Callable[..., Path],
    copy_of: CopyOf,
    settings: dict[str, object],
    refused: bool,
) -> None:
    """BERT's letter case, accents and Chinese characters stand in two files."""
    folder = copy_of(make_checkpoint("bert", "sequence-classification"))
    tokens = json.loads((folder / "tokenizer.json").read_text())
    tokens["normalizer"] = {
        "type": "BertNormalizer",
        "clean_text": True,
        "handle_chinese_chars": True,
        "strip_accents": None,
        "lowercase": False,
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokens))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizer"} | settings)
    )
    if not refused:
        open_checkpoint(folder)
        return
    with pytest.raises(ExportError, match="transformers would follow the first"):
        open_checkpoint(folder)
