"""Chunk F1 as seqeval 0.0.12 computes it, which XTREME uses for UDPOS and for PANX.

A tag's first character is its prefix and what stands after its last hyphen its type, for any tag.

- IOB2 tags (PANX): B-X starts an entity, and so does an I-X that follows another type or O.
- Raw part-of-speech tags (UDPOS) are their own types: equal neighbours make one chunk, except
  tags that begin with S (SYM, SCONJ), which seqeval takes for single-token chunks. Later seqeval
  drops a tag's first character from its type and gives other numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ChunkScore:
    """F1, precision and recall over all chunks (micro average), in percent."""

    f1: float
    precision: float
    recall: float


def chunk_f1(gold: Sequence[Sequence[str]], predictions: Sequence[Sequence[str]]) -> ChunkScore:
    """Compare the chunks of all sentences; a chunk is right where type and both ends agree.

    Without any gold or any predicted chunk, precision, recall and F1 are 0.

    Args:
        gold: Tags per sentence, none of them empty.
        predictions: As many sentences, in the same order.

    Raises:
        ValueError: The numbers of sentences differ.
    """
    wanted = found = right = 0
    for gold_tags, tags in zip(gold, predictions, strict=True):
        gold_chunks, predicted_chunks = set(chunks(gold_tags)), set(chunks(tags))
        wanted += len(gold_chunks)
        found += len(predicted_chunks)
        right += len(gold_chunks & predicted_chunks)
    precision = right / found if found else 0.0
    recall = right / wanted if wanted else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return ChunkScore(f1=100.0 * f1, precision=100.0 * precision, recall=100.0 * recall)


def chunks(tags: Sequence[str]) -> list[tuple[str, int, int]]:
    """Return one sentence's chunks as (type, first token, end), the end exclusive.

    The rules of CoNLL-2000's `conlleval` for any prefix among B, I, E, S and O, as `get_entities`
    in seqeval 0.0.12 (`metrics/sequence_labeling.py`) has them.
    """
    found = []
    begin, before, kind_before = 0, "O", ""
    for position, tag in enumerate([*tags, "O"]):
        prefix, kind = tag[0], tag.rpartition("-")[2]
        if _ends(before, prefix) or (before not in "O." and kind_before != kind):
            found.append((kind_before, begin, position))
        if _starts(before, prefix) or (prefix not in "O." and kind_before != kind):
            begin = position
        before, kind_before = prefix, kind
    return found


def _ends(before: str, prefix: str) -> bool:
    """Tell whether a chunk ends between two prefixes, whatever the types."""
    return before in "ES" or (before in "BI" and prefix in "BSO")


def _starts(before: str, prefix: str) -> bool:
    """Tell whether a chunk starts at the second of two prefixes, whatever the types."""
    return prefix in "BS" or (before in "ESO" and prefix in "EI")
