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
@json_option
def command(
    bundles: tuple[Path, ...], output: Path, baseline: str | None, *, as_json: bool
) -> None:
    """Write a report of verified bundles: one self-contained page, Markdown, or CSV tables.

    Example: host report results/demo/bundles/* --output report.html
    """
    from host.analysis.comparison import compare
    from host.analysis.verify import load_verified
    from host.report import csv_files, html, markdown

    writers = {
        ".html": html.write_report,
        ".md": markdown.write_markdown,
        "": csv_files.write_csv,
    }
    if output.suffix not in writers:
        raise click.UsageError(f"--output {output}: expected .html, .md or a folder name.")
    comparison = compare([load_verified(folder) for folder in bundles], baseline=baseline)
    writers[output.suffix](comparison, output)
    if as_json:
        json_data({"report": str(output.absolute()), "verdict": comparison.headline})
    else:
        talk(f"{comparison.headline}\nwritten: {output}")
