"""`host report`: what people read."""

from __future__ import annotations

from pathlib import Path

import click

from host.cli.console import json_data, talk
from host.cli.options import bundles_argument, json_option


@click.command()
@bundles_argument
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("report.html"),
    show_default=True,
    help="The file to write; .html or .md tells the format, a folder name gets CSV files.",
)
@click.option("--baseline", metavar="VARIANT", help="Compare with this one, not the study's.")
@click.option(
    "--submission",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Instead: write one bundle's predictions as the benchmark takes submissions.",
)
@click.option("--variant", help="Whose predictions --submission writes; default the baseline's.")
@json_option
def command(
    bundles: tuple[Path, ...],
    output: Path,
    baseline: str | None,
    submission: Path | None,
    variant: str | None,
    *,
    as_json: bool,
) -> None:
    """Write a report of verified bundles: one self-contained page, Markdown, or CSV tables.

    \b
    Examples:
      host report results/demo/bundles/* --output report.html
      host report results/demo/bundles/demo-20260101-120000 --submission predictions
    """
    if submission is not None:
        if len(bundles) != 1:
            raise click.UsageError("--submission takes one bundle.")
        _write_submission(bundles[0], submission, variant or baseline, as_json=as_json)
        return
    if variant is not None:
        raise click.UsageError("--variant goes with --submission.")
    from host.analysis.comparison import compare
    from host.analysis.verify import load_runs
    from host.report import csv_files, html, markdown

    writers = {
        ".html": html.write_report,
        ".md": markdown.write_markdown,
        "": csv_files.write_csv,
    }
    if output.suffix not in writers:
        raise click.UsageError(f"--output {output}: expected .html, .md or a folder name.")
    comparison = compare(load_runs(bundles), baseline=baseline)
    writers[output.suffix](comparison, output)
    if as_json:
        json_data({"report": str(output.absolute()), "verdict": comparison.headline})
    else:
        talk(f"{comparison.headline}\nwritten: {output}")


def _write_submission(bundle: Path, folder: Path, variant: str | None, *, as_json: bool) -> None:
    from host.analysis.verify import load_verified
    from host.report.submission import README_NAME, write_submission

    written = write_submission(load_verified(bundle), folder, variant)
    if as_json:
        json_data(written.to_json())
        return
    talk(f"written: {len(written.files)} files of {written.variant} in {folder}")
    if written.subsets:
        talk(f"{len(written.subsets)} of them are subsets, which {README_NAME} lists.")
    labels = folder / "labels" if written.labels else "DATA/labels"
    talk(f"Next: `host score --predictions {folder} --labels {labels}`.")
