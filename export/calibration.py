"""Find the ranges that a model's values take, over inputs that are nobody's test data.

The inputs are the built-in probe texts, joined anew with a seed so that they are longer and other
than the golden set's; they lie beside the fp32 model while an export works.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
from tokenizers import Tokenizer

from device_agent import golden
from device_agent.contract.artifact import HeadName
from device_agent.contract.codec import Digest
from device_agent.digest import digest_file
from device_agent.golden import GoldenSample
from device_agent.tasks.protocol import Row
from export import probes
from export.integers import Range
from export.probe_texts import TEXTS
from export.request import Samples

FILE_NAME = "calibration.npz"
_SEED = 0
DESCRIPTION = f"built-in probe texts in {len(TEXTS)} languages, joined anew with seed {_SEED}"

_ERRORS_ONLY = 3

Feeds = Mapping[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Calibration:
    """The inputs, and which they are.

    Attributes:
        samples: Number of inputs; those of multiple choice have several rows.
        rows: What the model runs on, from the shortest to the longest.
        digest: Of the file.
    """

    samples: int
    rows: Sequence[Row]
    digest: Digest


def inputs(head: HeadName, tokenizer: Tokenizer, max_tokens: int) -> Samples:
    """Return language to calibration samples; see `probes.samples`."""
    mixed = {language: _mixed(language) for language in TEXTS}
    return probes.samples(head, tokenizer, max_tokens, mixed)


def _mixed(language: str) -> list[str]:
    """Join one to four texts of a language to each of as many new ones."""
    # A str, because a tuple as a seed would be hashed, which differs from process to process.
    chance = random.Random(f"{_SEED} {language}")
    texts = TEXTS[language]
    return [" ".join(chance.sample(texts, k=chance.randint(1, len(texts)))) for _ in texts]


def save(samples: Samples, folder: Path) -> None:
    """Write calibration samples beside a model."""
    golden.save(
        folder / FILE_NAME,
        [
            GoldenSample(language, rows, reference=tuple({} for _ in rows))
            for language, inputs_of_one in samples.items()
            for rows in inputs_of_one
        ],
    )


def beside(model_file: Path) -> Calibration:
    """Read the calibration samples that lie beside a model.

    Raises:
        ContractError: They are damaged.
    """
    path = model_file.with_name(FILE_NAME)
    samples = golden.load(path)
    rows = [row for sample in samples for row in sample.rows]
    return Calibration(
        samples=len(samples),
        rows=sorted(rows, key=lambda row: row.input_ids.shape[1]),
        digest=digest_file(path),
    )


def feeds(session: ort.InferenceSession, row: Row) -> Feeds:
    """Return a model's inputs for one row at batch 1; multiple choice has a third axis."""
    arrays = {
        "input_ids": row.input_ids,
        "attention_mask": np.ones_like(row.input_ids),
        "token_type_ids": row.token_type_ids,
    }
    return {
        wanted.name: arrays[wanted.name].reshape((1,) * (len(wanted.shape) - 2) + (1, -1))
        for wanted in session.get_inputs()
    }


def ranges(model_file: Path, values: Sequence[str], rows: Sequence[Row]) -> dict[str, Range]:
    """Return the least and the largest of each float value of a model, and zero, over all rows.

    Args:
        model_file: The fp32 ONNX file; its weights may lie beside it.
        values: Names of inner values; those that are no floats are left out.
        rows: At least one.
    """
    model = onnx.load(model_file, load_external_data=False)
    shown = {value.name for value in model.graph.output}
    model.graph.output.extend(
        onnx.ValueInfoProto(name=name) for name in values if name not in shown
    )
    session = open_session(model.SerializeToString(), model_file.parent)
    found: dict[str, Range] = {}
    for row in rows:
        for name, array in zip(values, session.run(values, feeds(session, row)), strict=True):
            if array.dtype != np.float32:
                continue
            least, largest = found.get(name, Range(0.0, 0.0))
            found[name] = Range(min(least, float(array.min())), max(largest, float(array.max())))
    return found


def open_session(model: bytes, weights_folder: Path) -> ort.InferenceSession:
    """Open a model on one thread; large weights are read from a folder."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", str(weights_folder)
    )
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
