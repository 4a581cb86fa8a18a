"""The vocabulary's identity, and tokenizers written with other ids."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from export import tokenizer


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
