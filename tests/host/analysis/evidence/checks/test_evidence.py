"""Gold and artifacts of another kind than the tasks need are found."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.host.analysis.evidence.forging import forge_spec, found, read_spec, swap_gold


@pytest.mark.parametrize(
    ("task", "language", "gold"),
    [
        ("xnli", "en", "7"),
        ("xnli", "en", '""'),
        ("xcopa", "tr", '"0"'),
        ("xcopa", "tr", "-1"),
        ("udpos", "en", '"NOUN"'),
        ("udpos", "en", "[]"),
        ("udpos", "en", '["NOUN",""]'),
        ("xquad", "de", '"answer"'),
        ("tatoeba", "zh", '"zh-0"'),
    ],
)
def test_gold_of_another_kind_is_found(folder: Path, task: str, language: str, gold: str) -> None:
    """What its task's metric cannot read is told before it is computed with."""
    path = f"gold/{task}.{language}.jsonl"
    first, rest = (folder / path).read_bytes().split(b"\n", 1)
    key = msgspec.json.decode(first)["id"]
    line = f'{{"id":"{key}","gold":{gold}}}\n'.encode()
    texts = found(swap_gold(folder, task, language, line + rest))
    assert any(text.startswith(f"{path}: has gold that is none of {task}") for text in texts), texts


def test_artifacts_of_another_task_or_recipe_are_found(folder: Path) -> None:
    """An artifact's head is its task's, and its recipe its variant's."""
    variants = []
    for variant in read_spec(folder).variants:
        artifacts = {**variant.artifacts, "xnli": variant.artifacts["xcopa"]}
        variants.append(msgspec.structs.replace(variant, recipe="fp32", artifacts=artifacts))
    texts = found(forge_spec(folder, variants=tuple(variants)))
    assert any("is a multiple-choice artifact by int8-dynamic" in text for text in texts), texts
    assert any("needs sequence-classification by fp32 for xnli" in text for text in texts), texts
