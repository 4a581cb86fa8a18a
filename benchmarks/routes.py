"""What a user would write instead of the agent, each as a process that waits for its turn.

A process reads a line, works through all sentences once and answers with a line of JSON: what it
took from the first text to the last label, the labels, and its peak memory so far.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Any, Literal

import click

RouteName = Literal["bare", "optimum"]
Pair = tuple[str, str]
Classify = Callable[[Sequence[Pair], int], list[str]]
"""Takes pairs of sentences and a batch size, returns a label for each."""


@dataclass(frozen=True)
class Pass:
    """All sentences once.

    Attributes:
        peak_bytes: Largest resident memory of the process since its start.
    """

    seconds: float
    labels: list[str]
    peak_bytes: int


class Route:
    """A route's process.

    Args:
        name: Which route.
        folder: The artifact, or a folder of Optimum's.
        sentences: A JSON file with a list of pairs.
        threads: For one query.

    Attributes:
        peak_bytes: The process's largest resident memory as of its last pass.
    """

    def __init__(self, name: RouteName, folder: Path, sentences: Path, threads: int) -> None:
        given = [name, str(folder), str(sentences), str(threads)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.routes", *given],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.peak_bytes = 0

    def run(self, batch_size: int) -> Pass:
        """Let it work through all sentences once; returns when it is done."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{batch_size}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The route ended with status {self._process.wait()}.")
        done = Pass(**json.loads(line))
        self.peak_bytes = done.peak_bytes
        return done

    def __enter__(self) -> Route:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


def bare(folder: Path, threads: int) -> Classify:
    """Return onnxruntime as a careful user writes it: sorted by length, batched, padded."""
    import numpy as np  # noqa: PLC0415 a process has the memory of its own route alone
    import onnxruntime  # noqa: PLC0415
    from tokenizers import Tokenizer  # noqa: PLC0415

    config = json.loads((folder / "config.json").read_bytes())
    names = [config["id2label"][str(index)] for index in range(len(config["id2label"]))]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    (model,) = folder.glob("*.onnx")
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def classify(pairs: Sequence[Pair], batch_size: int) -> list[str]:
        rows = [tokenizer.encode(*pair).ids for pair in pairs]
        order: Sequence[int] = range(len(rows))
        if batch_size > 1:
            order = sorted(order, key=lambda index: -len(rows[index]))
        labels = [""] * len(rows)
        for begin in range(0, len(order), batch_size):
            batch = order[begin : begin + batch_size]
            longest = max(len(rows[index]) for index in batch)
            ids = np.full((len(batch), longest), config["pad_token_id"], dtype=np.int64)
            mask = np.zeros_like(ids)
            for line, index in enumerate(batch):
                ids[line, : len(rows[index])] = rows[index]
                mask[line, : len(rows[index])] = 1
            (logits,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
            for index, best in zip(batch, logits.argmax(axis=1), strict=True):
                labels[index] = names[best]
        return labels

    return classify


def optimum(folder: Path, threads: int) -> Classify:
    """Return Optimum's pipeline as its documentation has it, with threads and a batch size."""
    import onnxruntime  # noqa: PLC0415
    import transformers  # noqa: PLC0415
    from optimum.onnxruntime import ORTModelForSequenceClassification  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    (file,) = folder.glob("*.onnx")
    model = ORTModelForSequenceClassification.from_pretrained(
        folder, file_name=file.name, session_options=options, provider="CPUExecutionProvider"
    )
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    pipeline: Any = transformers.pipeline("text-classification", model=model, tokenizer=tokenizer)

    def classify(pairs: Sequence[Pair], batch_size: int) -> list[str]:
        inputs = [{"text": first, "text_pair": second} for first, second in pairs]
        return [found["label"] for found in pipeline(inputs, batch_size=batch_size)]

    return classify


ROUTES: dict[str, Callable[[Path, int], Classify]] = {"bare": bare, "optimum": optimum}


def peak_bytes(pid: int | Literal["self"]) -> int:
    """Return a process's largest resident memory so far, mapped files included."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"The kernel tells no peak of memory for process {pid}.")


@click.command()
@click.argument("name", type=click.Choice(sorted(ROUTES)))
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("sentences", type=click.Path(path_type=Path))
@click.argument("threads", type=int)
def main(name: RouteName, folder: Path, sentences: Path, threads: int) -> None:
    """Serve one route: a batch size a line on standard input, a pass a line on standard output.

    Example: echo 8 | python -m benchmarks.routes bare ARTIFACT SENTENCES.json 2
    """
    pairs = [(first, second) for first, second in json.loads(sentences.read_bytes())]
    classify = ROUTES[name](folder, threads)
    classify(sorted(pairs, key=lambda pair: -len("".join(pair)))[:8], 8)
    for line in sys.stdin:
        started = perf_counter()
        labels = classify(pairs, int(line))
        seconds = perf_counter() - started
        done = {"seconds": seconds, "labels": labels, "peak_bytes": peak_bytes("self")}
        print(json.dumps(done), flush=True)


if __name__ == "__main__":
    main()
