"""Compares all variants of one or more bundles with a baseline, bundle by bundle."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.events import GoldenChecked, RoundDone
from host.analysis.bundle import Bundle, Cell
from host.analysis.caveats import bundle_caveats
from host.analysis.comparability.check import group_runs
from host.analysis.devices import compare_devices
from host.analysis.energy.difference import EnergyComparison, compare_energy
from host.analysis.energy.use import EnergyUse, measure_energy
from host.analysis.evidence.recompute import collect_predictions
from host.analysis.explanation import explain
from host.analysis.language_fair.cost import measure_languages
from host.analysis.results import CandidateComparison, Comparison, RunComparison, VariantSummary
from host.analysis.score.accuracy import compare_accuracy
from host.analysis.score.intervals import score_intervals
from host.analysis.score.resampling import ResampledCell, resample
from host.analysis.score.scores import CellScore, average, cell_scores, task_scores
from host.analysis.score.suites import suite_averages
from host.analysis.timing.latency import compare_latency, measure_control
from host.analysis.timing.rounds import valid
from host.analysis.timing.speed import measure_speed

RESAMPLES = 2_000


class ComparisonError(XtremeEdgeError):
    """What was asked for cannot be compared."""


def compare(
    bundles: Sequence[Bundle],
    *,
    baseline: str | None = None,
    score_margin: float | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
    accept: Collection[str] = (),
) -> Comparison:
    """Compare every candidate with the baseline, bundle by bundle.

    Args:
        bundles: At least one, verified (`load_verified`); a bundle is the unit in which variants
            are paired.
        baseline: A variant's name; the one that the run spec names if not given.
        score_margin: How many points lower the average score may be and still pass; the margin
            that the run spec registered if not given.
        seed: Of bootstrap and randomisation, so that a report can be made again to the last digit.
        resamples: Bootstrap resamples.
        accept: Conditions in which the runs may differ all the same (`ACCEPTABLE`).

    Raises:
        ComparisonError: There is no bundle, or no such baseline.
        ComparabilityError: The runs differ in what was not accepted.
    """
    if not bundles:
        raise ComparisonError("No bundle was given.", remedy="Name one: `host compare BUNDLE`.")
    groups = group_runs(bundles, accept)
    runs = []
    for bundle in bundles:
        chosen = baseline or bundle.spec.baseline
        names = [variant.name for variant in bundle.compared]
        if chosen not in names:
            raise ComparisonError(
                f"{bundle.folder}: no variant {chosen!r} to compare with among {', '.join(names)}",
                remedy="Name one of these: `host compare --baseline NAME BUNDLE`.",
            )
        others = [name for name in names if name != chosen]
        tolerated = bundle.spec.score_margin if score_margin is None else score_margin
        runs.append(_compare_run(bundle, [chosen, *others], tolerated, seed, resamples))
    return Comparison(
        runs=tuple(runs), caveats=groups.caveats, devices=compare_devices(groups, runs)
    )


def _compare_run(
    bundle: Bundle, names: Sequence[str], score_margin: float, seed: int, resamples: int
) -> RunComparison:
    rounds = tuple(bundle.bodies(RoundDone))
    counted = valid(rounds)
    margin = bundle.spec.margin
    plan = bundle.spec.performance
    looked = plan is not None and plan.until_decided
    scores = {name: cell_scores(bundle, name) for name in names}
    cells = resample(bundle, collect_predictions(bundle), scores, seed=seed, resamples=resamples)
    baseline, *others = _summarise(bundle, scores, cells, counted)
    control = _control(bundle, baseline.name)
    asked = ("performance" in bundle.spec.modes, "accuracy" in bundle.spec.modes)
    measured = {one.name for one in (baseline, *others) if isinstance(one.energy, EnergyUse)}
    candidates = []
    for candidate in others:
        latency = compare_latency(
            counted, candidate.name, baseline.name, control, margin, looked=looked
        )
        accuracy = compare_accuracy(
            cells,
            (candidate.name, candidate.cells),
            (baseline.name, baseline.cells),
            margin=score_margin,
            seed=seed,
        )
        explanation = explain(
            candidate.name, candidate.artifacts, baseline.name, baseline.artifacts
        )
        energy: EnergyComparison | None = None
        if {candidate.name, baseline.name} <= measured:
            energy = compare_energy(
                counted, candidate.name, baseline.name, control, margin, looked=looked
            )
        candidates.append(
            CandidateComparison(candidate.name, latency, accuracy, explanation, *asked, energy)
        )
    shown = measure_control(counted, *control, margin, looked=looked) if control else None
    return RunComparison(
        bundle=bundle,
        variants=(baseline, *others),
        control=shown,
        rounds=rounds,
        candidates=tuple(candidates),
        caveats=bundle_caveats(bundle, shown, _unlearned(candidates, cells)),
        languages=measure_languages(bundle, counted, names),
    )


def _unlearned(
    candidates: Sequence[CandidateComparison], cells: Mapping[Cell, ResampledCell]
) -> dict[str, float]:
    """Return the tasks that no variant has learned, with what guessing scores on average."""
    sets = [set(candidate.accuracy.unlearned) for candidate in candidates]
    by_task: dict[str, list[float]] = {}
    for (task, _), cell in cells.items():
        by_task.setdefault(task, []).append(cell.guessed)
    return {
        task: sum(scores) / len(scores)
        for task, scores in by_task.items()
        if sets and task in set.intersection(*sets)
    }


def _summarise(
    bundle: Bundle,
    scores: Mapping[str, Mapping[Cell, CellScore]],
    resampled: Mapping[Cell, ResampledCell],
    counted: Sequence[RoundDone],
) -> list[VariantSummary]:
    common = [
        cell
        for cell in next(iter(scores.values()))
        if all(of_one[cell].score is not None for of_one in scores.values())
    ]
    variants = {variant.name: variant for variant in bundle.compared}
    checks = list(bundle.bodies(GoldenChecked))
    plan = bundle.spec.performance
    scenario = plan.scenario if plan else "single-stream"
    return [
        VariantSummary(
            variant=variants[name],
            artifacts={
                task: bundle.artifacts[digest]
                for task, digest in variants[name].artifacts.items()
                if digest in bundle.artifacts
            },
            golden=tuple(check for check in checks if check.variant == name),
            speed=measure_speed(counted, name, scenario),
            cells=cells,
            tasks=task_scores(cells.values()),
            average=average(task_scores(cells[cell] for cell in common)),
            suites=suite_averages(cells),
            intervals=score_intervals(name, cells, resampled, common),
            energy=measure_energy(
                counted, name, bundle.facts.sensors.get("power", "unsupported: no power sensor")
            ),
        )
        for name, cells in scores.items()
    ]


def _control(bundle: Bundle, baseline: str) -> tuple[str, str] | None:
    """Return the A/A control and its original: the baseline's where several are there."""
    controls = [(v.name, v.control_of) for v in bundle.spec.variants if v.control_of is not None]
    controls.sort(key=lambda pair: pair[1] != baseline)
    for name, original in controls[:1]:
        assert original is not None
        return name, original
    return None
