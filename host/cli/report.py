"""`host report`: what people read."""

from __future__ import annotations

from pathlib import Path

import click

from host.cli.console import json_data, talk
from host.cli.options import accept_option, bundles_argument, json_option

_FORMATS = ("html", "markdown", "csv", "parquet", "latex", "model-card", "mlperf", "submission")


@click.command()
@bundles_argument
@click.option(
    "--format",
    "name",
    type=click.Choice(_FORMATS),
    help="What to write; told by --output where that ends in .html, .md, .tex or .txt (mlperf) "
    "or is a folder (csv). Default html.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="The file or folder to write. Default: one named after the format, such as report.html.",
)
@click.option("--baseline", metavar="VARIANT", help="Compare with this one, not the study's.")
@accept_option
@click.option(
    "--submission",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The same as --format submission --output DIR: one bundle's predictions as the "
    "benchmark takes submissions.",
)
@click.option("--variant", help="Whose predictions a submission has; default the baseline's.")
@json_option
def command(
    bundles: tuple[Path, ...],
    *,
    name: str | None,
    output: Path | None,
    baseline: str | None,
    accept: tuple[str, ...],
    submission: Path | None,
    variant: str | None,
    as_json: bool,
) -> None:
    """Write a report of verified bundles.

    \b
      html        one self-contained page that opens offline
      markdown    the same in short, for issues and chats
      csv         every table: summary, suites, scores, languages, energy, rounds, samples …
      parquet     the same tables with typed columns (needs pyarrow)
      latex       booktabs tables for a paper
      model-card  results as metadata of a Hugging Face README.md, a file per variant
      mlperf      a summary in MLPerf's layout; no MLPerf result
      submission  one variant's predictions as the benchmark takes them

    \b
    Examples:
      host report results/demo/bundles/* --output report.html
      host report results/demo/bundles/demo-20260101-120000 --format parquet --output tables
      host report results/demo/bundles/demo-20260101-120000 --submission predictions
    """
    if submission is None and name == "submission":
        submission = output or Path("submission")
    elif submission is not None and (name not in {None, "submission"} or output):
        raise click.UsageError("--submission DIR says format and output already.")
    if submission is not None:
        if len(bundles) != 1:
            raise click.UsageError("--submission takes one bundle.")
        _write_submission(bundles[0], submission, variant or baseline, as_json=as_json)
        return
    if variant is not None:
        raise click.UsageError("--variant goes with --submission.")
    from host.analysis.comparison import compare
    from host.analysis.evidence.verify import load_runs
    from host.report.formats import FORMATS, format_of

    name = name or (format_of(output) if output else "html")
    if name is None:
        raise click.UsageError(
            f"--output {output}: expected .html, .md, .tex, .txt or a folder name, or --format."
        )
    chosen = FORMATS[name]
    output = output or Path(chosen.output)
    comparison = compare(load_runs(bundles), baseline=baseline, accept=accept)
    written = chosen.write(comparison, output)
    if as_json:
        files = {"files": [str(path.absolute()) for path in written]} if chosen.is_folder else {}
        json_data(
            {"report": str(output.absolute()), "verdict": comparison.headline, "format": name}
            | files
        )
        return
    told = f"{len(written)} files in {output}" if chosen.is_folder else str(output)
    talk(f"{comparison.headline}\nwritten: {told}")
    if name == "model-card" and written:
        from host.report.model_card import merge_command

        talk(f"Next, with your model's name on the hub: {merge_command(written[0])}")


def _write_submission(bundle: Path, folder: Path, variant: str | None, *, as_json: bool) -> None:
    from host.analysis.evidence.verify import load_verified
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
