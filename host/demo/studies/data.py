"""Writes what the demo-size studies learn from and are evaluated on."""

from __future__ import annotations

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
        learning: The demo's training data, PAWS-X's, and endings in HellaSwag's form.
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


def _write_endings(path: Path) -> None:
    """Write causal questions in HellaSwag's form: four endings, one of which follows."""
    sampler = Sampler(_SEED + 8, "train")
    questions = layout.choices(
        [q for q in draw_questions(sampler, 2 * AMOUNTS.intermediate) if q.asks == "effect"],
        load("en"),
    )
    records = []
    for number, question in enumerate(questions):
        right, wrong = (
            question[f"choice{1 + index}"] for index in (question["label"], 1 - question["label"])
        )
        others = sampler.random.sample(questions, 2)
        endings = [right, wrong, *(other["choice1"] for other in others)]
        order = sampler.random.sample(range(len(endings)), len(endings))
        records.append(
            {
                "ind": number,
                "ctx_a": question["premise"],
                "ctx_b": "",
                "endings": [endings[index] for index in order],
                "label": order.index(0),
            }
        )
    layout.write_json_lines(path, records)
