"""Runs the reference study: pre-trains three sizes, then the five studies to their answers.

Everything is resumable: the same command goes on where it was. Hours on two cores; `--quick` cuts
it to a quarter of an hour, in which nothing much is learned.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
import torch

from benchmarks.options import data_option
from benchmarks.reference_study.corpus import read_corpus, words
from benchmarks.reference_study.kit import FULL, QUICK, SHAPES, VOCABULARY
from host.demo.studies.bases import pretrain_bases
from host.demo.studies.files import write_studies
from host.demo.studies.run_all import run_all
from training.tokenizer import save_tokenizer, train_tokenizer


@click.command()
@data_option("xtreme_r_sample and train_sample")
@click.option(
    "--work",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where everything goes; default results/reference, or results/reference-quick.",
)
@click.option("--quick", is_flag=True, help="A cut of it in under 20 minutes on two cores.")
@click.option("--only", metavar="STUDY", multiple=True, help="Run this one alone; repeatable.")
@click.option(
    "--jobs",
    default=2,
    show_default=True,
    type=click.IntRange(1),
    help="Phases of training side by side; pre-training takes as many threads.",
)
def main(*, data: Path, work: Path | None, quick: bool, only: tuple[str, ...], jobs: int) -> None:
    """Answer the five questions on small encoders, real data and a virtual device.

    Example: python -m benchmarks.reference_study --quick
    """
    scale = QUICK if quick else FULL
    folder = work or Path(f"results/reference{'-quick' * quick}")
    bases, train = folder / "bases", data / "train_sample"
    tokenizer = bases / "tokenizer"
    torch.set_num_threads(jobs)
    missing = [name for name in SHAPES if not (bases / name / "config.json").is_file()]
    if missing:
        corpus = read_corpus(train)
        if not (tokenizer / "tokenizer.json").is_file():
            click.echo("training the tokenizer", err=True)
            longest = next(iter(SHAPES.values())).max_tokens
            save_tokenizer(train_tokenizer(words(corpus), VOCABULARY), tokenizer, longest)
        click.echo(f"pre-training {', '.join(missing)}", err=True)
        pretrain_bases(bases, SHAPES, tokenizer, corpus, scale.pretraining)
    failed = run_all(write_studies(folder, scale.kit, data / "xtreme_r_sample", train), only, jobs)
    click.echo(f"pages: {folder}/results/*/answer.html")
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
