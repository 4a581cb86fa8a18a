"""Runs ONNX artifacts with onnxruntime, on the processor or on the provider that was asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as engine

from device_agent.contract.artifact import ArtifactManifest
from device_agent.contract.errors import DeviceError
from device_agent.contract.runspec import RuntimeOptions
from device_agent.runtimes.protocol import Session
from device_agent.tasks.protocol import Outputs, Row

_PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "cpu": ("CPUExecutionProvider",),
    "cuda": ("CUDAExecutionProvider", "CPUExecutionProvider"),
    "tensorrt": (
        "TensorrtExecutionProvider",
        "CUDAExecutionProvider",
        "CPUExecutionProvider",
    ),
}
"""What was asked for, then what runs the few operators that it lacks."""

_ERRORS_ONLY = 3
_CONFIG_NAME = "config.json"
_BY_TOKEN = ("token-classification", "question-answering")
"""Heads whose outputs have an axis of tokens, the second one."""

_Integers = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float32]

# onnxruntime's errors share no base below Exception.
_LOAD_ERRORS = (
    engine.EPFail,
    engine.Fail,
    engine.InvalidArgument,
    engine.InvalidGraph,
    engine.InvalidProtobuf,
    engine.NoModel,
    engine.NoSuchFile,
    engine.NotImplemented,
    engine.RuntimeException,
    RuntimeError,
    ValueError,
)


class OnnxSession:
    """One ONNX model in memory; see `protocol.Session`."""

    def __init__(
        self,
        session: ort.InferenceSession,
        threads: int,
        manifest: ArtifactManifest,
        padding_id: int,
    ):
        self.version: str = ort.__version__
        self.providers: tuple[str, ...] = tuple(session.get_providers())
        self.threads = threads
        self._names = [output.name for output in session.get_outputs()]
        self._takes_types = any(i.name == "token_type_ids" for i in session.get_inputs())
        self._choices = manifest.head == "multiple-choice"
        self._by_token = manifest.head in _BY_TOKEN
        self._padding_id = padding_id
        self._max_tokens = manifest.max_tokens
        self._ones = np.ones((1, manifest.max_tokens), dtype=np.int64)
        self._run = session.run

    def run(self, row: Row) -> Outputs:
        """Run one row at batch 1.

        Multiple choice is exported as Optimum has it, [batch, choices, tokens]; a row is one
        choice, so its axis is added here and the logit comes back as float32 [1, 1].

        Raises:
            DeviceError: The row is longer than the model's positions.
        """
        ids = row.input_ids
        self._check_length(ids.shape[1])
        outputs = self._infer(ids, self._ones[:, : ids.shape[1]], row.token_type_ids)
        return dict(zip(self._names, outputs, strict=True))

    def run_batch(self, rows: Sequence[Row]) -> list[Outputs]:
        """Run rows in one batch, padded at their ends to the longest.

        Raises:
            DeviceError: A row is longer than the model's positions.
        """
        lengths = [row.input_ids.shape[1] for row in rows]
        self._check_length(max(lengths))
        shape = len(rows), max(lengths)
        ids = np.full(shape, self._padding_id, dtype=np.int64)
        mask, types = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for number, (row, length) in enumerate(zip(rows, lengths, strict=True)):
            ids[number, :length] = row.input_ids[0]
            mask[number, :length] = 1
            types[number, :length] = row.token_type_ids[0]
        outputs = dict(zip(self._names, self._infer(ids, mask, types), strict=True))
        return [self._row_of(outputs, number, length) for number, length in enumerate(lengths)]

    def _check_length(self, tokens: int) -> None:
        if tokens > self._max_tokens:
            raise DeviceError(
                f"An input of {tokens} tokens was given to a model for {self._max_tokens}.",
                remedy="Export the model again, or report the task that made this input.",
            )

    def _infer(self, ids: _Integers, mask: _Integers, types: _Integers) -> list[_Floats]:
        feeds = {"input_ids": ids, "attention_mask": mask}
        if self._takes_types:
            feeds["token_type_ids"] = types
        if self._choices:
            feeds = {name: array[:, np.newaxis] for name, array in feeds.items()}
        outputs: list[_Floats] = self._run(self._names, feeds)
        return outputs

    def _row_of(self, outputs: Outputs, number: int, tokens: int) -> Outputs:
        rows = {name: array[number : number + 1] for name, array in outputs.items()}
        if self._by_token:
            rows = {name: array[:, :tokens] for name, array in rows.items()}
        return rows

    def close(self) -> None:
        """Free the engine's memory; the session cannot run afterwards."""
        del self._run


def open_session(folder: Path, manifest: ArtifactManifest, options: RuntimeOptions) -> Session:
    """Load the artifact with all graph optimisations and one pool of `options.threads` threads.

    Raises:
        DeviceError: The provider is not in this build, did not start, or the model does not load.
    """
    wanted = _PROVIDERS[options.provider]
    if wanted[0] not in ort.get_available_providers():
        raise _missing_provider(options.provider, tuple(ort.get_available_providers()))
    settings = ort.SessionOptions()
    settings.intra_op_num_threads = options.threads
    settings.inter_op_num_threads = 1
    settings.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    settings.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    settings.log_severity_level = _ERRORS_ONLY
    try:
        session = ort.InferenceSession(
            str(folder / manifest.model_file), settings, providers=list(wanted)
        )
    except _LOAD_ERRORS as error:
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        raise DeviceError(
            f"{manifest.name}: {manifest.model_file} does not load: {reason}",
            remedy="Run `host deploy` again; if it stays so, run `host export` again.",
        ) from error
    # onnxruntime goes on with the processor alone where a provider fails to start.
    if session.get_providers()[0] != wanted[0]:
        raise _missing_provider(options.provider, tuple(session.get_providers()))
    return OnnxSession(session, options.threads, manifest, _padding_id(folder))


def _padding_id(folder: Path) -> int:
    """Return the token that pads; a model without one masks whatever stands there."""
    path = folder / _CONFIG_NAME
    config = json.loads(path.read_bytes()) if path.is_file() else {}
    found = config.get("pad_token_id")
    return found if isinstance(found, int) else 0


def _missing_provider(provider: str, found: tuple[str, ...]) -> DeviceError:
    return DeviceError(
        f"onnxruntime {ort.__version__} here does not run provider {provider!r}; "
        f"it has {', '.join(found)}.",
        remedy=f"Install a build of onnxruntime with {provider} on the device, or choose "
        "provider cpu.",
    )
