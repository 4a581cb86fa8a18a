"""The golden set: inputs and the checkpoint's PyTorch fp32 outputs, shipped with every artifact.

The export compares the artifact with it before it may ship; the device repeats it before a run
counts, because int8 kernels differ between processors.
"""

from __future__ import annotations

import math
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from device_agent.contract.artifact import Agreement, HeadName, Parity, Tolerance
from device_agent.contract.errors import ContractError
from device_agent.tasks.protocol import Outputs, Row

_EPSILON = 1e-12
_SAME_DIRECTION = 0.9


@dataclass(frozen=True)
class GoldenSample:
    """One sample's rows with their reference outputs (float32, leading batch axis of 1)."""

    language: str
    rows: tuple[Row, ...]
    reference: tuple[Outputs, ...]


def save(path: Path, samples: Sequence[GoldenSample]) -> None:
    """Write the golden set as an uncompressed, pickle-free `.npz`."""
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for index, sample in enumerate(samples):
        for number, (row, reference) in enumerate(zip(sample.rows, sample.reference, strict=True)):
            key = f"{index}|{sample.language}|{number}"
            arrays[f"{key}|input_ids"] = row.input_ids
            arrays[f"{key}|token_type_ids"] = row.token_type_ids
            for name, array in reference.items():
                arrays[f"{key}|output|{name}"] = array
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def load(path: Path) -> list[GoldenSample]:
    """Read a golden set.

    Raises:
        ContractError: The file is damaged or not a golden set.
    """
    grouped: dict[tuple[int, str], dict[int, dict[str, npt.NDArray[np.generic]]]] = {}
    try:
        _require_stored(path)
        with np.load(path, allow_pickle=False) as archive:
            for key in archive.files:
                index, language, number, name = key.split("|", 3)
                rows = grouped.setdefault((int(index), language), {})
                rows.setdefault(int(number), {})[name] = archive[key]
        return [
            GoldenSample(
                language=language,
                rows=tuple(_row(arrays) for _, arrays in sorted(rows.items())),
                reference=tuple(_reference(arrays) for _, arrays in sorted(rows.items())),
            )
            for (_, language), rows in sorted(grouped.items())
        ]
    except Exception as error:  # Of damaged bytes numpy and zipfile raise any kind.
        raise ContractError(
            f"{path.name}: not a golden set: {error}", remedy="Run `host export` again."
        ) from error


