"""Turns a registered design into contrasts: which differences of variants make an effect."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from device_agent.contract.design import Covariate, Design, Member

UNITS: Mapping[Covariate, str] = {
    "parameters": "doubling of the parameters",
    "intermediate-tasks": "intermediate task",
}


@dataclass(frozen=True)
class Pair:
    """A weighted difference of two variants: candidate minus reference."""

    weight: float
    candidate: str
    reference: str


@dataclass(frozen=True)
class Contrast:
    """An effect, once per seed.

    Attributes:
        level: The level that is held against the reference.
        stratum: What both share.
        x: Where on the trend's axis it stands; None without a trend.
        units: Seed to the differences whose sum is the effect.
        incomplete: Seeds that lack a variant and are left out.
    """

    level: str
    stratum: str
    x: float | None
    units: Mapping[int | None, tuple[Pair, ...]]
    incomplete: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class Trend(Contrast):
    """The slope of a gap over the axis, by least squares within each seed.

    Attributes:
        over: What is on the axis; parameters are on it as powers of two.
        points: How many different places.
        span: From the first place to the last, in `UNITS`.
    """

    over: Covariate = "parameters"
    points: int = 0
    span: float = 0.0


def gaps(design: Design) -> list[Contrast]:
    """Return each level against the reference, within each stratum."""
    found = []
    for stratum, own in _by_stratum(design).items():
        reference = {m.seed: m for m in own if m.level == design.reference}
        for level in _levels(design, own):
            members = {m.seed: m for m in own if m.level == level}
            units = {
                seed: (Pair(1.0, member.variant, reference[seed].variant),)
                for seed, member in members.items()
                if seed in reference
            }
            if units:
                lonely = tuple(s for s in {**members, **reference} if s not in units)
                x = next(iter(members.values())).x
                found.append(Contrast(level, stratum, x, units, lonely))
    return found


def trends(design: Design) -> list[Trend]:
    """Return the slopes that the design asks for; none without a trend."""
    if design.trend is None:
        return []
    if design.trend == "parameters":
        return list(_over_sizes(design))
    return list(_over_tasks(design))


def untold(design: Design) -> Iterator[str]:
    """Yield why a trend that the design asks for is not among `trends`."""
    told = trends(design)
    if design.trend == "parameters":
        for level in sorted(set(_levels(design, design.members)) - {t.level for t in told}):
            sizes = {gap.x for gap in gaps(design) if gap.level == level}
            many = "no seed has every size" if len(sizes) > 1 else "only one size can be compared"
            yield f"No trend of {level} over sizes: {many}."
    elif design.trend:
        for stratum, own in _by_stratum(design).items():
            if stratum not in {trend.stratum for trend in told}:
                levels = {m.level: m.x for m in own}
                if design.reference not in levels:
                    why = f"{design.reference}, the reference, is missing"
                elif len(set(levels.values())) < 2:
                    why = "there is only one number of them"
                else:
                    why = "no seed has every number of them"
                yield f"No trend over the number of intermediate tasks ({stratum}): {why}."


def _over_sizes(design: Design) -> Iterator[Trend]:
    """Follow each level's gap over sizes: a stratum is a size."""
    for level in _levels(design, design.members):
        own = [gap for gap in gaps(design) if gap.level == level]
        seeds = dict.fromkeys(seed for gap in own for seed in gap.units)
        whole = [seed for seed in seeds if all(seed in gap.units for gap in own)]
        places = [math.log2(gap.x) for gap in own if gap.x]
        if len(set(places)) < 2 or not whole:
            continue
        weights = slope_weights(places)
        units = {
            seed: tuple(
                Pair(weight, pair.candidate, pair.reference)
                for weight, gap in zip(weights, own, strict=True)
                for pair in gap.units[seed]
            )
            for seed in whole
        }
        yield Trend(
            level=level,
            stratum=", ".join(gap.stratum for gap in own),
            x=None,
            units=units,
            incomplete=tuple(seed for seed in seeds if seed not in whole),
            over="parameters",
            points=len(set(places)),
            span=float(np.ptp(places)),
        )


def _over_tasks(design: Design) -> Iterator[Trend]:
    """Follow the value itself over levels, as differences from the reference's."""
    for stratum, own in _by_stratum(design).items():
        places = {m.level: float(m.x or 0.0) for m in own}
        if design.reference not in places or len(set(places.values())) < 2:
            continue
        by_seed: dict[int | None, dict[str, Member]] = {}
        for member in own:
            by_seed.setdefault(member.seed, {})[member.level] = member
        weights = dict(zip(places, slope_weights(list(places.values())), strict=True))
        units = {
            seed: tuple(
                Pair(weights[level], member.variant, members[design.reference].variant)
                for level, member in members.items()
                if level != design.reference
            )
            for seed, members in by_seed.items()
            if members.keys() == places.keys()
        }
        if units:
            yield Trend(
                level=f"{design.factor}",
                stratum=stratum,
                x=None,
                units=units,
                incomplete=tuple(seed for seed in by_seed if seed not in units),
                over="intermediate-tasks",
                points=len(set(places.values())),
                span=float(np.ptp(list(places.values()))),
            )


def slope_weights(places: Sequence[float]) -> list[float]:
    """Return the weights whose sum with the values is the least-squares slope; they sum to 0."""
    centred = np.asarray(places, dtype=np.float64) - np.mean(places)
    return [float(weight) for weight in centred / np.sum(centred**2)]


def _by_stratum(design: Design) -> dict[str, list[Member]]:
    found: dict[str, list[Member]] = {}
    for member in design.members:
        found.setdefault(member.stratum, []).append(member)
    return found


def _levels(design: Design, members: Sequence[Member]) -> list[str]:
    return list(dict.fromkeys(m.level for m in members if m.level != design.reference))
