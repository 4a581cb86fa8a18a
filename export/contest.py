"""Hold one model against another: how far each is from the fp32 one, and which is faster here."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort

from device_agent.tasks.protocol import Row
from export import calibration

_LOADS = 3
"""Where a load ends up in memory makes a small model some percent faster or slower."""

_ROUNDS = 9
_LENGTHS = 3
_LEAST = 1e-30


@dataclass(frozen=True)
class Contest:
    """What was found of a candidate and a baseline.

    Attributes:
        error: The candidate's RMS error over the RMS of the fp32 outputs.
        baseline_error: The baseline's.
        ratios: Median ratio of the candidate's processor time to the baseline's, of each load.
    """

    error: float
    baseline_error: float
    ratios: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The middle ratio."""
        return statistics.median(self.ratios)


def hold(candidate: Path, baseline: Path, reference: Path, rows: Sequence[Row]) -> Contest:
    """Run three models over the same rows and time two of them in turns.

    Args:
        candidate: An ONNX file.
        baseline: Another one of the same inputs and outputs.
        reference: The fp32 one.
        rows: From the shortest to the longest.
    """
    wanted = _outputs(_open(reference), rows)
    return Contest(
        error=_error(wanted, _outputs(_open(candidate), rows)),
        baseline_error=_error(wanted, _outputs(_open(baseline), rows)),
        ratios=tuple(_race(candidate, baseline, _spread(rows)) for _ in range(_LOADS)),
    )


def _open(model_file: Path) -> ort.InferenceSession:
    return calibration.open_session(model_file.read_bytes(), model_file.parent)


def _outputs(session: ort.InferenceSession, rows: Sequence[Row]) -> list[np.ndarray]:
    """Return every output of every row in one list, float32."""
    return [array for row in rows for array in session.run(None, calibration.feeds(session, row))]


def _error(wanted: Sequence[np.ndarray], found: Sequence[np.ndarray]) -> float:
    squared = sum(float(np.square(a - b).sum()) for a, b in zip(wanted, found, strict=True))
    whole = sum(float(np.square(a).sum()) for a in wanted)
    return float(np.sqrt(squared / max(whole, _LEAST)))


def _spread(rows: Sequence[Row]) -> list[Row]:
    """Return the shortest, the middle and the longest row."""
    return [rows[round(place * (len(rows) - 1) / (_LENGTHS - 1))] for place in range(_LENGTHS)]


def _race(candidate: Path, baseline: Path, rows: Sequence[Row]) -> float:
    """Return the median ratio of a load's rounds; the two take turns in being first."""
    sessions = [_open(candidate), _open(baseline)]
    inputs = [[calibration.feeds(session, row) for row in rows] for session in sessions]
    ratios = []
    for number in range(-1, _ROUNDS):
        spent = [0, 0]
        for which in (0, 1) if number % 2 else (1, 0):
            # The thread's own time: what other processes take does not count.
            begin = time.thread_time_ns()
            for feeds in inputs[which]:
                sessions[which].run(None, feeds)
            spent[which] = time.thread_time_ns() - begin
        if number >= 0:
            ratios.append(spent[0] / max(spent[1], 1))
    return statistics.median(ratios)
