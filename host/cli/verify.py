"""`host verify`: digests, seal, journal, and every score computed again."""

from __future__ import annotations

from pathlib import Path

import click

from host.cli.console import data, json_data, talk
from host.cli.options import bundles_argument, json_option


@click.command()
@bundles_argument
@json_option
def command(bundles: tuple[Path, ...], *, as_json: bool) -> None:
    """Check bundles from the seal down to the last number; exit code 1 if one does not hold.

    Example: host verify results/demo/bundles/*
    """
    from host.analysis.verify import verify_bundle

    found = [verify_bundle(folder) for folder in bundles]
    if as_json:
        json_data([one.to_json() for one in found])
    else:
        for one in found:
            if one.ok:
                data(
                    f"ok      {one.folder}: {one.files} files, {one.events} events, "
                    f"{one.samples} samples, {one.numbers} numbers computed again"
                )
            for failure in one.failures:
                data(f"FAILED  {one.folder}: {failure}")
                talk(f"  remedy: {failure.remedy}")
    if not all(one.ok for one in found):
        click.get_current_context().exit(1)
