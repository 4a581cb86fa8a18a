"""Halve the model: weights and computation in 16-bit floating point, inputs and outputs as before.

For size, and for GPUs, which compute halves natively. A processor unpacks them into 32 bits: XLM-R
base takes 1.03 to 1.06 times as long as in fp32, and 1.3 times the memory. So a run here cannot
show what would overflow on a GPU: values on the way are held against the limit apart.
"""

from __future__ import annotations

from pathlib import Path

from device_agent.contract.artifact import Quantization, Tolerance
from export import calibration, halves

NAME = "fp16"
# Found: relative error 0.0001 to 0.0009, in a language 0.0026 at most, agreement 0.986 and more on
# encoders of 4 x 96 trained for five heads; 0.0014 on a random XLM-R base. A GPU adds its own
# rounding of activations, and the device keeps to the same limit.
TOLERANCE = Tolerance(relative_error=0.02, cosine=0.999, label_agreement=0.95)
PARAMETERS = {
    "activations": "float16; inputs and outputs as in fp32",
    "calibration": calibration.DESCRIPTION,
    "operators": "all",
    "weights": "float16, rounded to nearest",
}
SIZE_RATIO = 0.55
CALIBRATED = True


def apply(source: Path, target: Path) -> Quantization:
    """Round weights and constants, tensor by tensor; see `protocol.Recipe`.

    Raises:
        ExportError: A weight, or a value on the way, is too large for a half.
    """
    inputs = calibration.beside(source)
    done = halves.rewrite(source, target, PARAMETERS)
    largest = halves.largest_value(source, inputs.rows)
    measured = {
        "calibration-digest": inputs.digest,
        "calibration-samples": str(inputs.samples),
        "largest-value": f"{largest:.3g} on the calibration inputs; a half ends at 65,504",
    }
    return Quantization(
        quantized=done.quantized,
        skipped=done.skipped,
        parameters=done.parameters | measured,
    )
