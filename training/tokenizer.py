"""Makes tokenizers of XLM-R's form: Unigram pieces, XLM-R's special tokens, ids and template."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

SPACE = "▁"
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
_MASK = "<mask>"


def train_tokenizer(words: Iterable[str], vocabulary: int) -> Tokenizer:
    """Train a tokenizer; equal words make equal tokenizers.

    The pieces are those that byte-pair merging finds, the score of each the logarithm of its share
    in the words so cut. The Unigram trainer of `tokenizers` is of no use here: it scores rare
    characters in random order, and on a text of a few thousand words it prefers single letters.

    Args:
        words: Pieces never cross a word's borders; a word after a space begins with `SPACE`.
        vocabulary: The most tokens it may have, special ones included.
    """
    counts = Counter(words)
    merged = Tokenizer(models.BPE())
    room = vocabulary - len(_SPECIAL) - 1
    merged.train_from_iterator(
        (word for word, count in sorted(counts.items()) for _ in range(count)),
        trainers.BpeTrainer(vocab_size=room, show_progress=False),
    )
    used: Counter[str] = Counter()
    for word, count in counts.items():
        for piece in merged.encode(word).tokens:
            used[piece] += count
    total = sum(used.values())
    # A piece that only served on the way to a longer one stays, as the least likely.
    scores = {p: math.log(max(used[p], 0.5) / total) for p in merged.get_vocab()}
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return _assemble([*((token, 0.0) for token in _SPECIAL), *ordered])


def _assemble(pieces: list[tuple[str, float]]) -> Tokenizer:
    """Put normaliser, pieces and template together as XLM-R's tokenizer.json has them."""
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=_SPECIAL.index("<unk>")))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement=SPACE, prepend_scheme="always")
    tokenizer.add_special_tokens(
        [*_SPECIAL, AddedToken(_MASK, lstrip=True, normalized=False, special=True)]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return tokenizer


def save_tokenizer(tokenizer: Tokenizer, folder: Path, max_tokens: int) -> None:
    """Write tokenizer.json and the configuration that AutoTokenizer reads.

    Args:
        tokenizer: As `train_tokenizer` returns it.
        folder: Is created.
        max_tokens: Longest input of the model, special tokens included.
    """
    from transformers import XLMRobertaTokenizerFast  # noqa: PLC0415 it is heavy

    fast = XLMRobertaTokenizerFast(tokenizer_object=tokenizer, model_max_length=max_tokens)
    fast.save_pretrained(folder)
