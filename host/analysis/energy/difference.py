"""Compares two variants' energy per sentence over the rounds in which both were followed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from device_agent.contract.events import RoundDone
from device_agent.measure import anytime, decision
from device_agent.measure.anytime import AnytimeEstimate
from device_agent.measure.decision import Interval, LatencyVerdict
from host.analysis.energy.use import RoundEnergy, round_energies
from host.analysis.timing.equivalence import Spread, spread
from host.analysis.timing.rounds import Floats

EnergyVerdict = Literal["EQUIVALENT", "LESS ENERGY", "MORE ENERGY", "INCONCLUSIVE"]
Basis = Literal["above idle", "whole board"]

_WORDS: Mapping[LatencyVerdict, EnergyVerdict] = {
    "EQUIVALENT": "EQUIVALENT",
    "FASTER": "LESS ENERGY",
    "SLOWER": "MORE ENERGY",
    "INCONCLUSIVE": "INCONCLUSIVE",
}


@dataclass(frozen=True)
class EnergyComparison:
    """Candidate against baseline, per sentence.

    Attributes:
        reason: Why there is that verdict, in words.
        rounds: Rounds in which the power of both, and of the A/A control, was followed.
        basis: What is compared: the energy above the idle board's, or the whole board's where the
            idle baseline is missing in a round or is not exceeded.
        difference_joules: Mean over rounds of candidate less baseline; None, as all that follows,
            with fewer than two rounds or without an A/A control.
        difference_interval: 95 %, of that mean.
        ratio: Geometric mean over rounds of candidate over baseline.
        ratio_interval: 95 %.
        margin: The study's margin for latency, which is taken for energy too.
        noise_floor: What the A/A control does not exclude, relative.
    """

    candidate: str
    baseline: str
    verdict: EnergyVerdict
    reason: str
    rounds: int
    margin: float
    basis: Basis = "above idle"
    difference_joules: float | None = None
    difference_interval: Interval | None = None
    ratio: float | None = None
    ratio_interval: Interval | None = None
    noise_floor: float | None = None


def compare_energy(
    rounds: Sequence[RoundDone],
    candidate: str,
    baseline: str,
    control: tuple[str, str] | None,
    margin: float,
    *,
    looked: bool = False,
) -> EnergyComparison:
    """Compare the energy that two variants take for the same queries of the same rounds.

    A round's observation is the log ratio of the energy per sentence, and `decision.decide` places
    its intervals as it does those of latency, with the A/A control's energy as noise floor. What
    the monitor reads wrongly by a constant factor is in both and cancels out.

    Args:
        rounds: Valid rounds.
        candidate: A variant's name.
        baseline: Another's.
        control: The A/A control's name and its original's.
        margin: The margin registered for latency, relative.
        looked: The run ended when the rounds had decided, so intervals must hold at every look.
    """
    names = [candidate, baseline, *(control or ())]
    followed = _followed(rounds, names)
    count = len(followed[candidate])
    if count < 2 or control is None:
        lack = (
            "the run has no A/A control, so its noise floor is unknown"
            if control is None
            else _few(count)
        )
        return EnergyComparison(candidate, baseline, "INCONCLUSIVE", lack, count, margin)
    basis, joules = _comparable(followed)
    over, under, again, original = (joules[name] for name in names)
    estimate = _estimate(np.log(over) - np.log(under), looked=looked)
    aa = _estimate(np.log(again) - np.log(original), looked=looked)
    difference = _estimate(over - under, looked=looked)
    limit = math.log1p(margin)
    verdict: EnergyVerdict = "INCONCLUSIVE"
    if count >= decision.MIN_ROUNDS:
        verdict = _WORDS[decision.decide(estimate, aa, limit)]
    ratio = estimate.interval(decision.DIFFERENCE_CONFIDENCE)
    return EnergyComparison(
        candidate,
        baseline,
        verdict,
        _reason(verdict, count, aa, limit),
        count,
        margin,
        basis=basis,
        difference_joules=difference.mean,
        difference_interval=difference.interval(decision.DIFFERENCE_CONFIDENCE),
        ratio=math.exp(estimate.mean),
        ratio_interval=Interval(math.exp(ratio.low), math.exp(ratio.high), ratio.confidence),
        noise_floor=math.expm1(decision.noise_floor(aa)),
    )


def _followed(
    rounds: Sequence[RoundDone], names: Sequence[str]
) -> dict[str, tuple[RoundEnergy, ...]]:
    """Return each variant's energy in the rounds in which all of them have some."""
    every = {name: {one.number: one for one in round_energies(rounds, name)} for name in set(names)}
    shared = sorted(set.intersection(*(set(of) for of in every.values())))
    return {name: tuple(of[number] for number in shared) for name, of in every.items()}


def _comparable(
    followed: Mapping[str, Sequence[RoundEnergy]],
) -> tuple[Basis, dict[str, Floats]]:
    """Return joules per sentence, float64 [rounds], above idle where every value is positive."""
    above = {name: [one.above_idle_joules for one in of] for name, of in followed.items()}
    if all(value is not None and value > 0 for of in above.values() for value in of):
        return "above idle", {name: np.array(of, dtype=np.float64) for name, of in above.items()}
    whole = {
        name: np.array([one.joules_per_sentence for one in of]) for name, of in followed.items()
    }
    return "whole board", whole


def _estimate(values: Floats, *, looked: bool) -> Spread | AnytimeEstimate:
    return anytime.estimate(values.tolist()) if looked else spread(values)


def _few(rounds: int) -> str:
    return (
        f"the power was followed in {rounds} valid rounds, at least {decision.MIN_ROUNDS} are "
        "needed"
    )


def _reason(verdict: EnergyVerdict, rounds: int, aa: Spread | AnytimeEstimate, limit: float) -> str:
    floor = decision.noise_floor(aa)
    if rounds < decision.MIN_ROUNDS:
        return _few(rounds)
    if verdict == "EQUIVALENT":
        return f"the 90 % interval lies inside the margin of ±{math.expm1(limit) * 100:g} %"
    if verdict != "INCONCLUSIVE":
        return f"the 95 % interval lies wholly beyond the noise floor of {math.expm1(floor):.1%}"
    if decision.control_differs(aa, limit):
        return f"the A/A control differs from its own artifact by {math.expm1(aa.mean):+.1%}"
    if floor > limit:
        return (
            f"energy's noise floor of {math.expm1(floor):.1%} is above the margin of "
            f"{math.expm1(limit) * 100:g} %"
        )
    return "the interval reaches beyond the margin and into the noise floor"
