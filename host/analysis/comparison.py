"""Compares all variants of one or more bundles with a baseline, bundle by bundle."""

from __future__ import annotations

from collections.abc import Sequence

from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.events import GoldenChecked, RoundDone
from host.analysis.accuracy import Predictions, compare_accuracy
from host.analysis.bundle import Bundle
from host.analysis.caveats import bundle_caveats, caveats_between
from host.analysis.latency import compare_latency, measure_control
from host.analysis.recompute import collect_predictions
from host.analysis.results import CandidateComparison, Comparison, RunComparison, VariantSummary
from host.analysis.rounds import valid
from host.analysis.scores import average, cell_scores, task_scores
from host.analysis.speed import measure_speed

SCORE_MARGIN = 1.0
RESAMPLES = 2_000


class ComparisonError(XtremeEdgeError):
    """What was asked for cannot be compared."""


def compare(
    bundles: Sequence[Bundle],
    *,
    baseline: str | None = None,
    score_margin: float = SCORE_MARGIN,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Comparison:
    """Compare every candidate with the baseline, bundle by bundle.

    Args:
        bundles: At least one; a bundle is the unit in which variants are paired.
        baseline: A variant's name; the one that the run spec names if not given.
        score_margin: How many points lower the average score may be and still pass.
        seed: Of bootstrap and randomisation, so that a report can be made again to the last digit.
        resamples: Bootstrap resamples.

    Raises:
        ComparisonError: There is nothing to compare, or no such baseline.
    """
    if not bundles:
        raise ComparisonError("No bundle was given.", remedy="Name one: `host compare BUNDLE`.")
    runs = []
    for bundle in bundles:
        chosen = baseline or bundle.spec.baseline
        names = [variant.name for variant in bundle.compared]
        if chosen not in names or len(names) < 2:
            raise ComparisonError(
                f"{bundle.folder}: nothing to compare with {chosen!r} among {', '.join(names)}",
                remedy="Name one of at least two variants: `host compare --baseline NAME BUNDLE`.",
            )
        others = [name for name in names if name != chosen]
        runs.append(_compare_run(bundle, [chosen, *others], score_margin, seed, resamples))
    return Comparison(runs=tuple(runs), caveats=caveats_between(bundles))


def _compare_run(
    bundle: Bundle, names: Sequence[str], score_margin: float, seed: int, resamples: int
) -> RunComparison:
    rounds = tuple(bundle.bodies(RoundDone))
    counted = valid(rounds)
    margin = bundle.spec.margin
    predictions: Predictions = collect_predictions(bundle)
    baseline, *others = (_summarise(bundle, name, counted) for name in names)
    control = _control(bundle, baseline.name)
    candidates = []
    for candidate in others:
        latency = compare_latency(counted, candidate.name, baseline.name, control, margin)
        accuracy = compare_accuracy(
            bundle,
            predictions,
            (candidate.name, candidate.cells),
            (baseline.name, baseline.cells),
            margin=score_margin,
            seed=seed,
            resamples=resamples,
        )
        candidates.append(CandidateComparison(candidate.name, latency, accuracy))
    shown = measure_control(counted, *control, margin) if control else None
    return RunComparison(
        bundle=bundle,
        variants=(baseline, *others),
        control=shown,
        rounds=rounds,
        candidates=tuple(candidates),
        caveats=bundle_caveats(bundle, shown),
    )


def _summarise(bundle: Bundle, name: str, counted: Sequence[RoundDone]) -> VariantSummary:
    variant = next(v for v in bundle.compared if v.name == name)
    cells = cell_scores(bundle, name)
    tasks = task_scores(cells.values())
    return VariantSummary(
        variant=variant,
        artifacts={
            task: bundle.artifacts[digest]
            for task, digest in variant.artifacts.items()
            if digest in bundle.artifacts
        },
        golden=tuple(check for check in bundle.bodies(GoldenChecked) if check.variant == name),
        speed=measure_speed(counted, name),
        cells=cells,
        tasks=tasks,
        average=average(tasks),
    )


def _control(bundle: Bundle, baseline: str) -> tuple[str, str] | None:
    """Return the A/A control and its original: the baseline's where several are there."""
    controls = [(v.name, v.control_of) for v in bundle.spec.variants if v.control_of is not None]
    controls.sort(key=lambda pair: pair[1] != baseline)
    for name, original in controls[:1]:
        assert original is not None
        return name, original
    return None
