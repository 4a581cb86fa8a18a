"""`host data`: the benchmark folder."""

from __future__ import annotations

from pathlib import Path

import click

from host.cli.console import data, json_data
from host.cli.options import json_option


@click.group()
def command() -> None:
    """Look at the benchmark folder that studies take their data from.

    Example: host data check xtreme_r
    """


@command.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
def check(folder: Path, *, as_json: bool) -> None:
    """Read all of a benchmark folder: what is there, how much, what is missing and how to get it.

    A digest stands for what was read, however its files are written: equal digests, equal data.
    Retrieval's samples are its queries, which have gold, and its candidates. Exit code 1 says
    that nothing is usable.

    Example: host data check xtreme_r
    """
    from host.data.check import check_data
    from host.data.present import by_task, check_json, check_text

    tasks = by_task(check_data(folder))
    if as_json:
        json_data(check_json(folder, tasks))
    else:
        data(check_text(tasks))
    if not any(task.there for task in tasks):
        click.get_current_context().exit(1)
