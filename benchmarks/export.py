"""Our export and Optimum's, side by side: a random XLM-R base to int8, then both models' speed.

The two exports take turns; the two models take turns query by query. Only ratios of one run mean
anything on a machine that others use too.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter_ns

import click
import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from benchmarks.process import Usage, run
from benchmarks.xlmr import SizeName, write_checkpoint
from device_agent import tasks
from export.probe_texts import TEXTS

_BIN = Path(sys.executable).parent
_LENGTHS = (16, 64, 128)
_WARM_UP = 3


@dataclass(frozen=True)
class Report:
    """Ours over Optimum's; below 1 is better for every ratio.

    Attributes:
        wall_ratio: Median wall time of the whole export.
        peak_bytes: Ours, at most.
        latency_ratio: Median of the paired ratios of one query's time, by its length in tokens.
        label_agreement: Share of texts with the label of PyTorch in fp32, for either model.
    """

    wall_ratio: float
    wall_s: dict[str, float]
    peak_bytes: int
    peak_ratio: float
    optimum_peak_bytes: int
    size_bytes: int
    size_ratio: float
    latency_ratio: dict[str, float]
    latency_ms: dict[str, dict[str, float]]
    label_agreement: dict[str, float]
    texts: int


def export_ours(checkpoint: Path, folder: Path) -> Usage:
    """Export with `host export`."""
    shutil.rmtree(folder, ignore_errors=True)
    host = str(_BIN / "host")
    return run(
        [host, "export", str(checkpoint), "--recipe", "int8-dynamic", "--output", str(folder)]
    )


def export_optimums(checkpoint: Path, folder: Path) -> Usage:
    """Export, then quantize, with `optimum-cli`: two processes, one after the other."""
    shutil.rmtree(folder, ignore_errors=True)
    cli = str(_BIN / "optimum-cli")
    fp32, int8 = str(folder / "fp32"), str(folder / "int8")
    export = ["export", "onnx", "--model", str(checkpoint), "--task", "text-classification"]
    traced = run([cli, *export, fp32])
    quantize = ["onnxruntime", "quantize", "--onnx_model", fp32, "--arm64", "--per_channel"]
    quantized = run([cli, *quantize, "--output", int8])
    return Usage(
        wall_s=traced.wall_s + quantized.wall_s,
        cpu_s=traced.cpu_s + quantized.cpu_s,
        peak_bytes=max(traced.peak_bytes, quantized.peak_bytes),
    )


def latencies(
    sessions: Mapping[str, onnxruntime.InferenceSession], tokens: int, rounds: int
) -> dict[str, list[int]]:
    """Return nanoseconds per query; the models take turns, and who begins changes each round."""
    chance = np.random.default_rng(tokens)
    names = list(sessions)
    found: dict[str, list[int]] = {name: [] for name in names}
    for number in range(rounds + _WARM_UP):
        feeds = _feeds(chance.integers(5, 250_000, (1, tokens)))
        for name in names if number % 2 else reversed(names):
            started = perf_counter_ns()
            sessions[name].run(None, feeds)
            if number >= _WARM_UP:
                found[name].append(perf_counter_ns() - started)
    return found


def _feeds(ids: np.ndarray) -> dict[str, np.ndarray]:
    return {"input_ids": ids, "attention_mask": np.ones_like(ids)}


def agreement(
    checkpoint: Path, sessions: Mapping[str, onnxruntime.InferenceSession], texts: Sequence[str]
) -> dict[str, float]:
    """Return each model's share of texts that get the label of PyTorch in fp32."""
    import torch  # noqa: PLC0415 not before the exports, whose memory is measured beside us
    import transformers  # noqa: PLC0415

    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    reference = transformers.XLMRobertaForSequenceClassification.from_pretrained(checkpoint).eval()
    equal = dict.fromkeys(sessions, 0)
    for text in texts:
        ids = np.array([tokenizer.encode(text).ids[:512]])
        with torch.inference_mode():
            wanted = int(reference(torch.from_numpy(ids)).logits.argmax())
        for name, session in sessions.items():
            equal[name] += int(session.run(None, _feeds(ids))[0].argmax()) == wanted
    return {name: count / len(texts) for name, count in equal.items()}


def real_texts(data: Path | None) -> list[str]:
    """Return XNLI's first premises in every language of the sample; else the built-in texts."""
    if data is None or not (data / "xtreme_r_sample/xnli").is_dir():
        return [text for four in TEXTS.values() for text in four]
    task = tasks.get("xnli")
    root = data / "xtreme_r_sample"
    return [
        sample.input.first  # type: ignore[union-attr]
        for language in task.languages_xtreme_r
        for sample in task.read(root, language)[:14]
    ]


