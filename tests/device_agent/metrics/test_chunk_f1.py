"""Chunk F1 as seqeval 0.0.12 has it, on raw tags and on IOB2."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from device_agent.metrics.chunk_f1 import ChunkScore, chunk_f1, chunks

UPOS = ["ADJ", "ADP", "INTJ", "NOUN", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"]
IOB2 = ["B-LOC", "I-LOC", "B-PER", "I-PER", "O"]


def sentences(tags: list[str]) -> st.SearchStrategy[list[list[tuple[str, str]]]]:
    """Sentences of (gold, predicted) tags."""
    word = st.tuples(st.sampled_from(tags), st.sampled_from(tags))
    return st.lists(st.lists(word, min_size=1, max_size=8), min_size=1, max_size=6)


def split(rows: list[list[tuple[str, str]]]) -> tuple[list[list[str]], list[list[str]]]:
    return [[g for g, _ in row] for row in rows], [[p for _, p in row] for row in rows]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("NOUN NOUN VERB", [("NOUN", 0, 2), ("VERB", 2, 3)]),
        ("SYM SYM", [("SYM", 0, 1), ("SYM", 1, 2)]),
        ("SCONJ SCONJ SYM", [("SCONJ", 0, 1), ("SCONJ", 1, 2), ("SYM", 2, 3)]),
        ("INTJ INTJ", [("INTJ", 0, 2)]),
        ("X", [("X", 0, 1)]),
    ],
)
def test_raw_tags_merge_unless_they_begin_with_s(
    tags: str, expected: list[tuple[str, int, int]]
) -> None:
    """Equal neighbours are one chunk; S is read as the prefix of a single-token chunk."""
    assert chunks(tags.split()) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("B-PER I-PER O B-LOC", [("PER", 0, 2), ("LOC", 3, 4)]),
        ("I-PER I-PER O", [("PER", 0, 2)]),
        ("B-PER I-LOC", [("PER", 0, 1), ("LOC", 1, 2)]),
        ("B-PER B-PER", [("PER", 0, 1), ("PER", 1, 2)]),
        ("O O", []),
        ("", []),
    ],
)
def test_iob2_is_read_leniently(tags: str, expected: list[tuple[str, int, int]]) -> None:
    """B starts an entity, and so does an I without a B before it."""
    assert chunks(tags.split()) == expected


def test_a_chunk_never_crosses_sentences() -> None:
    """Equal tags at the end of one sentence and the start of the next stay two chunks."""
    together = chunk_f1([["NOUN", "NOUN"]], [["NOUN", "NOUN"]])
    apart = chunk_f1([["NOUN"], ["NOUN"]], [["NOUN"], ["VERB"]])
    assert together.f1 == 100.0
    assert apart == ChunkScore(f1=50.0, precision=50.0, recall=50.0)


def test_chunk_f1_is_not_token_accuracy() -> None:
    """One wrong tag of six breaks a chunk of three into three that are all wrong."""
    gold = [["DET", "NOUN", "NOUN", "NOUN", "VERB", "ADV"]]
    found = [["DET", "NOUN", "ADJ", "NOUN", "VERB", "ADV"]]
    score = chunk_f1(gold, found)
    assert score.precision == pytest.approx(100 * 3 / 6)
    assert score.recall == pytest.approx(100 * 3 / 4)
    assert score.f1 == pytest.approx(60.0)


@pytest.mark.parametrize(
    ("gold", "found", "expected"),
    [
        (
            "SYM SYM NUM NOUN NOUN SCONJ SCONJ VERB VERB|INTJ INTJ X X PROPN PROPN PRON ADP SYM",
            "SYM SYM NUM NOUN NOUN SCONJ SYM VERB VERB|INTJ X X X PROPN PROPN PROPN ADP SYM",
            (64.0, 66.66666666666666, 61.53846153846154),
        ),
        (
            "B-PER I-PER O I-LOC I-LOC B-LOC|O B-ORG I-PER I-PER O",
            "B-PER I-PER I-PER I-LOC O B-LOC|O B-ORG I-ORG I-PER O",
            (20.000000000000004, 20.0, 20.0),
        ),
    ],
)
def test_numbers_of_seqeval(gold: str, found: str, expected: tuple[float, float, float]) -> None:
    """F1, precision and recall are those that seqeval 0.0.12 itself computed for these tags."""
    score = chunk_f1(*([row.split() for row in tags.split("|")] for tags in (gold, found)))
    assert (score.f1, score.precision, score.recall) == pytest.approx(expected, abs=1e-9)


def test_no_entity_anywhere_scores_zero() -> None:
    """Without gold and without predicted entities F1 is 0, as the benchmark has it."""
    assert chunk_f1([["O", "O"]], [["O", "O"]]) == ChunkScore(f1=0.0, precision=0.0, recall=0.0)


def test_sentences_must_pair_up() -> None:
    """A missing sentence is an error."""
    with pytest.raises(ValueError, match="shorter"):
        chunk_f1([["O"], ["O"]], [["O"]])


def by_the_book(tags: list[str]) -> set[tuple[str, int, int]]:
    """Chunks of raw tags or lenient IOB2, from the rules in words instead of prefixes."""
    found = []
    for position, tag in enumerate(tags):
        kind = tag.split("-")[-1]
        continues = (
            found
            and found[-1][2] == position
            and found[-1][0] == kind
            and not tag.startswith(("B-", "S"))
        )
        if tag == "O":
            continue
        if continues:
            found[-1] = (kind, found[-1][1], position + 1)
        else:
            found.append((kind, position, position + 1))
    return set(found)


@given(st.one_of(*(st.lists(st.sampled_from(tags)) for tags in (UPOS, IOB2))))
def test_chunks_follow_the_rules_in_words(tags: list[str]) -> None:
    """For both tag sets the prefix rules come down to what the docstring says."""
    assert set(chunks(tags)) == by_the_book(tags)


@given(st.one_of(sentences(UPOS), sentences(IOB2)), st.randoms(use_true_random=False))
def test_range_and_order(rows: list[list[tuple[str, str]]], chance: random.Random) -> None:
    """All three lie between 0 and 100 and do not see the order of sentences."""
    gold, found = split(rows)
    score = chunk_f1(gold, found)
    assert all(0 <= value <= 100 for value in (score.f1, score.precision, score.recall))
    assert chunk_f1(*split(chance.sample(rows, len(rows)))) == score


@given(st.one_of(sentences(UPOS), sentences(IOB2)))
def test_perfect_tags_score_100(rows: list[list[tuple[str, str]]]) -> None:
    """Gold against itself is 100 in all three, where there is any chunk."""
    gold, _ = split(rows)
    assume(any(chunks(tags) for tags in gold))
    assert chunk_f1(gold, gold) == ChunkScore(f1=100.0, precision=100.0, recall=100.0)
