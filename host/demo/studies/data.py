"""Writes what the demo-size studies learn from and are evaluated on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from host.demo.corpus import layout, paraphrase
from host.demo.corpus.causality import draw_questions
from host.demo.corpus.evaluation import write_evaluation
from host.demo.corpus.learning import Amounts, write_learning
from host.demo.corpus.lexicon import load
from host.demo.corpus.sampler import Sampler

AMOUNTS = Amounts(texts=1500, translations=2000, intermediate=1500, target=1500)
SAMPLES = 45
_SEED = 7


def write_data(evaluation: Path, learning: Path) -> None:
    """Write both folders in the layout of the official downloads.

    Args:
        evaluation: Five tasks of the demo, and PAWS-X.
        learning: The demo's training data, PAWS-X's, and more in HellaSwag's and Social IQa's form.
    """
    write_evaluation(evaluation, seed=_SEED, samples=SAMPLES)
    write_learning(learning, seed=_SEED, amounts=AMOUNTS)
    tested = paraphrase.draw_paraphrases(Sampler(_SEED + 5, "test"), 2 * SAMPLES)
    for language in paraphrase.LANGUAGES:
        said = paraphrase.rows(tested, load(language))
        file = f"pawsx/test-{language}.tsv"
        layout.write_table(evaluation / file, [row[:2] for row in said])
        layout.write_table(evaluation / "labels" / file, [row[2:] for row in said])
    learned = paraphrase.draw_paraphrases(Sampler(_SEED + 6, "train"), AMOUNTS.target)
    english = load("en")
    layout.write_table(learning / "pawsx/train-en.tsv", paraphrase.rows(learned, english))
    _write_endings(learning / "hellaswag/hellaswag_train.jsonl")
    _write_reactions(learning / "siqa/socialIQa_v1.4_trn.jsonl")


def _write_endings(path: Path) -> None:
    """Write causal questions in HellaSwag's form: four endings, one of which follows."""
    records = [
        {"ind": number, "ctx_a": premise, "ctx_b": "", "endings": endings, "label": right}
        for number, (premise, endings, right) in enumerate(_effects(_SEED + 8, wrong=3))
    ]
    layout.write_json_lines(path, records)


def _write_reactions(path: Path) -> None:
    """Write causal questions in Social IQa's form, on which XCOPA is trained first."""
    records = [
        {
            "context": premise,
            "question": "What will happen next?",
            **{f"answer{letter}": text for letter, text in zip("ABC", answers, strict=True)},
            "correct": "ABC"[right],
        }
        for premise, answers, right in _effects(_SEED + 9, wrong=2)
    ]
    layout.write_json_lines(path, records)


def _effects(seed: int, *, wrong: int) -> Iterator[tuple[str, list[str], int]]:
    """Yield a premise, sentences of which one follows from it, and which one that is."""
    sampler = Sampler(seed, "train")
    questions = layout.choices(
        [q for q in draw_questions(sampler, 2 * AMOUNTS.intermediate) if q.asks == "effect"],
        load("en"),
    )
    for question in questions:
        right, other = (
            question[f"choice{1 + index}"] for index in (question["label"], 1 - question["label"])
        )
        strange = sampler.random.sample(questions, wrong - 1)
        sentences = [right, other, *(one["choice1"] for one in strange)]
        order = sampler.random.sample(range(len(sentences)), len(sentences))
        yield question["premise"], [sentences[index] for index in order], order.index(0)