def _require_stored(path: Path) -> None:
    """Raise `ValueError` of a compressed member: a few bytes of one could fill the memory."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.compress_type != zipfile.ZIP_STORED:
                raise ValueError(f"{member.filename[:80]!r} is compressed")


def _row(arrays: Mapping[str, npt.NDArray[np.generic]]) -> Row:
    return Row(
        input_ids=arrays["input_ids"].astype(np.int64),
        token_type_ids=arrays["token_type_ids"].astype(np.int64),
    )


def _reference(arrays: Mapping[str, npt.NDArray[np.generic]]) -> Outputs:
    return {
        name.removeprefix("output|"): array.astype(np.float32)
        for name, array in arrays.items()
        if name.startswith("output|")
    }


def compare(
    samples: Sequence[GoldenSample], run: Callable[[Row], Outputs], head: HeadName
) -> tuple[Agreement, dict[str, Agreement]]:
    """Run every sample and compare with the reference, overall and per language.

    The cosine is the smallest of any sample for embeddings; logits have no meaningful direction
    one by one, so theirs is taken over all outputs together.

    Args:
        samples: At least one.
        run: The candidate's forward pass.
        head: Decides what a label is: the best class (classification, and each token in tagging),
            the best position (QA's start and end), the best of the rows (multiple choice). An
            embedding has none; there, agreement is the share of cosines of at least 0.9.
    """
    found: dict[str, list[_Difference]] = {}
    for sample in samples:
        outputs = [run(row) for row in sample.rows]
        found.setdefault(sample.language, []).append(_difference(sample, outputs, head))
    everything = [difference for group in found.values() for difference in group]
    return (
        _summary(everything, head),
        {language: _summary(group, head) for language, group in sorted(found.items())},
    )


def violations(tolerance: Tolerance, agreement: Agreement) -> list[str]:
    """Say in words which limits the agreement breaks; empty where it keeps them all."""
    broken = []
    if not agreement.relative_error <= tolerance.relative_error:
        broken.append(
            f"relative error {agreement.relative_error:.4g} above {tolerance.relative_error:g}"
        )
    if not agreement.cosine >= tolerance.cosine:
        broken.append(f"cosine {agreement.cosine:.6g} below {tolerance.cosine:g}")
    if not agreement.label_agreement >= tolerance.label_agreement:
        broken.append(
            f"label agreement {agreement.label_agreement:.4g} below {tolerance.label_agreement:g}"
        )
    return broken


def broken_limits(parity: Parity) -> dict[str, list[str]]:
    """Return the broken limits in words, of everything together and of each language.

    A language may have a handful of samples, of which one near a decision boundary proves
    nothing: decisions are judged over all samples, error and cosine in each language.
    """
    outputs_only = Tolerance(
        relative_error=parity.tolerance.relative_error,
        cosine=parity.tolerance.cosine,
        label_agreement=0.0,
    )
    found = {"overall": violations(parity.tolerance, parity.overall)}
    for language, agreement in parity.per_language.items():
        found[language] = violations(outputs_only, agreement)
    return {where: limits for where, limits in found.items() if limits}


@dataclass(frozen=True)
class _Difference:
    """Sums over one sample, so that any group of samples can be summed up again."""

    max_abs: float
    squared_error: float
    squared_reference: float
    squared_candidate: float
    product: float
    labels_equal: int
    labels: int

    @property
    def cosine(self) -> float:
        return _cosine(self.product, self.squared_reference, self.squared_candidate)


def _cosine(product: float, squared_a: float, squared_b: float) -> float:
    return _known(product / max(float(np.sqrt(squared_a * squared_b)), _EPSILON), worst=-1.0)


def _known(value: float, *, worst: float = sys.float_info.max) -> float:
    """Return the value, or the worst there is: JSON knows neither infinity nor NaN."""
    return value if math.isfinite(value) else worst


def _difference(sample: GoldenSample, outputs: Sequence[Outputs], head: HeadName) -> _Difference:
    pairs = [
        (expected[name], got[name])
        for expected, got in zip(sample.reference, outputs, strict=True)
        for name in sorted(expected)
    ]
    reference = np.concatenate([expected.ravel() for expected, _ in pairs]).astype(np.float64)
    candidate = np.concatenate([got.ravel() for _, got in pairs]).astype(np.float64)
    error = candidate - reference
    product = float(reference @ candidate)
    squares = float(reference @ reference), float(candidate @ candidate)
    if head == "sentence-embedding":
        equal, labels = int(_cosine(product, *squares) >= _SAME_DIRECTION), 1
    elif head == "multiple-choice":
        equal, labels = int(np.argmax(reference) == np.argmax(candidate)), 1
    else:
        axis = 1 if head == "question-answering" else -1
        decided = [(np.argmax(e, axis=axis), np.argmax(g, axis=axis)) for e, g in pairs]
        equal = sum(int(np.sum(e == g)) for e, g in decided)
        labels = sum(int(np.size(e)) for e, _ in decided)
    return _Difference(
        max_abs=_known(float(np.max(np.abs(error)))),
        squared_error=float(error @ error),
        squared_reference=squares[0],
        squared_candidate=squares[1],
        product=product,
        labels_equal=equal,
        labels=labels,
    )


def _summary(differences: Sequence[_Difference], head: HeadName) -> Agreement:
    reference = sum(d.squared_reference for d in differences)
    if head == "sentence-embedding":
        cosine = min(d.cosine for d in differences)
    else:
        cosine = _cosine(
            sum(d.product for d in differences),
            reference,
            sum(d.squared_candidate for d in differences),
        )
    error = sum(d.squared_error for d in differences)
    return Agreement(
        samples=len(differences),
        max_abs_error=max(d.max_abs for d in differences),
        relative_error=_known(float(np.sqrt(error / max(reference, _EPSILON)))),
        cosine=cosine,
        label_agreement=sum(d.labels_equal for d in differences)
        / sum(d.labels for d in differences),
    )