def _session(folder: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    (model,) = folder.glob("*.onnx")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.onnx*"))


@click.command()
@click.option("--work", type=click.Path(path_type=Path), default=Path("build/bench-export"))
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    envvar="XTREME_EDGE_DATA",
    help="Folder with xtreme_r_sample; without it, built-in texts.",
)
@click.option("--size", type=click.Choice(["base", "large"]), default="base", show_default=True)
@click.option("--exports", default=1, show_default=True, help="How often each side exports.")
@click.option("--rounds", default=40, show_default=True, help="Queries per length and model.")
@click.option("--threads", default=2, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(  # noqa: PLR0917 options
    work: Path,
    data: Path | None,
    size: SizeName,
    exports: int,
    rounds: int,
    threads: int,
    as_json: bool,
) -> None:
    """Measure `host export` against `optimum-cli`; needs 5 GB of disk and 8 GB of memory (base).

    Example: python -m benchmarks.export --json
    """
    texts = real_texts(data)
    checkpoint = work / f"xlmr-{size}"
    write_checkpoint(checkpoint, size, texts)
    ours, optimums = [], []
    for _ in range(exports):
        ours.append(export_ours(checkpoint, work / "ours"))
        optimums.append(export_optimums(checkpoint, work / "optimum"))
    folders = {"ours": _only(work / "ours"), "optimum": work / "optimum" / "int8"}
    sessions = {name: _session(folder, threads) for name, folder in folders.items()}
    times = {tokens: latencies(sessions, tokens, rounds) for tokens in _LENGTHS}
    wall = {
        "ours": statistics.median(usage.wall_s for usage in ours),
        "optimum": statistics.median(usage.wall_s for usage in optimums),
    }
    peaks = [max(usage.peak_bytes for usage in side) for side in (ours, optimums)]
    sizes = {name: _size_bytes(folder) for name, folder in folders.items()}
    report = Report(
        wall_ratio=wall["ours"] / wall["optimum"],
        wall_s=wall,
        peak_bytes=peaks[0],
        peak_ratio=peaks[0] / peaks[1],
        optimum_peak_bytes=peaks[1],
        size_bytes=sizes["ours"],
        size_ratio=sizes["ours"] / sizes["optimum"],
        latency_ratio={
            str(tokens): statistics.median(
                a / b for a, b in zip(found["ours"], found["optimum"], strict=True)
            )
            for tokens, found in times.items()
        },
        latency_ms={
            str(tokens): {name: statistics.median(values) / 1e6 for name, values in found.items()}
            for tokens, found in times.items()
        },
        label_agreement=agreement(checkpoint, sessions, texts),
        texts=len(texts),
    )
    print(json.dumps(asdict(report), indent=2) if as_json else present(report))


def _only(folder: Path) -> Path:
    """Return the artifact: the folder itself, or the one of its recipe below it."""
    return folder if (folder / "artifact.json").exists() else folder / "int8-dynamic"


def present(report: Report) -> str:
    """Return the report as lines for people."""
    wall, sizes = report.wall_s, report.size_bytes
    lines = [
        f"{'':24}{'ours':>12}{'Optimum':>12}{'ratio':>8}",
        _line("wall time, s", wall["ours"], wall["optimum"], report.wall_ratio),
        _line(
            "peak memory, GB",
            report.peak_bytes / 1e9,
            report.optimum_peak_bytes / 1e9,
            report.peak_ratio,
        ),
        _line("size, MB", sizes / 1e6, sizes / report.size_ratio / 1e6, report.size_ratio),
    ]
    for tokens, ratio in report.latency_ratio.items():
        ms = report.latency_ms[tokens]
        lines.append(_line(f"query of {tokens} tokens, ms", ms["ours"], ms["optimum"], ratio))
    shares = report.label_agreement
    lines.append(
        f"{'same label as PyTorch':24}{shares['ours']:>12.1%}{shares['optimum']:>12.1%}"
        f"   (of {report.texts} texts)"
    )
    return "\n".join(lines)


def _line(name: str, ours: float, optimums: float, ratio: float) -> str:
    return f"{name:24}{ours:>12.2f}{optimums:>12.2f}{ratio:>8.3f}"


if __name__ == "__main__":
    main()
