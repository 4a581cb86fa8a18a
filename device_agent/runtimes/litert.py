"""Runs LiteRT artifacts with ai-edge-litert, which a deploy ships where a study needs it.

It has wheels wherever the agent runs, so tflite-runtime, its predecessor, is never shipped; that is
taken where a named interpreter has it alone, and the golden set refuses what it computes wrongly.

A LiteRT graph has fixed shapes, so an artifact has one signature a bucket: a row is padded to the
next bucket's length with a mask of zeros, and what it says of the padding is cut off. The time
that the padding takes is part of the model's own.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from device_agent.contract.artifact import ArtifactManifest
from device_agent.contract.errors import DeviceError
from device_agent.contract.runspec import RuntimeOptions
from device_agent.runtimes.protocol import Session
from device_agent.tasks.protocol import Outputs, Row

SIGNATURE = "tokens_{}"
"""Name of a bucket's signature, by its number of tokens."""

_PACKAGES = (("ai_edge_litert", "ai-edge-litert"), ("tflite_runtime", "tflite-runtime"))
"""Import name and distribution; the maintained one first."""

_OF_EACH_TOKEN = ("token-classification", "question-answering")
"""Heads whose outputs have an axis of tokens, the second."""

_FLOAT_BYTES = 4
_INTEGER_BELOW = 1.5
"""Bytes a weight, over the whole file: fp16 has 2."""
_ACTIVATION_BYTES = 24
"""Per token and hidden unit, over all layers: the engine lets them share memory."""
_MARGIN = 1.1

# numpy 2 makes tflite-runtime's extension fail with SystemError when it is first called.
_LOAD_ERRORS = (OSError, RuntimeError, SystemError, TypeError, ValueError)


class LiteRtSession:
    """One LiteRT model in memory, all its buckets allocated; see `protocol.Session`."""

    def __init__(
        self, interpreter: Any, version: str, threads: int, manifest: ArtifactManifest
    ) -> None:
        self.version = version
        self.threads = threads
        self._runners = {
            size: interpreter.get_signature_runner(SIGNATURE.format(size))
            for size in manifest.buckets
        }
        self._names = {
            size: tuple(found.get_input_details()) for size, found in self._runners.items()
        }
        self._cuts = manifest.head in _OF_EACH_TOKEN
        # A bucket is allocated, and its weights are packed, when it first runs: never while timed.
        nothing = np.zeros((1, 1), dtype=np.int64)
        for size in manifest.buckets:
            self._run(size, Row(nothing, nothing))
        self.providers = _providers(interpreter)

    def run(self, row: Row) -> Outputs:
        """Run one row at batch 1, padded to its bucket.

        Raises:
            DeviceError: The row is longer than the largest bucket.
        """
        tokens = row.input_ids.shape[1]
        for size in self._runners:
            if tokens <= size:
                return self._run(size, row)
        raise DeviceError(
            f"An input of {tokens} tokens was given to a model for {max(self._runners)}.",
            remedy="Export the model again, or report the task that made this input.",
        )

    def _run(self, size: int, row: Row) -> Outputs:
        tokens = row.input_ids.shape[1]
        given = {
            "input_ids": row.input_ids,
            "attention_mask": np.ones_like(row.input_ids),
            "token_type_ids": row.token_type_ids,
        }
        feeds = {name: _padded(given[name], size) for name in self._names[size]}
        outputs: Mapping[str, npt.NDArray[np.float32]] = self._runners[size](**feeds)
        if self._cuts:
            return {name: array[:, :tokens] for name, array in outputs.items()}
        return dict(outputs)

    def close(self) -> None:
        """Free the engine's memory; the session cannot run afterwards."""
        self._runners.clear()


def open_session(folder: Path, manifest: ArtifactManifest, options: RuntimeOptions) -> Session:
    """Load the artifact and allocate all its buckets.

    Raises:
        DeviceError: There is no engine, the provider is not the processor, or the model does not
            load.
    """
    if options.provider != "cpu":
        raise DeviceError(
            f"LiteRT runs on the processor here; provider {options.provider!r} was asked for.",
            remedy="Choose provider cpu, or format onnx.",
        )
    package, distribution, version = _engine()
    try:
        # The file is mapped, so that weights take memory only where they are read.
        interpreter = package.Interpreter(
            model_path=str(folder / manifest.model_file), num_threads=options.threads
        )
        return LiteRtSession(interpreter, f"{distribution} {version}", options.threads, manifest)
    except _LOAD_ERRORS as error:
        raise _not_loaded(manifest, distribution, version, error) from error


def memory_bytes(manifest: ArtifactManifest) -> int:
    """Return the memory that a session is going to take, all buckets in use.

    The engine maps the file, reads the encoder's weights from it and packs them anew for each
    bucket: integers as they are, floats of 16 bits as 32. Of the table of tokens it touches single
    rows. XLM-R base was measured, in MiB: int8 with two buckets 269 (here 283), with seven 755
    (842), fp32 with two 992 (1,087), fp16 with three 1,239 (1,268).
    """
    stored = next((e.size_bytes for e in manifest.files if e.path == manifest.model_file), 0)
    weights = max(manifest.parameters, 1)
    encoder = max(weights - manifest.vocabulary_size * manifest.hidden_size, 0)
    width = stored / weights
    packed = width if width < _INTEGER_BELOW else _FLOAT_BYTES
    activations = sum(manifest.buckets) * manifest.hidden_size * _ACTIVATION_BYTES
    weighed = encoder * (width + len(manifest.buckets) * packed)
    return int(_MARGIN * (weighed + activations))


def _engine() -> tuple[Any, str, str]:
    """Return the module that has `Interpreter`, its distribution and version."""
    reasons = []
    for package, distribution in _PACKAGES:
        try:
            module = importlib.import_module(f"{package}.interpreter")
            return module, distribution, metadata.version(distribution)
        except ImportError as error:
            reasons.append(f"{distribution}: {error}")
    raise DeviceError(
        f"No engine for LiteRT can be imported here ({'; '.join(reasons)}).",
        remedy="Run `host deploy STUDY.yaml` with the study that holds LiteRT artifacts: it ships "
        "the engine; into an interpreter of your own, `pip install ai-edge-litert`.",
    )


def _not_loaded(
    manifest: ArtifactManifest, distribution: str, version: str, error: BaseException
) -> DeviceError:
    reason = str(error).strip().split("\n")[0] or type(error).__name__
    if distribution == "tflite-runtime" and isinstance(error, SystemError):
        return DeviceError(
            f"tflite-runtime {version} does not work with numpy {np.__version__}: {reason}",
            remedy="Run `pip install 'numpy<2'` in the agent's environment, or install "
            "ai-edge-litert instead.",
        )
    return DeviceError(
        f"{manifest.name}: {manifest.model_file} does not load in {distribution} {version}: "
        f"{reason}",
        remedy="Run `host deploy` again; if an operator is unknown, install a newer "
        "ai-edge-litert on the device or use format onnx.",
    )


def _providers(interpreter: Any) -> tuple[str, ...]:
    """Say whether XNNPACK took nodes over; only the engine's list of nodes tells."""
    list_nodes = getattr(interpreter, "_get_ops_details", None)
    nodes = list_nodes() if list_nodes is not None else []
    delegated = any(node.get("op_name") == "DELEGATE" for node in nodes)
    return ("XNNPACK", "CPU") if delegated else ("CPU",)


def _padded(array: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.int32]:
    """Return int32 [1, size] with zeros after the row; what stands there is masked."""
    padded = np.zeros((1, size), dtype=np.int32)
    padded[:, : array.shape[1]] = array
    return padded
