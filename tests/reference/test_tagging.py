"""Tagging: every word's tag equals that of a word-by-word implementation in PyTorch fp32."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from device_agent.contract.samples import Sample, TokensInput
from tests.reference.both import Both, some

COUNT = 12
MAX_TOKENS = 128
FAMILIES = {"udpos": "bert", "panx": "xlm-roberta"}


def sentences(root: Path, task: str, language: str) -> list[list[str]]:
    """Read the words without any of our readers."""
    text = (root / task / f"test-{language}.tsv").read_text(encoding="utf-8")
    blocks = text.strip("\n").split("\n\n")
    return [
        [line.split("\t")[0].removeprefix(f"{language}:") for line in block.split("\n")]
        for block in blocks
    ]


def plain_tags(both: Both, words: list[str]) -> tuple[list[str], int]:
    """Tokenise word by word, fill parts with whole words, tag at first subwords.

    Returns:
        A tag a word, and the number of parts.
    """
    room = MAX_TOKENS - both.tokenizer.num_special_tokens_to_add(pair=False)
    parts: list[list[list[int]]] = [[]]
    for word in words:
        ids = both.tokenizer([word], is_split_into_words=True, add_special_tokens=False)
        subwords = ids["input_ids"]
        if not 0 < len(subwords) <= room:
            subwords = [both.tokenizer.unk_token_id]
        if sum(map(len, parts[-1])) + len(subwords) > room:
            parts.append([])
        parts[-1].append(subwords)
    return [tag for part in parts for tag in _tag_part(both, part)], len(parts)


def _tag_part(both: Both, part: list[list[int]]) -> list[str]:
    flat = [number for subwords in part for number in subwords]
    ids = both.tokenizer.build_inputs_with_special_tokens(flat)
    classes = both.forward(input_ids=torch.tensor([ids])).logits[0].argmax(-1)
    tags, position = [], 1
    for subwords in part:
        tags.append(both.model.config.id2label[int(classes[position])])
        position += len(subwords)
    return tags


@pytest.mark.parametrize("language", ["ja", "zh", "th", "ar", "hi"])
@pytest.mark.parametrize("task", FAMILIES)
def test_tags_equal_a_plain_implementation(make_both, sample_root, task, language) -> None:
    """Real sentences, the longest among them."""
    both = make_both(task, FAMILIES[task])
    texts = sentences(sample_root, task, language)
    samples = both.task.read(sample_root, language)
    assert len(samples) == len(texts)
    seen = set()
    for place, sample in some(samples, COUNT, lambda sample: len(sample.input.tokens)):
        expected, _ = plain_tags(both, texts[place])
        assert list(both.ours(sample)[0]) == expected
        seen |= set(expected)
    assert len(seen) > 1


@pytest.mark.parametrize("language", ["ja", "zh", "th", "ar", "hi"])
@pytest.mark.parametrize("task", FAMILIES)
def test_long_sentences_are_split_and_joined_alike(make_both, sample_root, task, language) -> None:
    """Many real sentences as one, with words in it that the tokenizer drops to nothing."""
    both = make_both(task, FAMILIES[task])
    words = [word for words in sentences(sample_root, task, language)[:50] for word in words]
    words[7::50] = ["\u200d"] * len(words[7::50])
    words[30] = "มาก" * 80
    expected, parts = plain_tags(both, words)
    assert parts > 1
    assert len(expected) == len(words)
    sample = Sample(id="long", input=TokensInput(tokens=tuple(words)))
    assert list(both.ours(sample)[0]) == expected
