"""Does fine-tuning by a recipe reach the score of a plain Trainer script?

    python -m benchmarks.training_parity

UDPOS, PANX and TyDiQA in English, and SQuAD's form on the demo's sentences, where a small encoder
learns to answer well; each is fine-tuned twice for every seed from one small pre-trained encoder:
by our target recipe, and by a script as one would write it with transformers alone
(`benchmarks/plain_trainer.py`). Data, seeds, updates, batch size and optimiser are the same; order
of the batches, windows of long contexts and what is done with long sentences are each way's own.

Both checkpoints are scored by the same code, the device's (`training/evaluate.py`), because the
question is what the training is worth. Beside it stands what the plain script scores with its own
post-processing, so that a fault of ours in encoding or decoding could not hide: it would make both
of ours low.
"""

from __future__ import annotations

import json
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, cast

import click
import torch
from scipy import stats

from benchmarks.options import data_option
from benchmarks.plain_trainer import Reader, Settings, Tagger
from benchmarks.training_data import (
    DEMO,
    FULL,
    QUICK,
    TASKS,
    Amounts,
    Split,
    make_base,
    question,
    read,
    tagged,
    write_demo,
    write_test,
)
from device_agent import tasks
from device_agent.metrics import squad
from device_agent.metrics.chunk_f1 import chunk_f1
from device_agent.tasks.protocol import Task, fit
from training import learning, target
from training.evaluate import evaluate
from training.examples import Example
from training.recipe import Hyperparameters
from training.tune import tune


@dataclass(frozen=True)
class Outcome:
    """F1 in percent of one task and seed; `plain_own` by the plain script's own post-processing."""

    task: str
    seed: int
    ours: float
    plain: float
    plain_own: float


def train_ours(
    base: Path, folder: Path, task: str, train: list[Example], settings: Settings
) -> None:
    """Fine-tune by the target recipe."""
    tune(
        base,
        folder,
        phase="target",
        learning=learning.get(target, task),
        examples=train,
        languages=("en",),
        seed=settings.seed,
        hyperparameters=Hyperparameters(
            epochs=1,
            learning_rate=settings.learning_rate,
            batch_size=settings.batch_size,
            warmup_share=settings.warmup_share,
            weight_decay=settings.weight_decay,
            max_steps=settings.max_steps,
        ),
    )


def train_plainly(base: Path, folder: Path, task: str, split: Split, settings: Settings) -> float:
    """Fine-tune by the plain script, and return what it scores itself."""
    train, test = split
    if task not in ("udpos", "panx"):
        reader = Reader(base)
        reader.train([question(one) for one in train], folder, settings)
        asked = [question(one) for one in test]
        gold = {str(number): [one.answer] for number, one in enumerate(asked)}
        found = dict(zip(gold, reader.predict(asked), strict=True))
        return squad.evaluate(gold, found).f1
    tagger = Tagger(base, tasks.get(task).labels)
    tagger.train([tagged(one) for one in train], folder, settings)
    words, tags = zip(*map(tagged, test), strict=True)
    return chunk_f1(tags, tagger.predict(words)).f1


def run(
    data: Path,
    work: Path,
    amounts: Amounts,
    seeds: Sequence[int],
    tell: Callable[[str], None],
    *,
    names: Sequence[str] = TASKS,
) -> list[Outcome]:
    """Train tasks both ways with each seed, and score."""
    real = [task for task in TASKS if task != DEMO]
    splits = {task: read(data / "train_sample", task, amounts) for task in real}
    bases = dict.fromkeys(real, work / "encoder")
    if not bases[real[0]].is_dir():
        tell(f"Pre-training a small encoder in {work}")
        make_base(work, splits, amounts)
    bases[DEMO] = write_demo(work / "demo", amounts)
    splits[DEMO] = read(work / "demo/learning", DEMO, amounts)
    for task, (_, test) in splits.items():
        write_test(work / "test", task, test)
    outcomes = []
    for task in names:
        for seed in seeds:
            began = time.monotonic()
            settings = Settings(
                learning_rate=5e-4,
                batch_size=amounts.budgets[task].batch_size,
                max_steps=amounts.budgets[task].steps,
                warmup_share=0.1,
                weight_decay=0.01,
                seed=seed,
            )
            with tempfile.TemporaryDirectory() as scratch:
                folders = {way: Path(scratch) / way for way in ("ours", "plain")}
                train_ours(bases[task], folders["ours"], task, splits[task][0], settings)
                own = train_plainly(bases[task], folders["plain"], task, splits[task], settings)
                f1 = {way: _scored(folder, task, work / "test") for way, folder in folders.items()}
            outcomes.append(Outcome(task, seed, f1["ours"], f1["plain"], own))
            took_s = time.monotonic() - began
            tell(f"{_line(task, str(seed), f1['ours'], f1['plain'], own)} ({took_s:.0f} s)")
    return outcomes


