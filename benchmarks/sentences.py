"""Sentence pairs of a wanted number of tokens, cut from real passages with a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from tokenizers import Encoding, Tokenizer

from device_agent import tasks
from device_agent.contract.samples import PairInput, QuestionInput
from device_agent.tasks.heads.tokenisation import subwords, two_texts
from export.probe_texts import TEXTS

SHORTEST, LONGEST = 8, 128


def passages(data: Path | None) -> list[str]:
    """Return XQuAD's passages in every language of the sample; else the built-in texts, joined."""
    if data is None or not (data / "xtreme_r_sample/xquad").is_dir():
        return [" ".join(four * 4) for four in TEXTS.values()]
    task = tasks.get("xquad")
    found = []
    for language in task.languages_xtreme_r:
        for sample in task.read(data / "xtreme_r_sample", language):
            assert isinstance(sample.input, QuestionInput)
            found.append(sample.input.context)
    return list(dict.fromkeys(found))


def pick(
    tokenizer: Tokenizer, texts: Sequence[str], count: int, seed: int
) -> tuple[PairInput, ...]:
    """Return pairs of 8 to 128 tokens, special tokens included, each length equally likely.

    Args:
        tokenizer: Of the model that is measured.
        texts: Passages; a pair is a run of words from one of them, cut in two.
        count: How many pairs.
        seed: Decides lengths, passages and places.
    """
    chance = random.Random(seed)
    drawn = _draw(tokenizer, texts, chance)
    return tuple(next(drawn) for _ in range(count))


def _draw(tokenizer: Tokenizer, texts: Sequence[str], chance: random.Random) -> Iterator[PairInput]:
    special = tokenizer.num_special_tokens_to_add(True)
    known: dict[str, Encoding] = {}
    while True:
        wanted = chance.randint(SHORTEST, LONGEST)
        while True:
            text = chance.choice(texts)
            encoding = known.setdefault(text, subwords(tokenizer, text))
            if (pair := _cut(text, encoding, wanted - special, chance)) is None:
                continue
            # Cut off from its neighbours, a word may become other tokens.
            tokens = len(two_texts(tokenizer, pair.first, pair.second, LONGEST + 1).ids)
            if SHORTEST <= tokens <= LONGEST:
                yield pair
                break


def _cut(text: str, encoding: Encoding, tokens: int, chance: random.Random) -> PairInput | None:
    """Return two neighbouring pieces of so many tokens together; None where the text is shorter."""
    if len(encoding.ids) < tokens:
        return None
    begin = chance.randrange(len(encoding.ids) - tokens + 1)
    offsets = encoding.offsets[begin : begin + tokens]
    middle = offsets[tokens // 2][0]
    first, second = text[offsets[0][0] : middle].strip(), text[middle : offsets[-1][1]].strip()
    return PairInput(first=first, second=second) if first and second else None
