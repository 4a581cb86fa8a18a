"""Computes every credit, score and golden verdict of a bundle again, from predictions and gold."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from device_agent import golden, tasks
from device_agent.contract.artifact import Parity
from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.events import GoldenChecked, Ranked, SampleDone, Scored
from device_agent.contract.samples import Gold, Prediction
from device_agent.tasks.protocol import Score
from host.analysis.bundle import Bundle

_TOLERANCE = 1e-9
_MALFORMED = (XtremeEdgeError, TypeError, ValueError, KeyError, AttributeError)
"""What metrics raise for a prediction of another task's kind, which only a forger would write."""

_CellKey = tuple[str, str, str]


def recompute(bundle: Bundle) -> tuple[int, list[str]]:
    """Compare what the journal says with what its own predictions give.

    Returns:
        How many numbers were computed again, and in words each that is not equal to 1e-9.
    """
    wrong: list[str] = []
    numbers = _golden(bundle, wrong)
    predictions = collect_predictions(bundle)
    numbers += _credits(bundle, wrong)
    for scored in bundle.bodies(Scored):
        cell = (scored.variant, scored.task, scored.language)
        gold = bundle.gold.get((scored.task, scored.language), {})
        again = _score(scored, predictions.get(cell, {}), gold, wrong)
        numbers += len(again.metrics)
        wrong += _differences(scored, again)
    return numbers, wrong


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


def _golden(bundle: Bundle, wrong: list[str]) -> int:
    checks = list(bundle.bodies(GoldenChecked))
    for check in checks:
        found = Parity(
            tolerance=check.tolerance, overall=check.overall, per_language=check.per_language
        )
        passed = not golden.broken_limits(found)
        if check.passed and not passed:
            wrong.append(f"says {check.variant} passed its golden set, its own figures say not")
    return len(checks)


def _credits(bundle: Bundle, wrong: list[str]) -> int:
    numbers = 0
    for sample in bundle.bodies(SampleDone):
        if sample.credit is not None and sample.prediction is not None:
            numbers += 1
            cell = (sample.variant, sample.task, sample.language)
            text = _credit(bundle, cell, sample.sample_id, sample.prediction, sample.credit)
            wrong += [text] if text else []
    for ranked in bundle.bodies(Ranked):
        cell = (ranked.variant, ranked.task, ranked.language)
        for sample_id, credit in ranked.credits.items():
            numbers += 1
            ranking = ranked.rankings.get(sample_id, ())
            text = _credit(bundle, cell, sample_id, ranking, credit)
            wrong += [text] if text else []
    return numbers


def _credit(
    bundle: Bundle, cell: _CellKey, sample_id: str, prediction: Prediction, credit: float
) -> str | None:
    variant, task, language = cell
    gold = bundle.gold.get((task, language), {}).get(sample_id)
    if gold is None:
        return f"{variant} {task}/{language} has a credit for sample {sample_id!r} without gold"
    name = f"{variant} {task}/{language} sample {sample_id!r}"
    try:
        again = tasks.get(task).credit(prediction, gold, language)
    except _MALFORMED as error:
        return f"{name} has no credit when computed again: {error}"
    if math.isclose(again, credit, rel_tol=0, abs_tol=_TOLERANCE):
        return None
    return f"{name} says credit {credit}, found {again}"


def _score(
    scored: Scored,
    predictions: Mapping[str, Prediction],
    gold: Mapping[str, Gold],
    wrong: list[str],
) -> Score:
    if not gold:
        return Score(unscored="the data has no gold")
    with_gold = {i: prediction for i, prediction in predictions.items() if i in gold}
    try:
        return tasks.get(scored.task).score(with_gold, gold, scored.language)
    except _MALFORMED as error:
        name = f"{scored.variant} {scored.task}/{scored.language}"
        wrong.append(f"{name} has no score when computed again: {error}")
        return Score(metrics=dict(scored.metrics), unscored=scored.unscored)


def _differences(scored: Scored, again: Score) -> list[str]:
    name = f"{scored.variant} {scored.task}/{scored.language}"
    if (scored.unscored is None) != (again.unscored is None):
        return [
            f"{name} says {_said(scored.unscored)}, computed again it is {_said(again.unscored)}"
        ]
    if scored.metrics.keys() != again.metrics.keys():
        found, expected = sorted(scored.metrics), sorted(again.metrics)
        return [f"{name} has the metrics {found}, computed again they are {expected}"]
    return [
        f"{name} says {metric} {value!r}, computed again it is {again.metrics[metric]!r}"
        for metric, value in scored.metrics.items()
        if not math.isclose(value, again.metrics[metric], rel_tol=0, abs_tol=_TOLERANCE)
    ]


def _said(unscored: str | None) -> str:
    return "scored" if unscored is None else f"unscored ({unscored})"