def _scored(folder: Path, name: str, root: Path) -> float:
    """Return F1 by the device's code, with rows no longer than the model's positions allow."""
    task = tasks.get(name)
    config = json.loads((folder / "config.json").read_bytes())
    positions = config["max_position_embeddings"] - config["pad_token_id"] - 1
    fitted = replace(cast("Any", task), head=fit(task.head, positions))
    return evaluate(folder, cast("Task", fitted), root, ["en"])["en"].metrics["f1"]


def present(outcomes: Sequence[Outcome]) -> str:
    """Return a table: F1 of each run, and means over seeds with the difference's 95 % interval."""
    lines = [
        f"{'F1':8} {'seed':>5} {'recipe':>8} {'plain':>8} {'difference':>11} {'plain, own':>11}"
    ]
    for task in dict.fromkeys(one.task for one in outcomes):
        rows = [one for one in outcomes if one.task == task]
        lines += [_line(task, str(one.seed), one.ours, one.plain, one.plain_own) for one in rows]
        ours, plain, own = (
            statistics.mean(getattr(one, name) for one in rows)
            for name in ("ours", "plain", "plain_own")
        )
        low, high = _interval([one.ours - one.plain for one in rows])
        mean = _line(task, "mean", ours, plain, own)
        lines.append(f"{mean}   95 % of the difference: {low:+.2f} to {high:+.2f}")
    return "\n".join(lines)


def _interval(differences: Sequence[float]) -> tuple[float, float]:
    """Return Student's interval of a mean over seeds, which are paired."""
    half = stats.t.ppf(0.975, len(differences) - 1) * statistics.stdev(differences)
    mean, half = statistics.mean(differences), float(half) / len(differences) ** 0.5
    return mean - half, mean + half


def _line(task: str, seed: str, ours: float, plain: float, own: float) -> str:
    return f"{task:8} {seed:>5} {ours:8.2f} {plain:8.2f} {ours - plain:+11.2f} {own:11.2f}"


@click.command()
@data_option("train_sample/")
@click.option(
    "--work",
    default=Path(".cache/bench-training-parity"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Keeps the pre-trained encoder, which takes minutes to make once.",
)
@click.option(
    "--task", "names", multiple=True, type=click.Choice(TASKS), help="Repeatable; all if left out."
)
@click.option("--seeds", default=2, show_default=True, type=click.IntRange(2))
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1))
@click.option("--quick", is_flag=True, help="A minute's cut: everything runs, nothing is learned.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def main(
    *,
    data: Path,
    work: Path,
    names: tuple[str, ...],
    seeds: int,
    threads: int,
    quick: bool,
    as_json: bool,
) -> None:
    """Compare target recipes with a plain Trainer script on the same data, seeds and updates.

    Example: python -m benchmarks.training_parity --data ../data --json
    """
    torch.set_num_threads(threads)
    logging.getLogger("transformers").setLevel(logging.ERROR)
    amounts, folder = (QUICK, "quick") if quick else (FULL, "full")
    outcomes = run(
        data,
        work / folder,
        amounts,
        range(1, seeds + 1),
        lambda line: print(line, file=sys.stderr),
        names=names or TASKS,
    )
    print(json.dumps([asdict(one) for one in outcomes], indent=2) if as_json else present(outcomes))


if __name__ == "__main__":
    main()
