"""What each level of a design takes and scores, over its seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from device_agent.contract.artifact import ArtifactManifest
from device_agent.contract.design import Design
from device_agent.contract.events import RoundDone
from host.analysis.answer.effects import Scores
from host.analysis.bundle import Bundle
from host.analysis.timing.speed import Speed, measure_speed


@dataclass(frozen=True)
class LevelSummary:
    """One level in one stratum; means over seeds.

    Attributes:
        x: Its place on the trend's axis.
        parameters: Trained weights of its largest artifact; None where the manifest is not there.
        median_ms: Median query; None in scenario offline, and without valid rounds.
        score_deviation: Between seeds; None with one.
        tasks: Mean score of each task over languages and seeds.
        above_guessing: Tasks in which that is shown to be above guessing's.
    """

    level: str
    stratum: str
    x: float | None
    seeds: tuple[int | None, ...]
    variants: tuple[str, ...]
    parameters: int | None
    size_bytes: int | None
    median_ms: float | None
    queries_per_second: float | None
    tokens_per_second: float | None
    score: float | None
    score_deviation: float | None
    tasks: Mapping[str, float]
    above_guessing: tuple[str, ...]


def summarise_levels(
    bundle: Bundle,
    design: Design,
    rounds: Sequence[RoundDone],
    scores: Scores,
) -> tuple[LevelSummary, ...]:
    """Return every level of every stratum, in the order of the design.

    Args:
        bundle: What was measured.
        design: What was registered.
        rounds: Valid ones.
        scores: Of all variants.
    """
    guessed = scores.guessed
    groups: dict[tuple[str, str], list[int]] = {}
    for index, member in enumerate(design.members):
        groups.setdefault((member.stratum, member.level), []).append(index)
    plan = bundle.spec.performance
    scenario = plan.scenario if plan else "single-stream"
    found = []
    for (stratum, level), indexes in groups.items():
        members = [design.members[index] for index in indexes]
        names = [member.variant for member in members]
        speeds = [s for name in names if (s := measure_speed(rounds, name, scenario))]
        tasks = {task: scores.task_mean(names, task) for task in guessed}
        averages = [a for name in names if (a := scores.average(name)) is not None]
        found.append(
            LevelSummary(
                level=level,
                stratum=stratum,
                x=members[0].x,
                seeds=tuple(member.seed for member in members),
                variants=tuple(names),
                parameters=_parameters(bundle, names),
                size_bytes=_size(bundle, names[0]),
                median_ms=_median_ms(speeds),
                queries_per_second=_mean([s.queries_per_second for s in speeds]),
                tokens_per_second=_mean([s.tokens_per_second for s in speeds]),
                score=_mean(averages),
                score_deviation=float(np.std(averages, ddof=1)) if len(averages) > 1 else None,
                tasks={task: value for task, (value, _) in tasks.items()},
                above_guessing=tuple(t for t, (_, learned) in tasks.items() if learned),
            )
        )
    return tuple(found)


def _median_ms(speeds: Sequence[Speed]) -> float | None:
    values = [speed.percentile(0.5).value_ns for speed in speeds]
    return _mean([value / 1e6 for value in values if value is not None])


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _parameters(bundle: Bundle, names: Sequence[str]) -> int | None:
    found = [m.parameters for name in names for m in _manifests(bundle, name)]
    return max(found, default=None)


def _size(bundle: Bundle, name: str) -> int | None:
    sizes = [sum(f.size_bytes for f in m.files) for m in _manifests(bundle, name)]
    return max(sizes, default=None)


def _manifests(bundle: Bundle, name: str) -> list[ArtifactManifest]:
    variant = next(v for v in bundle.spec.variants if v.name == name)
    return [bundle.artifacts[d] for d in variant.artifacts.values() if d in bundle.artifacts]
