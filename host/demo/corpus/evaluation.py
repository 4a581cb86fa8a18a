"""Writes the evaluation data: the same samples in every language, never seen in training."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from host.demo.corpus import layout
from host.demo.corpus.causality import draw_questions
from host.demo.corpus.concepts import LANGUAGES
from host.demo.corpus.inference import draw_pairs
from host.demo.corpus.lexicon import load
from host.demo.corpus.meaning import Asked, Clause
from host.demo.corpus.passages import draw_passages
from host.demo.corpus.realise import realise
from host.demo.corpus.sampler import Sampler
from host.demo.corpus.sentences import draw_clauses

XCOPA_LANGUAGES = ("en", "tr", "vi", "zh")


def write_evaluation(root: Path, *, seed: int, samples: int) -> None:
    """Write the test split of five tasks in the layout of the benchmark's download.

    Args:
        root: Folder to write into; its files are replaced.
        seed: Equal seeds write equal bytes.
        samples: Per task and language; a multiple of three, for XNLI's three labels.
    """
    pairs = draw_pairs(Sampler(seed, "test"), samples // 3)
    questions = draw_questions(Sampler(seed + 1, "test"), samples)
    clauses = _statements(Sampler(seed + 2, "test"), samples)
    passages = draw_passages(Sampler(seed + 3, "test"), samples)
    translations = _statements(Sampler(seed + 4, "test"), samples)
    labels = root / "labels"
    for language in LANGUAGES:
        lexicon = load(language)
        said = layout.pairs(pairs, lexicon)
        layout.write_table(root / f"xnli/test-{language}.tsv", [row[:2] for row in said])
        layout.write_table(labels / f"xnli/test-{language}.tsv", [row[2:] for row in said])
        words = layout.tagged(clauses, lexicon)
        layout.write_tags(
            root / f"udpos/test-{language}.tsv", [[w[:1] for w in sentence] for sentence in words]
        )
        layout.write_tags(
            labels / f"udpos/test-{language}.tsv", [[w[1:] for w in sentence] for sentence in words]
        )
        articles = layout.paragraphs(passages, lexicon)
        layout.write_squad(root / f"xquad/xquad.{language}.json", layout.without_answers(articles))
        layout.write_squad(labels / f"xquad/test-{language}.json", articles)
        if language in XCOPA_LANGUAGES:
            records = layout.choices(questions, lexicon)
            layout.write_json_lines(root / f"xcopa/test-{language}.jsonl", records)
            layout.write_json_lines(labels / f"xcopa/test-{language}.jsonl", records)
        if language != "en":
            _write_translations(root, language, translations, random.Random(seed))


def _statements(sampler: Sampler, count: int) -> Sequence[Clause]:
    """Return clauses without questions: what a question leaves out may be all that is held back."""
    drawn = draw_clauses(sampler, 2 * count)
    return [clause for clause in drawn if not isinstance(clause, Asked)][:count]


def _write_translations(
    root: Path, language: str, clauses: Sequence[Clause], shuffler: random.Random
) -> None:
    """Write a Tatoeba pair of files: English sorted, the other side in an order of its own."""
    english = [realise(clause, load("en")).text for clause in clauses]
    foreign = list(enumerate(realise(clause, load(language)).text for clause in clauses))
    shuffler.shuffle(foreign)
    row_of = {number: row for row, (number, _) in enumerate(foreign)}
    order = sorted(range(len(english)), key=lambda number: english[number])
    pair = f"tatoeba/{language}-en"
    layout.write_lines(root / f"{pair}.en", (english[number] for number in order))
    layout.write_lines(root / f"{pair}.{language}", (text for _, text in foreign))
    gold = (str(row_of[number]) for number in order)
    layout.write_lines(root / f"labels/tatoeba/test-{language}.tsv", gold)
