"""`host tasks`: the benchmark's tasks."""

from __future__ import annotations

import click

from host.cli.console import data, json_data
from host.cli.options import json_option


@click.command()
@json_option
def command(*, as_json: bool) -> None:
    """List the tasks: head, metric, languages in XTREME and XTREME-R, source and size.

    Example: host tasks --json
    """
    from host.scoring.catalogue import catalogue_json, catalogue_text

    if as_json:
        json_data(catalogue_json())
    else:
        data(catalogue_text())
