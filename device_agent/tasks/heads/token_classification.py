"""Tags the words of a sentence: a word's first subword carries its tag.

A sentence of more subwords than fit is split between words, each part filled as far as it goes,
and the tags are joined again. A word without any subword (odd characters that the tokenizer
drops), or with more than fit into one row, stands as the unknown token and is tagged there. Both
rules are those of XTREME's `utils_preprocess.py` and `utils_tag.py`; unlike them, an XLM-R row
ends in one `</s>`, as transformers' own token classification has it, and not in two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tokenizers import Encoding, Tokenizer

from device_agent.contract.artifact import HeadName
from device_agent.contract.samples import Input, TokensInput
from device_agent.tasks.heads.classes import best_labels
from device_agent.tasks.heads.tokenisation import to_row, unknown_token, without_limits
from device_agent.tasks.protocol import Outputs, Row


@dataclass(frozen=True)
class WordStarts:
    """Context of a tagging row: which words it holds, and where each begins.

    Attributes:
        first_word: 0-based index in the sentence of the row's first word.
        positions: For each of the row's words, in order, the token position of its first subword;
            training puts the word's tag there and ignores every other position.
    """

    first_word: int
    positions: tuple[int, ...]


@dataclass(frozen=True)
class TokenClassification:
    """Reads output `logits`, float32 [1, tokens, classes]; a row's context is `WordStarts`.

    Attributes:
        max_tokens: Longest row, special tokens included.
    """

    max_tokens: int = 128
    name: HeadName = "token-classification"

    def encode(self, tokenizer: Tokenizer, sample_input: Input) -> list[Row]:
        """Return the sentence's parts in order; nearly always one.

        Raises:
            ContractError: A word needs the unknown token and the tokenizer has none.
        """
        assert isinstance(sample_input, TokensInput)
        words = list(sample_input.tokens)
        whole = _encode(tokenizer, words)
        starts = _positions(whole)
        if len(whole.ids) <= self.max_tokens and len(starts) == len(words):
            return [to_row(whole, WordStarts(0, starts))]
        return list(self._parts(tokenizer, words, whole))

    def _parts(self, tokenizer: Tokenizer, words: list[str], whole: Encoding) -> Iterator[Row]:
        """Fill one part after the other with whole words."""
        room = self.max_tokens - tokenizer.num_special_tokens_to_add(False)
        sizes = [0] * len(words)
        for word in whole.word_ids:
            if word is not None:
                sizes[word] += 1
        for word, size in enumerate(sizes):
            if not 0 < size <= room:
                words[word], sizes[word] = unknown_token(tokenizer), 1
        first, filled = 0, 0
        for word, size in enumerate(sizes):
            if filled + size > room:
                yield _part(tokenizer, words, first, word)
                first, filled = word, 0
            filled += size
        yield _part(tokenizer, words, first, len(words))

    def decode(
        self,
        sample_input: Input,  # noqa: ARG002 the protocol's signature
        rows: Sequence[Row],
        outputs: Sequence[Outputs],
        labels: Sequence[str],
    ) -> tuple[str, ...]:
        """Return one tag a word.

        Raises:
            ContractError: The model has another number of classes than `labels`.
        """
        tags: list[str] = []
        for row, output in zip(rows, outputs, strict=True):
            tags += best_labels(output["logits"][0, list(row.context.positions)], labels)
        return tuple(tags)


def _encode(tokenizer: Tokenizer, words: Sequence[str]) -> Encoding:
    return without_limits(tokenizer).encode(words, is_pretokenized=True)


def _part(tokenizer: Tokenizer, words: Sequence[str], first: int, end: int) -> Row:
    encoding = _encode(tokenizer, words[first:end])
    return to_row(encoding, WordStarts(first, _positions(encoding)))


def _positions(encoding: Encoding) -> tuple[int, ...]:
    """Return the position of each word's first subword; words without one are missing."""
    seen: dict[int, int] = {}
    for position, word in enumerate(encoding.word_ids):
        if word is not None:
            seen.setdefault(word, position)
    return tuple(seen.values())
