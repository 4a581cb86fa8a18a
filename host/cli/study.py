"""`host study`: begin one of the five studies, drive it to its end, read its answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from host.cli.console import data, json_data, talk
from host.cli.options import (
    bundles_argument,
    find_devices,
    json_option,
    output_option,
    study_argument,
    targets_option,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from host.analysis.bundle import Bundle


_FEWEST_PLACES = 3


@click.group("study", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Answer a question about regimes, sizes or numbers of tasks.

    A study names variants over several seeds and what is compared with what (`design:`), before
    anything is measured.

    \b
    Examples:
      host study init edge --output study.yaml
      host study run study.yaml --target pi5
      host study answer results/edge/bundles/*
    """


@command.command()
@click.argument("name", metavar="NAME", required=False)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The study file to write; default NAME.yaml.",
)
@click.option(
    "--seeds", type=click.IntRange(1, 20), default=3, show_default=True, help="Repetitions."
)
@click.option(
    "--base",
    "bases",
    metavar="FOLDER",
    multiple=True,
    help="A pre-trained encoder to train from; repeat it for several sizes.",
)
@click.option(
    "--own-checkpoints",
    is_flag=True,
    help="Without `training:`: the checkpoints that it names are yours.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def init(
    name: str | None,
    output: Path | None,
    seeds: int,
    bases: tuple[str, ...],
    *,
    own_checkpoints: bool,
    force: bool,
) -> None:
    """Write one of the five studies as a commented file; without NAME, list them.

    Example: host study init model-size --base minilm --base xlmr-base --base xlmr-large
    """
    from host.studies import templates
    from host.studies.templates.render import render, write

    if name is None:
        for known in templates.names():
            data(f"{known:18}{templates.get(known).question}")
        return
    text = render(templates.get(name), seeds=seeds, bases=bases, training=not own_checkpoints)
    for base in bases:
        if not Path(base).is_dir():
            talk(f"note: there is no folder {base} here; it is taken as a name on the hub.")
    if len(bases) == _FEWEST_PLACES - 1 and templates.get(name).trend == "parameters":
        talk("note: two sizes make a line whatever lies between them; a trend needs three.")
    path = write(text, output or Path(f"{name}.yaml"), replace=force)
    data(str(path))
    talk(f"Next: put your folders' names in, then `host study run {path} --target DEVICE`.")


@command.command()
@study_argument
@targets_option
@output_option
@click.option(
    "--virtual",
    is_flag=True,
    help="On a virtual device of this machine, to try a study out; its verdicts are of this "
    "machine.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Phases of training side by side, each with its share of the cores.",
)
@click.option("--dry-run", is_flag=True, help="Say what it will take; train and run nothing.")
@json_option
def run(
    study_file: Path,
    targets: tuple[str, ...],
    output: Path | None,
    jobs: int,
    *,
    virtual: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Train what is missing, export, deploy, run, collect, and answer the study's question.

    Every step is taken up where an earlier call left it: what is trained, exported, shipped, run
    or collected already is not done again, and a run that goes on on a device is followed.

    Example: host study run study.yaml --target pi5
    """
    from host.cli.study_view import StudyView
    from host.pipeline.pipeline import run_study
    from host.studies.load import load_study
    from host.workspace import Workspace

    if virtual and targets:
        raise click.UsageError("--virtual is a target of its own: leave --target out.")
    study = load_study(study_file, untrained=True)
    devices = None if virtual or dry_run else find_devices(targets, study)
    workspace = Workspace(output) if output else Workspace.beside(study_file, study.name)
    with StudyView(virtual=virtual) as view:
        bundles = run_study(study, workspace, devices, view, jobs=jobs, dry_run=dry_run)
    if bundles:
        _answer(bundles, None, as_json=as_json)
    elif as_json:
        json_data({"study": study.name, "estimate": view.said})


@command.command()
@bundles_argument
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Also write it: .html for a page, .md for Markdown with its figures beside it, .tex for a "
    "paper's tables, or the name of a folder for CSV files.",
)
@json_option
def answer(bundles: tuple[Path, ...], output: Path | None, *, as_json: bool) -> None:
    """Answer a study's question from its verified bundles, devices side by side.

    Example: host study answer results/edge/bundles/* --output answer.html

    Example: host study answer results/edge/bundles/* --output tables
    """
    from host.analysis.evidence.verify import load_runs

    if output is not None and output.suffix not in {".html", ".md", ".tex", ""}:
        raise click.UsageError(f"--output {output}: expected .html, .md, .tex or a folder's name.")
    _answer(load_runs(bundles), output, as_json=as_json)


def _answer(bundles: Sequence[Bundle], output: Path | None, *, as_json: bool) -> None:
    from host.analysis.answer.answer import answer as find
    from host.report.answer.csv_files import write_csv
    from host.report.answer.document import make_document
    from host.report.answer.html import write_page
    from host.report.answer.latex import write_latex
    from host.report.answer.markdown import write_markdown
    from host.report.answer.plain import answer_json
    from host.report.answer.terminal import print_document

    found = find(bundles)
    document = make_document(found)
    forms = {".html": write_page, ".md": write_markdown, ".tex": write_latex}
    if output is not None and output.suffix in forms:
        forms[output.suffix](document, output)
        talk(f"written: {output}")
    elif output is not None:
        talk(f"written: {', '.join(map(str, write_csv(found, output)))}")
    if as_json:
        json_data(answer_json(found))
    else:
        print_document(document)
