"""`host compare`: verdicts."""

from __future__ import annotations

from pathlib import Path

import click

from host.cli.console import json_data
from host.cli.options import bundles_argument, json_option

_AGAINST_THE_BASELINE = 3


@click.command()
@bundles_argument
@click.option("--baseline", metavar="VARIANT", help="Compare with this one, not the study's.")
@json_option
def command(bundles: tuple[Path, ...], baseline: str | None, *, as_json: bool) -> None:
    """Compare the variants of verified bundles with the baseline.

    Several bundles stand side by side; nothing is averaged over devices. Exit code 3 says that
    a candidate is slower or worse than the baseline.

    Example: host compare results/demo/bundles/demo-20260101-120000
    """
    from host.analysis.comparison import compare
    from host.analysis.verify import load_runs

    comparison = compare(load_runs(bundles), baseline=baseline)
    if as_json:
        json_data(comparison.to_json())
    else:
        from host.report.terminal import print_comparison

        print_comparison(comparison)
    if comparison.went_against:
        click.get_current_context().exit(_AGAINST_THE_BASELINE)
