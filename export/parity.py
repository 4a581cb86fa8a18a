"""Hold an artifact against its checkpoint: same inputs, through the code that the device runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from device_agent import golden, runtimes
from device_agent.contract.artifact import (
    Agreement,
    ArtifactManifest,
    Parity,
    Tolerance,
)
from device_agent.contract.runspec import RuntimeOptions
from device_agent.golden import GoldenSample
from device_agent.tasks.protocol import Outputs, Row
from export.errors import ExportError, ParityError
from export.quiet import silent
from export.request import Samples

THREADS = 1
"""That a model is run on, here and in PyTorch. How a sum is split between threads moves its last
bit, and references are part of an artifact: with one thread its digest does not depend on how many
cores the host has or how many exports share them. Threads of small models only wait for each other.
"""

_REMEDIES = {
    "fp32": "Export an undamaged copy, with the library versions of constraints.txt.",
    "int8-dynamic": "Use recipe fp32, in a study for all that are compared.",
}


def references(
    samples: Samples, reference: Callable[[Row], Outputs], checkpoint: str
) -> list[GoldenSample]:
    """Run the checkpoint over the samples: the golden set.

    Raises:
        ExportError: The checkpoint does not run, or an output is not finite, so that nothing can
            be compared with it.
    """
    found = [
        GoldenSample(
            language=language,
            rows=rows,
            reference=tuple(_run(reference, row, checkpoint) for row in rows),
        )
        for language, inputs in samples.items()
        for rows in inputs
    ]
    for sample in found:
        if not all(
            np.all(np.isfinite(a)) for outputs in sample.reference for a in outputs.values()
        ):
            raise ExportError(
                f"{checkpoint}: its own outputs in PyTorch are not finite "
                f"(language {sample.language}).",
                remedy="Check the training: the weights hold NaN or are far too large.",
            )
    return found


def _run(reference: Callable[[Row], Outputs], row: Row, checkpoint: str) -> Outputs:
    try:
        return reference(row)
    except (IndexError, RuntimeError, TypeError, ValueError) as error:
        raise ExportError(
            f"{checkpoint}: does not run in PyTorch: {str(error).strip().split(chr(10))[0]}",
            remedy="Correct config.json: a setting of it does not fit the weights or the input.",
        ) from error


def unproven(tolerance: Tolerance) -> Parity:
    """Return what stands in a manifest before the comparison: the worst, so that it never ships."""
    nothing = Agreement(
        samples=0,
        max_abs_error=math.inf,
        relative_error=math.inf,
        cosine=-1.0,
        label_agreement=0.0,
    )
    return Parity(tolerance=tolerance, overall=nothing, per_language={})


def prove(folder: Path, manifest: ArtifactManifest, golden_set: Sequence[GoldenSample]) -> Parity:
    """Run the artifact over the golden set in the device's runtime and compare.

    Args:
        folder: Holds the model file; nothing else of the artifact needs to be there yet.
        manifest: States head, recipe and tolerance.
        golden_set: At least one sample.

    Raises:
        ParityError: A limit is broken, overall or in a language.
        DeviceError: The model does not load.
    """
    options = RuntimeOptions(provider="cpu", threads=THREADS)
    with silent():
        session = runtimes.for_format(manifest.format)(folder, manifest, options)
    try:
        overall, per_language = golden.compare(golden_set, session.run, manifest.head)
    finally:
        session.close()
    tolerance = manifest.parity.tolerance
    parity = Parity(tolerance=tolerance, overall=overall, per_language=per_language)
    broken = golden.broken_limits(parity)
    if broken:
        raise ParityError(
            f"{manifest.name}: recipe {manifest.recipe} does not keep the checkpoint's outputs: "
            + "; ".join(f"{where}: {', '.join(limits)}" for where, limits in broken.items()),
            remedy=_REMEDIES.get(manifest.recipe, "Use recipe int8-dynamic or fp32."),
        )
    return parity
