"""Leave the weights in 32-bit floating point: the reference that other recipes are held against."""

from __future__ import annotations

import shutil
from pathlib import Path

from device_agent.contract.artifact import Quantization, Tolerance

NAME = "fp32"
# Only the order of additions differs from PyTorch: 1e-6 was found on two layers.
TOLERANCE = Tolerance(relative_error=1e-3, cosine=0.9999, label_agreement=0.99)
PARAMETERS: dict[str, str] = {}
SIZE_RATIO = 1.05
CALIBRATED = False


def apply(source: Path, target: Path) -> Quantization:
    """Copy the source as it is; see `protocol.Recipe`."""
    shutil.copyfile(source, target)
    return Quantization(quantized={}, skipped={}, parameters=PARAMETERS)
