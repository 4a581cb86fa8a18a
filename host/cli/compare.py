"""`host compare`: verdicts."""

from __future__ import annotations

from pathlib import Path

import click

from host.cli.console import json_data
from host.cli.options import accept_option, bundles_argument, json_option

_AGAINST_THE_BASELINE = 3


@click.command()
@bundles_argument
@click.option("--baseline", metavar="VARIANT", help="Compare with this one, not the study's.")
@accept_option
@click.option("--languages", is_flag=True, help="Add what each language costs, and why.")
@json_option
def command(
    bundles: tuple[Path, ...],
    baseline: str | None,
    accept: tuple[str, ...],
    *,
    languages: bool,
    as_json: bool,
) -> None:
    """Compare the variants of verified bundles with the baseline.

    Several bundles of one device are sessions of one measurement and get one verdict; those of
    several devices stand side by side, and nothing is averaged over devices. Runs of unlike
    conditions are refused, unless --accept names what may differ. Exit code 3 says that a candidate
    is slower, or on average worse, than the baseline; a single language decides nothing.

    \b
    Examples:
      host compare results/demo/bundles/demo-20260101-120000 --languages
      host compare results/edge/bundles/* --accept versions
    """
    from host.analysis.comparison import compare
    from host.analysis.evidence.verify import load_runs

    comparison = compare(load_runs(bundles), baseline=baseline, accept=accept)
    if as_json:
        from host.analysis.plain import comparison_json

        json_data(comparison_json(comparison))
    else:
        from host.report.terminal import print_comparison

        print_comparison(comparison, languages=languages)
    if comparison.went_against:
        click.get_current_context().exit(_AGAINST_THE_BASELINE)
