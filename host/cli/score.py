"""`host score`: scores of predictions that somebody already has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from host.cli.console import data, json_data, talk
from host.cli.options import json_option

if TYPE_CHECKING:
    from host.scoring.benchmark import SuiteName


@click.command()
@click.option(
    "--predictions",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder with <task>/test-<language>.<extension>, as the benchmark takes submissions.",
)
@click.option(
    "--labels",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder with the labels in the same layout, or the data folder that has it as labels/.",
)
@click.option(
    "--suite",
    type=click.Choice(["xtreme", "xtreme-r"]),
    default="xtreme-r",
    show_default=True,
    help="Which tasks and languages count.",
)
@json_option
def command(predictions: Path, labels: Path, suite: SuiteName, *, as_json: bool) -> None:
    """Score a folder of predictions as the benchmark's own script does, without any model.

    What is missing or cannot be read is unscored with its reason: it is not 0, and every mean
    says of how many. Where predictions have ids and some are missing, these count 0, as in the
    official script, and the score is called incomplete. LAReQA's labels are made from the data
    folder. Exit code 1 says that nothing could be scored.

    \b
    Files:
      xnli pawsx          tsv    a label a line
      xcopa               jsonl  {"label": 0} a line
      udpos panx          tsv    a tag a line, a blank line between sentences
      xquad mlqa tydiqa   json   question id to answer; labels in SQuAD's form
      bucc2018            tsv    foreign id, tab, English id
      tatoeba             tsv    the foreign row (from 0) of each English one
      mewslix lareqa      json   query id to ranked ids; labels: to a list of right ids

    Example: host score --predictions submission --labels xtreme_r/labels --suite xtreme-r
    """
    from host.scoring.present import present, present_notes
    from host.scoring.score import score_submission

    result = score_submission(predictions, labels, suite)
    for note in present_notes(result):
        talk(f"note: {note}")
    if as_json:
        json_data(result.to_json())
    else:
        data(present(result))
    if not result.tasks:
        click.get_current_context().exit(1)
