"""What a recipe is: a module in this folder with these names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from device_agent.contract.artifact import Quantization, Tolerance


class Recipe(Protocol):
    """A named way to make the deployable model from the fp32 one.

    Attributes (in capitals, as a module has them):
        NAME: The recipe's name, equal to the file's with dashes.
        TOLERANCE: What it may cost; an artifact that costs more is refused.
        PARAMETERS: Its settings, as text for the manifest.
        SIZE_RATIO: Size of the result over that of the fp32 model, at most.
        CALIBRATED: Whether it wants calibration inputs beside the source; see `calibration`.
    """

    @property
    def NAME(self) -> str: ...  # noqa: N802 the module's constant
    @property
    def TOLERANCE(self) -> Tolerance: ...  # noqa: N802
    @property
    def PARAMETERS(self) -> Mapping[str, str]: ...  # noqa: N802
    @property
    def SIZE_RATIO(self) -> float: ...  # noqa: N802
    @property
    def CALIBRATED(self) -> bool: ...  # noqa: N802

    def apply(self, source: Path, target: Path) -> Quantization:
        """Make model file `target` from the fp32 ONNX file `source`, which stays as it is.

        Returns:
            What was really done, read from the finished graph. Its parameters begin with
            `PARAMETERS`; what follows from the inputs may stand there too. What another export
            would measure otherwise goes into `measured.json` beside the target.

        Raises:
            ExportError: It cannot be done with these weights, or is no gain on this machine.
            ParityError: The result is less exact than a recipe that is as small.
        """
