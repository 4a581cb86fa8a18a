"""Count weights below the least normal float, tensor by tensor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx

from device_agent.contract.artifact import Denormals
from export.initializers import Array, Initializers

_FLOATS_AT_ONCE = 1 << 22


def scan(model_file: Path) -> Denormals:
    """Count the denormal float32 and float64 weights of an ONNX file.

    float16 is not looked at: a processor turns it into float32 first, where its denormals are
    normal.
    """
    graph = onnx.load(model_file, load_external_data=False).graph
    weights = Initializers(graph, model_file.parent)
    looked_at = 0
    found: dict[str, int] = {}
    for name in weights:
        array = weights[name]
        if array.dtype in (np.float32, np.float64):
            looked_at += array.size
            count = count_denormals(array)
            if count:
                found[name] = count
    worst = max(found, key=lambda name: found[name], default=None)
    return Denormals(
        values=sum(found.values()),
        of=looked_at,
        worst=worst,
        worst_values=found[worst] if worst is not None else 0,
    )


def count_denormals(array: Array) -> int:
    """Count the values that are neither zero nor normal, a part of the array at a time."""
    flat: npt.NDArray[Any] = array.reshape(-1)
    least = np.finfo(flat.dtype).tiny
    count = 0
    for begin in range(0, flat.size, _FLOATS_AT_ONCE):
        part = np.abs(flat[begin : begin + _FLOATS_AT_ONCE])
        count += int(np.count_nonzero((part < least) & (part != 0)))
    return count
