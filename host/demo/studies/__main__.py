"""`make studies`: makes data and bases, then runs each of the five studies to its answer."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import torch

from host.demo.studies import demo_kit
from host.demo.studies.bases import pretrain_bases
from host.demo.studies.data import write_data
from host.demo.studies.files import write_studies
from host.demo.studies.run_all import run_all


@click.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("results/studies"),
    show_default=True,
    help="Folder for all of it; a second call goes on from there.",
)
@click.option("--only", metavar="STUDY", multiple=True, help="Run this one alone; repeatable.")
def main(output: Path, *, only: tuple[str, ...]) -> None:
    """Run the five studies on demo-size models and a virtual device.

    The models are a few hundred updates old: this shows the way to an answer, and answers nothing
    about real models.
    """
    output.mkdir(parents=True, exist_ok=True)
    data, train, bases = output / "data", output / "train", output / "bases"
    if not bases.is_dir():
        write_data(data, train)
        demo_kit.make_tokenizer(bases / "tokenizer")
    click.echo("pre-training three small encoders", err=True)
    torch.set_num_threads(1)
    pretrain_bases(
        bases,
        demo_kit.SHAPES,
        bases / "tokenizer",
        demo_kit.read_corpus(train),
        demo_kit.PRETRAINING,
    )
    failed = run_all(write_studies(output, demo_kit.KIT, data, train), only)
    click.echo(f"pages: {output}/results/*/answer.html")
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
