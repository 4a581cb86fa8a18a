"""The vocabulary's identity, and tokenizers written with other ids."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from export import tokenizer
from export.errors import ExportError


def reread(state: dict[str, object], **layout: object) -> Tokenizer:
    return Tokenizer.from_str(json.dumps(state, **layout))  # type: ignore[arg-type]


@pytest.mark.parametrize("family", ["bert", "roberta"])
def test_layout_does_not_matter(trained_tokenizers: dict[str, Tokenizer], family: str) -> None:
    """Nor do order, escapes, padding and truncation."""
    ours = trained_tokenizers[family]
    state = json.loads(ours.to_str())
    digest = tokenizer.digest(ours)
    turned = dict(reversed(state.items()))
    assert tokenizer.digest(reread(turned, indent=3, ensure_ascii=True)) == digest
    limited = reread(state)
    limited.enable_truncation(12)
    limited.enable_padding(length=9)
    assert tokenizer.digest(limited) == digest


@pytest.mark.parametrize("part", ["normalizer", "pre_tokenizer", "post_processor", "model"])
def test_every_part_that_decides_ids_matters(
    trained_tokenizers: dict[str, Tokenizer], part: str
) -> None:
    """Another normaliser, word splitter, template or score is another vocabulary."""
    state = json.loads(trained_tokenizers["roberta"].to_str())
    digest = tokenizer.digest(reread(state))
    if part == "model":
        state["model"]["vocab"][9][1] -= 1
    else:
        state[part] = {"type": "Lowercase"} if part == "normalizer" else None
    assert tokenizer.digest(reread(state)) != digest


def test_settings_get_the_new_ids(tmp_path: Path) -> None:
    """Hugging Face's library reads them from beside the tokenizer."""
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    target.mkdir()
    settings = {"added_tokens_decoder": {"250001": {"content": "<mask>"}}, "pad_token": "<pad>"}
    (source / "tokenizer_config.json").write_text(json.dumps(settings))
    (source / "added_tokens.json").write_text('{"<mask>": 250001}')
    (source / "special_tokens_map.json").write_text('{"pad_token": "<pad>"}')
    tokenizer.write_trimmed(source, "{}", target, {250_001: 77}.__getitem__)
    written = {path.name: json.loads(path.read_bytes()) for path in target.iterdir()}
    assert written["tokenizer_config.json"]["added_tokens_decoder"] == {"77": {"content": "<mask>"}}
    assert written["added_tokens.json"] == {"<mask>": 77}
    assert written["special_tokens_map.json"] == {"pad_token": "<pad>"}


@pytest.mark.parametrize(
    ("model_type", "settings", "name"),
    [
        ("xlm", {}, "XLMTokenizer"),
        ("flaubert", {}, "FlaubertTokenizer"),
        ("bert", {"tokenizer_class": "BertJapaneseTokenizer"}, "BertJapaneseTokenizer"),
    ],
)
def test_a_tokenizer_in_python_is_refused(
    tmp_path: Path, model_type: str, settings: dict[str, str], name: str
) -> None:
    """What has no fast version cannot run on a device, and the message says which one it is."""
    (tmp_path / "config.json").write_text(json.dumps({"model_type": model_type}))
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(settings))
    (tmp_path / "vocab.json").write_text("{}")
    with pytest.raises(ExportError, match=f"{name} is written in Python and has no fast version"):
        tokenizer.load(tmp_path)


def test_pieces_without_their_library_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Published mDeBERTa has spm.model alone, which sentencepiece reads."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    (tmp_path / "config.json").write_text('{"model_type": "deberta-v2"}')
    (tmp_path / "spm.model").write_bytes(b"")
    with pytest.raises(ExportError, match=r"spm\.model is to be converted") as caught:
        tokenizer.load(tmp_path)
    assert "pip install sentencepiece" in caught.value.remedy


def test_chinese_words_by_a_python_library_are_refused(
    tmp_path: Path, trained_tokenizers: dict[str, Tokenizer]
) -> None:
    """RoFormer's file does not say that jieba splits the text first: it would give other tokens."""
    trained_tokenizers["bert"].save(str(tmp_path / "tokenizer.json"))
    settings = tmp_path / "tokenizer_config.json"
    settings.write_text('{"tokenizer_class": "RoFormerTokenizer"}')
    with pytest.raises(ExportError, match="takes Chinese apart with a Python library"):
        tokenizer.load(tmp_path)
    settings.write_text('{"tokenizer_class": "BertTokenizer"}')
    assert tokenizer.load(tmp_path).get_vocab_size() > 100


def test_torn_settings_of_a_trimmed_tokenizer_are_told(tmp_path: Path) -> None:
    """New ids cannot be put into them."""
    (tmp_path / "tokenizer_config.json").write_text('{"a')
    (tmp_path / "out").mkdir()
    with pytest.raises(ExportError, match=r"tokenizer_config\.json: cannot be read"):
        tokenizer.write_trimmed(tmp_path, "{}", tmp_path / "out", lambda id_: id_)
