"""`host demo`: everything, here, now."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from device_agent.contract.events import Event
from device_agent.contract.runspec import RunSpec
from host.cli.console import data, duration, json_data, talk
from host.cli.options import json_option


class _View:
    """Shows the demo on standard error."""

    @contextmanager
    def stage(self, number: int, total: int, text: str) -> Iterator[None]:
        talk(f"{number}/{total} {text}")
        started_s = time.monotonic()
        yield
        talk(f"    done in {duration(time.monotonic() - started_s)}")

    def detail(self, text: str) -> None:
        talk(f"    {text}")

    def watch(self, spec: RunSpec, device: str, events: Iterator[Event]) -> Iterator[Event]:
        from host.cli.live import RunView

        with RunView(spec, device) as view:
            yield from view.watch(events)


@click.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("results/demo"),
    show_default=True,
    help="Folder for all that the demo makes; a second demo reuses it.",
)
@click.option("--rounds", type=click.IntRange(5, 1000), default=20, show_default=True)
@click.option("--queries", type=click.IntRange(5, 10_000), default=100, show_default=True)
@json_option
def command(output: Path, rounds: int, queries: int, *, as_json: bool) -> None:
    """Run the whole loop on a virtual device: no hardware, no download.

    Two small checkpoints, intermediate-trained in English and multilingually, are exported,
    quantized, shipped over SSH, evaluated by the agent, collected, verified and compared.

    Example: host demo
    """
    from host.demo.loop import run_demo

    result = run_demo(output, _View(), rounds=rounds, queries=queries)
    if as_json:
        from host.analysis.plain import comparison_json

        spec = result.spec
        json_data(
            {
                "verdict": result.comparison.headline,
                "variants": [v.name for v in spec.variants if v.control_of is None],
                "tasks": list(dict.fromkeys(d.task for d in spec.datasets)),
                "languages": sorted({d.language for d in spec.datasets if d.queries}),
                "bundles": [str(result.bundle.absolute())],
                "report": str(result.report.absolute()),
                "study": str(result.study_file.absolute()),
                "comparison": comparison_json(result.comparison),
            }
        )
        return
    from host.report.terminal import print_comparison

    print_comparison(result.comparison)
    data(f"report: {result.report}")
    talk(f"study:  {result.study_file} (copy it for your own)\nbundle: {result.bundle}")
