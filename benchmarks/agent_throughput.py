"""The agent's throughput against what a user would write instead, in one interleaved run.

Every route works through the same sentences, each in a process of its own, one at a time: the
agent's daemon in both scenarios, bare onnxruntime with the agent's batch plan and query by query,
and Optimum's pipeline on the same artifact and on Optimum's own int8 model. A ratio is taken
within one round, and the median over rounds counts.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click
from tokenizers import Tokenizer

from benchmarks.agent_process import TASK, Agent, Round
from benchmarks.export import export_optimums, export_ours
from benchmarks.query_overhead import query_overhead
from benchmarks.routes import Route
from benchmarks.sentences import LONGEST, passages, pick
from benchmarks.throughput_report import (
    AGENT,
    AGENT_SINGLE,
    BARE,
    BARE_SINGLE,
    OPTIMUM,
    SAME,
    Findings,
    missed,
    present,
    summarise,
)
from benchmarks.xlmr import SizeName, write_checkpoint
from device_agent.contract.artifact import MANIFEST_NAME
from device_agent.contract.samples import PairInput
from device_agent.tasks.heads.tokenisation import two_texts

_STARTS = 5
_OVERHEAD_ROUNDS = 5
_OVERHEAD_INPUTS = 60


def interleave(passes: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Let routes take turns, backwards every second round; return each one's results by round."""
    found: dict[str, list[float]] = {name: [] for name in passes}
    for number in range(rounds):
        for name in list(passes)[:: -1 if number % 2 else 1]:
            found[name].append(passes[name]())
            print(f"round {number + 1}, {name}: {found[name][-1]:.1f}/s", file=sys.stderr)
    return found


def measure(
    artifact: Path,
    optimums: Path,
    sentences: Sequence[PairInput],
    *,
    rounds: int,
    threads: int,
    batch_size: int,
) -> Findings:
    """Run every route, each in a process of its own that works while the others wait.

    Args:
        artifact: What the agent runs, bare onnxruntime and one of Optimum's pipelines as well.
        optimums: Optimum's own int8 model.
        sentences: Worked through once by each route in each round.
        rounds: How often.
        threads: For one query.
        batch_size: Of every route that has batches.
    """
    count = len(sentences)
    offline: list[Round] = []

    def agent_offline() -> float:
        offline.append(agent.run("offline", batch_size))
        return count / offline[-1].seconds

    with tempfile.TemporaryDirectory(prefix="bench-agent-") as work:
        listed = Path(work) / "sentences.json"
        listed.write_text(json.dumps([(each.first, each.second) for each in sentences]))
        with (
            Agent(Path(work) / "state", artifact, sentences, threads) as agent,
            Route("bare", artifact, listed, threads) as bare,
            Route("optimum", optimums, listed, threads) as optimum,
            Route("optimum", artifact, listed, threads) as same,
        ):
            rates = interleave(
                {
                    AGENT: agent_offline,
                    BARE: lambda: count / bare.run(batch_size).seconds,
                    OPTIMUM: lambda: count / optimum.run(batch_size).seconds,
                    SAME: lambda: count / same.run(batch_size).seconds,
                    AGENT_SINGLE: lambda: count / agent.run("single-stream", 1).seconds,
                    BARE_SINGLE: lambda: count / bare.run(1).seconds,
                },
                rounds,
            )
            peaks = {
                AGENT: agent.peak_bytes,
                BARE: bare.peak_bytes,
                OPTIMUM: optimum.peak_bytes,
            }
            for _ in range(_STARTS - 1):
                agent.restart()
            return Findings(rates=rates, offline=offline, peaks=peaks, ready_s=agent.ready_s)


def prepare(work: Path, texts: Sequence[str], size: SizeName) -> tuple[Path, Path]:
    """Return the agent's int8 artifact and Optimum's int8 folder; what is there is used again."""
    checkpoint = work / f"xlmr-{size}"
    write_checkpoint(checkpoint, size, texts)
    ours, optimums = work / "ours", work / "optimum" / "int8"
    if not list(ours.rglob(MANIFEST_NAME)):
        export_ours(checkpoint, ours)
    if not list(optimums.glob("*.onnx")):
        export_optimums(checkpoint, work / "optimum")
    (manifest,) = ours.rglob(MANIFEST_NAME)
    return manifest.parent, optimums


@click.command()
@click.option(
    "--work",
    type=click.Path(path_type=Path),
    default=Path("build/bench-export"),
    show_default=True,
    help="Keeps the models; `python -m benchmarks.export` leaves them there, too.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    envvar="XTREME_EDGE_DATA",
    help="Folder with xtreme_r_sample; without it, built-in texts.",
)
@click.option("--size", type=click.Choice(["base", "large"]), default="base", show_default=True)
@click.option("--sentences", default=200, show_default=True, type=click.IntRange(1))
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1))
@click.option("--batch-size", default=8, show_default=True, type=click.IntRange(1))
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def main(
    *,
    work: Path,
    data: Path | None,
    size: SizeName,
    sentences: int,
    rounds: int,
    batch_size: int,
    threads: int,
    seed: int,
    as_json: bool,
) -> None:
    """Measure the agent's throughput; exit with 1 where a target is missed.

    Example: python -m benchmarks.agent_throughput --data ../data --json
    """
    texts = passages(data)
    artifact, optimums = prepare(work, texts, size)
    tokenizer = Tokenizer.from_file(str(artifact / "tokenizer.json"))
    picked = pick(tokenizer, texts, sentences, seed)
    findings = measure(
        artifact, optimums, picked, rounds=rounds, threads=threads, batch_size=batch_size
    )
    overhead = query_overhead(
        artifact, TASK, picked[:_OVERHEAD_INPUTS], rounds=_OVERHEAD_ROUNDS, threads=threads
    )
    lengths = [len(two_texts(tokenizer, p.first, p.second, LONGEST).ids) for p in picked]
    report = summarise(findings, overhead, lengths)
    print(json.dumps(asdict(report), indent=2) if as_json else present(report))
    if names := missed(report):
        print(f"Missed: {', '.join(names)}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
