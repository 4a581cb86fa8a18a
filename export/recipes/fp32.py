"""Leave the weights in 32-bit floating point: the reference that other recipes are held against."""

from __future__ import annotations

import shutil
from pathlib import Path

from device_agent.contract.artifact import Quantization, Tolerance

NAME = "fp32"
# On a CPU only the order of additions differs from PyTorch: 1e-6 was found on XLM-R base. The
# device keeps to the same limit, and a GPU may round products to 10 bits (TF32).
TOLERANCE = Tolerance(relative_error=1e-3, cosine=0.9999, label_agreement=0.99)
PARAMETERS: dict[str, str] = {}
SIZE_RATIO = 1.0
CALIBRATED = False


def apply(source: Path, target: Path) -> Quantization:
    """Copy the source as it is, its weights file beside it too; see `protocol.Recipe`.

    Hard links would save the copy, but onnx refuses to read weights from a file that has several.
    """
    for file in sorted(source.parent.glob(f"{source.name}*")):
        shutil.copyfile(file, target.with_name(file.name))
    return Quantization(quantized={}, skipped={}, parameters=PARAMETERS)
