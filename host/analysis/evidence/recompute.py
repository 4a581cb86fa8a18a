"""Computes every credit, score and golden verdict of a bundle again, from predictions and gold."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from device_agent import golden, tasks
from device_agent.contract.artifact import Parity
from device_agent.contract.bundle import JOURNAL_NAME
from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.events import GoldenChecked, Ranked, SampleDone, Scored
from device_agent.contract.samples import Gold, Prediction
from device_agent.tasks.protocol import Score
from host.analysis.bundle import Bundle
from host.analysis.seal.failure import RUN_AGAIN, Failure

_TOLERANCE = 1e-9
_MALFORMED = (
    XtremeEdgeError,
    TypeError,
    ValueError,
    AttributeError,
    LookupError,
    ArithmeticError,
)
"""What metrics raise for a prediction of another task's kind, which only a forger would write."""

_CellKey = tuple[str, str, str]


def recompute(bundle: Bundle) -> tuple[int, list[Failure]]:
    """Compare what the journal says with what its own predictions give.

    Returns:
        How many numbers were computed again, and each that is not equal to 1e-9.
    """
    again = _Again(bundle)
    again.golden()
    again.credits()
    again.scores()
    return again.numbers, again.wrong


def collect_predictions(bundle: Bundle) -> Mapping[_CellKey, Mapping[str, Prediction]]:
    """Return predictions by sample id, in the order they were made, per variant, task, language."""
    found: dict[_CellKey, dict[str, Prediction]] = defaultdict(dict)
    for sample in bundle.bodies(SampleDone):
        if sample.prediction is not None:
            cell = (sample.variant, sample.task, sample.language)
            found[cell][sample.sample_id] = sample.prediction
    for ranked in bundle.bodies(Ranked):
        found[ranked.variant, ranked.task, ranked.language].update(ranked.rankings)
    return found


class _Again:
    """Counts what was computed again, and keeps what was found wrong."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        # Looked up once: a look-up lists a folder.
        self._tasks = {n: tasks.get(n) for n in {d.task for d in bundle.spec.datasets}}
        self.numbers = 0
        self.wrong: list[Failure] = []

    def golden(self) -> None:
        for seq, check in self._bundle.entries(GoldenChecked):
            self.numbers += 1
            found = Parity(
                tolerance=check.tolerance, overall=check.overall, per_language=check.per_language
            )
            passed = not golden.broken_limits(found)
            if check.passed != passed:
                said, is_so = ("passed", "not") if check.passed else ("failed", "it passed")
                self._add(
                    seq, f"says {check.variant} {said} its golden set, its own figures say {is_so}"
                )

    def credits(self) -> None:
        for seq, sample in self._bundle.entries(SampleDone):
            if sample.credit is not None and sample.prediction is not None:
                cell = (sample.variant, sample.task, sample.language)
                self._credit(seq, cell, sample.sample_id, sample.prediction, sample.credit)
        for seq, ranked in self._bundle.entries(Ranked):
            cell = (ranked.variant, ranked.task, ranked.language)
            for sample_id, credit in ranked.credits.items():
                self._credit(seq, cell, sample_id, ranked.rankings.get(sample_id, ()), credit)

    def _credit(
        self, seq: int, cell: _CellKey, sample_id: str, prediction: Prediction, credit: float
    ) -> None:
        self.numbers += 1
        variant, task, language = cell
        name = f"{variant} {task}/{language} sample {sample_id!r}"
        gold = self._bundle.gold.get((task, language), {}).get(sample_id)
        if gold is None:
            self._add(seq, f"{name} has a credit without gold")
            return
        try:
            again = self._tasks[task].credit(prediction, gold, language)
        except _MALFORMED as error:
            self._add(seq, f"{name} has no credit when computed again: {_said(error)}")
            return
        if not math.isclose(again, credit, rel_tol=0, abs_tol=_TOLERANCE):
            self._add(seq, f"{name} says credit {credit}, computed again it is {again}")

    def scores(self) -> None:
        predictions = collect_predictions(self._bundle)
        ranked = {(r.variant, r.task, r.language): r for r in self._bundle.bodies(Ranked)}
        for seq, scored in self._bundle.entries(Scored):
            cell = (scored.variant, scored.task, scored.language)
            gold = self._bundle.gold.get((scored.task, scored.language), {})
            name = f"{scored.variant} {scored.task}/{scored.language}"
            try:
                again = self._score(scored, predictions.get(cell, {}), gold, ranked.get(cell))
            except _MALFORMED as error:
                self._add(seq, f"{name} has no score when computed again: {_said(error)}")
                continue
            self.numbers += len(again.metrics)
            for text in _differences(scored, again):
                self._add(seq, f"{name} {text}")

    def _score(
        self,
        scored: Scored,
        predictions: Mapping[str, Prediction],
        gold: Mapping[str, Gold],
        ranked: Ranked | None,
    ) -> Score:
        if not gold:
            return Score(unscored="the data has no gold")
        if ranked is not None and ranked.unscored is not None:
            return Score(unscored=ranked.unscored)
        with_gold = {i: prediction for i, prediction in predictions.items() if i in gold}
        return self._tasks[scored.task].score(with_gold, gold, scored.language)

    def _add(self, seq: int, text: str) -> None:
        self.wrong.append(Failure(JOURNAL_NAME, text, RUN_AGAIN, seq=seq))


def _differences(scored: Scored, again: Score) -> list[str]:
    if (scored.unscored is None) != (again.unscored is None):
        said, found = _state(scored.unscored), _state(again.unscored)
        return [f"says {said}, computed again it is {found}"]
    if scored.metrics.keys() != again.metrics.keys():
        found, expected = ", ".join(sorted(scored.metrics)), ", ".join(sorted(again.metrics))
        return [f"has the metrics {found or 'none'}, computed again they are {expected or 'none'}"]
    return [
        f"says {metric} {value!r}, computed again it is {again.metrics[metric]!r}"
        for metric, value in scored.metrics.items()
        if not math.isclose(value, again.metrics[metric], rel_tol=0, abs_tol=_TOLERANCE)
    ]


def _state(unscored: str | None) -> str:
    return "scored" if unscored is None else f"unscored ({unscored})"


def _said(error: Exception) -> str:
    if isinstance(error, XtremeEdgeError):
        return error.message
    return f"{type(error).__name__}: {error}"
