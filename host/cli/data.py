"""`host data`: the benchmark folder."""

from __future__ import annotations

from pathlib import Path

import click

from host.cli.console import data, json_data, talk
from host.cli.options import json_option, output_option, study_argument


@click.group()
def command() -> None:
    """Get, look at and pack the benchmark folder that studies take their data from.

    Example: host data check xtreme_r
    """


@command.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
def check(folder: Path, *, as_json: bool) -> None:
    """Read all of a benchmark folder: what is there, how much, what is missing and how to get it.

    A digest stands for what was read, however its files are written: equal digests, equal data.
    Candidates are what retrieval looks its queries up among; what a threshold is fitted on is
    counted as tuning. Test sets smaller than the benchmark's are named with both sizes. Exit code 1
    says that nothing is usable.

    Example: host data check xtreme_r
    """
    from host.data.check import check_data
    from host.data.present import by_task, check_json, check_text

    tasks = by_task(check_data(folder))
    if as_json:
        json_data(check_json(folder, tasks))
    else:
        data(check_text(tasks))
    if not any(task.is_usable for task in tasks):
        click.get_current_context().exit(1)


@command.command()
@study_argument
@output_option
@json_option
def pack(study_file: Path, output: Path | None, *, as_json: bool) -> None:
    """Pack the data that a study ships, and show how much it is; `host run` does so by itself.

    Per task and language: queries, what retrieval looks them up among, and what a threshold is
    tuned on, each of how many there are, and the size and digest of the inputs. Then what differs
    from what the study asks for, and how the data compares with the benchmark's test sets.

    Example: host data pack study.yaml
    """
    from host.data.pack import pack_counted
    from host.data.packed import packed_json, packed_text, sizes_of
    from host.studies.load import load_study
    from host.workspace import Workspace

    study = load_study(study_file)
    workspace = Workspace(output) if output else Workspace.beside(study_file, study.name)
    notes: list[str] = []
    sized = sizes_of(pack_counted(study, workspace.data, tell=notes.append), workspace.data)
    if as_json:
        json_data(packed_json(workspace.data, sized, notes))
        return
    data(packed_text(sized))
    for note in notes:
        talk(f"note: {note}")
    talk(f"Packed into {workspace.data}.")


@command.command()
@click.option(
    "--task", "names", metavar="TASK", multiple=True, help="May be repeated; default all."
)
@click.option(
    "--language", "languages", metavar="CODE", multiple=True, help="May be repeated; default all."
)
@click.option(
    "--output",
    "root",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path),
    help="The benchmark folder; is made where it does not exist.",
)
@click.option(
    "--from",
    "mirror",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Clones of the hub's datasets, such as DIR/google/xtreme, in place of the hub.",
)
@click.option("--force", is_flag=True, help="Write over files of a task that are there already.")
@json_option
def fetch(
    names: tuple[str, ...],
    languages: tuple[str, ...],
    root: Path,
    mirror: Path | None,
    *,
    force: bool,
    as_json: bool,
) -> None:
    """Fetch test and dev data from the Hugging Face hub into the official download layout.

    Needs the library `datasets`: pip install 'xtreme-edge[fetch]'. What the hub does not have
    (BUCC, LAReQA, Mewsli-X, and some languages) is named with the way to get it. What was fetched
    is then read and shown as by `host data check`.

    Example: host data fetch --task xnli --language de --output xtreme_r
    """
    from host.data.check import check_data
    from host.data.fetch.fetch import fetch as fetch_into
    from host.data.fetch.fetch import fetched_json
    from host.data.present import by_task, check_json, check_text

    fetched = fetch_into(
        root, names=names, languages=languages, mirror=mirror, force=force, tell=talk
    )
    found = by_task(check_data(root, names=fetched.tasks))
    if as_json:
        json_data(check_json(root, found) | fetched_json(fetched))
        return
    data(check_text(found))
    for task, caveat in fetched.caveats.items():
        talk(f"note: {task}: {caveat}.")
    for one in fetched.left_out:
        talk(f"not fetched: {one.task} {' '.join(one.languages)}: {one.reason}. {one.remedy}")
