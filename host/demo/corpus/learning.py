"""Writes what models learn from: text, translations, intermediate and target training data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from host.demo.corpus import layout
from host.demo.corpus.causality import draw_questions
from host.demo.corpus.concepts import LANGUAGES
from host.demo.corpus.inference import draw_pairs
from host.demo.corpus.lexicon import load
from host.demo.corpus.passages import draw_passages
from host.demo.corpus.realise import realise
from host.demo.corpus.sampler import Sampler
from host.demo.corpus.sentences import draw_clauses
from host.demo.corpus.text import SHARES, draw_texts, say


@dataclass(frozen=True)
class Amounts:
    """How much is written; texts and translations are English's, other languages have a share.

    Attributes:
        texts: Short texts for masked language modelling.
        translations: Sentence pairs for translation language modelling.
        intermediate: Examples per intermediate task and language.
        target: Examples per target task, English only.
    """

    texts: int
    translations: int
    intermediate: int
    target: int


def write_learning(root: Path, *, seed: int, amounts: Amounts) -> None:
    """Write everything but evaluation data; folders are named as the benchmark names them.

    `text/<language>.txt`, `parallel/<language>-en.<language>` and `.en`; `mnli/` and `squad/` in
    every language, each language with samples of its own; `xnli/`, `xcopa/`, `udpos/` and
    `xquad/` in English.

    Args:
        root: Folder to write into; its files are replaced.
        seed: Equal seeds write equal bytes.
        amounts: How much.
    """
    for number, language in enumerate(LANGUAGES):
        lexicon, english = load(language), load("en")
        sampler = Sampler(seed + 10 + number, "train")
        texts = draw_texts(sampler, int(amounts.texts * SHARES[language]))
        layout.write_lines(root / f"text/{language}.txt", (say(text, lexicon) for text in texts))
        if language != "en":
            clauses = draw_clauses(sampler, int(amounts.translations * SHARES[language]))
            for side in (lexicon, english):
                layout.write_lines(
                    root / f"parallel/{language}-en.{side.language}",
                    (realise(clause, side).text for clause in clauses),
                )
        pairs = layout.pairs(draw_pairs(sampler, amounts.intermediate // 3), lexicon)
        layout.write_table(root / f"mnli/train-{language}.tsv", pairs)
        passages = layout.paragraphs(draw_passages(sampler, amounts.intermediate), lexicon)
        layout.write_squad(root / f"squad/train-{language}.json", passages)
    _write_target(root, Sampler(seed, "train"), amounts.target)


def _write_target(root: Path, sampler: Sampler, count: int) -> None:
    english = load("en")
    pairs = layout.pairs(draw_pairs(sampler, count // 3), english)
    layout.write_table(root / "xnli/train-en.tsv", pairs)
    questions = layout.choices(draw_questions(sampler, count), english)
    layout.write_json_lines(root / "xcopa/train-en.jsonl", questions)
    layout.write_tags(
        root / "udpos/train-en.tsv", layout.tagged(draw_clauses(sampler, count), english)
    )
    passages = layout.paragraphs(draw_passages(sampler, count), english)
    layout.write_squad(root / "squad/train-v1.1.json", passages)
