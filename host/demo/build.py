"""Makes everything that the demo ships, from nothing: `python -m host.demo.build`.

Data, tokenizer, pre-training, then the two regimes side by side, each on one core with one thread,
so that equal seeds make equal bytes on equal processors.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import click

from host.demo.corpus.concepts import LANGUAGES
from host.demo.corpus.evaluation import write_evaluation
from host.demo.corpus.learning import write_learning
from host.demo.corpus.vocabulary import draw_words
from host.demo.materialise import REGIMES, SHIPPED
from host.demo.recipes import FULL, SHAPE, VOCABULARY, Recipe, quick
from host.demo.regimes import Scores, pretrain_base, train_regime
from training.tokenizer import save_tokenizer, train_tokenizer

_WORDS_FROM = 5000
"""English sentences whose words the tokenizer is trained on; other languages have their share."""


@click.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=SHIPPED,
    show_default="host/demo/shipped",
    help="Where the result goes; data, tokenizer and checkpoints that are there are replaced.",
)
@click.option("--quick", "cut", is_flag=True, help="A minute's cut: nothing is really learned.")
def main(output: Path, *, cut: bool) -> None:
    """Make the demo's data, tokenizer and checkpoints, and print their scores."""
    recipe = quick(FULL) if cut else FULL
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        build(Path(scratch), output, recipe)
    click.echo(f"{output}: made in {time.monotonic() - began:.0f} s")


def build(work: Path, output: Path, recipe: Recipe) -> None:
    """Make everything below `work`, then put what ships into `output`."""
    made = work / "shipped"
    write_evaluation(made / "data", seed=recipe.seed, samples=recipe.samples)
    write_learning(work / "learning", seed=recipe.seed, amounts=recipe.amounts)
    words = draw_words(seed=recipe.seed, sentences=_WORDS_FROM)
    save_tokenizer(train_tokenizer(words, VOCABULARY), made / "tokenizer", SHAPE.max_tokens)
    scores: dict[str, Scores] = {}
    with ProcessPoolExecutor(len(REGIMES), get_context("spawn")) as pool:
        pool.submit(pretrain_base, work, made / "tokenizer", recipe).result()
        running = {
            regime: pool.submit(train_regime, work, made, regime, recipe) for regime in REGIMES
        }
        for regime, future in running.items():
            scores[regime] = future.result()
            click.echo(_table(regime, scores[regime]))
    (made / "scores.json").write_text(json.dumps(scores, indent=2) + "\n", encoding="utf-8")
    _replace(made, output)


def _replace(made: Path, output: Path) -> None:
    """Put the parts in place of what is there."""
    output.mkdir(parents=True, exist_ok=True)
    for part in sorted(made.iterdir()):
        place = output / part.name
        if place.is_dir():
            shutil.rmtree(place)
        shutil.move(part, place)


def _table(regime: str, scores: Scores) -> str:
    """Return the scores as lines of text: a task a line, a language a column."""
    lines = [f"{regime:12}" + "".join(f"{language:>7}" for language in LANGUAGES)]
    for task, found in scores.items():
        cells = (f"{found[lang]:7.1f}" if lang in found else f"{'':7}" for lang in LANGUAGES)
        lines.append(f"{task:12}" + "".join(cells))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
