"""Round weights to 16-bit floating point: half the file, computed in 32 bits.

It saves disk and transfer, and memory for look-ups; the engine unpacks matrices when it loads.
"""

from __future__ import annotations

from pathlib import Path

from device_agent.contract.artifact import Quantization, Tolerance

NAME = "fp16"
# Found: relative error 0.0005 to 0.0007 on random encoders of 2 x 32.
TOLERANCE = Tolerance(relative_error=0.01, cosine=0.999, label_agreement=0.97)
PARAMETERS = {
    "activations": "float32",
    "operators": "EMBEDDING_LOOKUP, FULLY_CONNECTED",
    "weights": "float16, rounded to nearest",
}
SIZE_RATIO = 0.55
CALIBRATED = False


def apply(source: Path, target: Path) -> Quantization:
    """Rewrite the file; see `protocol.Recipe`."""
    # The extra's libraries: a host without them is told so before anything is made.
    from export import flatbuffer, half_precision  # noqa: PLC0415

    half_precision.rewrite(source, target)
    return flatbuffer.quantization(target, PARAMETERS)
