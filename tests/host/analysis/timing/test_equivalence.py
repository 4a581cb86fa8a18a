"""The latency verdict on simulated rounds whose truth is known."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from device_agent.measure.decision import control_differs, decide, noise_floor
from host.analysis.timing.equivalence import Spread, foresee, rounds_needed, spread

LIMIT = math.log1p(0.02)


def simulate(
    true_ratio: float,
    deviation: float,
    *,
    rounds: int = 20,
    experiments: int = 1_000,
    seed: int = 1,
    tails: float | None = None,
) -> Counter[str]:
    """Count verdicts over experiments; with `tails`, Student's t noise of so many degrees."""
    random = np.random.default_rng(seed)
    scale = 1 if tails is None else math.sqrt(tails / (tails - 2))

    def draw() -> np.ndarray:
        noise = random.normal(size=rounds) if tails is None else random.standard_t(tails, rounds)
        return deviation / scale * noise

    return Counter(
        decide(spread(math.log(true_ratio) + draw()), spread(draw()), LIMIT)
        for _ in range(experiments)
    )


@pytest.mark.parametrize("deviation", [0.002, 0.01, 0.03, 0.1])
def test_equal_variants_are_hardly_ever_called_different(deviation: float) -> None:
    """A/A: FASTER or SLOWER in far under 5 % of experiments, at any noise."""
    found = simulate(1.0, deviation)
    assert found["FASTER"] + found["SLOWER"] <= 10


def test_heavy_tails_do_not_raise_false_differences() -> None:
    """Noise with three degrees of freedom, as busy machines have it, is no excuse."""
    found = simulate(1.0, 0.02, tails=3)
    assert found["FASTER"] + found["SLOWER"] <= 20


def test_equality_is_found_when_the_noise_allows() -> None:
    """At a true 0 % and 1 % noise per round, 20 rounds give EQUIVALENT almost always."""
    assert simulate(1.0, 0.01)["EQUIVALENT"] >= 950


@pytest.mark.parametrize(("ratio", "verdict"), [(1.03, "SLOWER"), (1 / 1.03, "FASTER")])
def test_three_percent_are_found(ratio: float, verdict: str) -> None:
    """A true 3 % at 1.2 % noise per round is found in at least 95 % of experiments."""
    assert simulate(ratio, 0.012)[verdict] >= 950


@pytest.mark.parametrize("deviation", [0.002, 0.01, 0.03, 0.1])
def test_a_difference_at_the_margin_is_rarely_equivalent(deviation: float) -> None:
    """TOST: a true difference of the margin passes as EQUIVALENT in at most 5 %, give or take."""
    assert simulate(1.02, deviation)["EQUIVALENT"] <= 65


def test_noise_never_earns_equivalence() -> None:
    """A session too noisy to resolve the margin is INCONCLUSIVE, not EQUIVALENT."""
    found = simulate(1.0, 0.2)
    assert found["EQUIVALENT"] == 0
    assert found["INCONCLUSIVE"] >= 990


def test_a_floor_above_the_margin_forbids_equivalence() -> None:
    """A candidate that agrees by luck proves nothing where equal artifacts differ by more."""
    candidate, noisy = Spread(20, 0.0, 0.001), Spread(20, 0.0, 0.1)
    assert noise_floor(noisy) > LIMIT
    assert not control_differs(noisy, LIMIT)
    assert decide(candidate, noisy, LIMIT) == "INCONCLUSIVE"


def test_significant_but_inside_the_margin_is_equivalent() -> None:
    """0.5 % with almost no noise is different for sure, and was agreed not to matter."""
    candidate, control = Spread(20, 0.005, 0.001), Spread(20, 0.0, 0.001)
    assert candidate.interval(0.95).excludes_zero
    assert decide(candidate, control, LIMIT) == "EQUIVALENT"


def test_a_difference_below_the_noise_floor_is_no_difference() -> None:
    """Twice the margin is not SLOWER where equal artifacts may differ by as much."""
    candidate, control = Spread(20, 0.04, 0.01), Spread(20, 0.0, 0.12)
    assert noise_floor(control) > 0.04
    assert decide(candidate, control, LIMIT) == "INCONCLUSIVE"


def test_a_control_that_differs_forbids_every_claim() -> None:
    """Where equal artifacts differ by 4 %, even 50 % is not claimed."""
    control = Spread(20, 0.04, 0.01)
    assert control_differs(control, LIMIT)
    assert decide(Spread(20, 0.4, 0.01), control, LIMIT) == "INCONCLUSIVE"
    assert decide(Spread(20, 0.0, 0.001), control, LIMIT) == "INCONCLUSIVE"


def test_a_control_inside_the_margin_only_raises_the_floor() -> None:
    """A small preference of the session is contained in the noise floor."""
    control = Spread(20, 0.006, 0.002)
    assert control.interval(0.95).excludes_zero
    assert not control_differs(control, LIMIT)
    assert noise_floor(control) == pytest.approx(0.006 + 2.093 * 0.002 / math.sqrt(20), rel=1e-3)
    assert decide(Spread(20, 0.04, 0.005), control, LIMIT) == "SLOWER"


def test_intervals_cover_the_truth_in_95_of_100_experiments() -> None:
    """The t interval of the mean log ratio has its nominal coverage."""
    random = np.random.default_rng(5)
    hits = 0
    for _ in range(2_000):
        interval = spread(random.normal(0.01, 0.02, 12)).interval(0.95)
        hits += interval.low <= 0.01 <= interval.high
    assert 0.935 <= hits / 2_000 <= 0.965


def test_rounds_needed_are_enough_if_the_figures_stay() -> None:
    """The number of rounds that is promised decides, and a tenth fewer does not."""
    candidate, control = Spread(6, 0.003, 0.03), Spread(6, 0.001, 0.02)
    assert decide(candidate, control, LIMIT) == "INCONCLUSIVE"
    needed = rounds_needed(candidate, control, LIMIT)
    assert needed is not None

    def after(rounds: int) -> str:
        return decide(replace(candidate, rounds=rounds), foresee(control, rounds), LIMIT)

    assert after(needed) == "EQUIVALENT"
    assert after(needed * 9 // 10) == "INCONCLUSIVE"


def test_no_number_of_rounds_decides_for_a_biased_session() -> None:
    """A control that differs beyond the margin stays that way."""
    assert rounds_needed(Spread(6, 0.0, 0.03), Spread(6, 0.03, 0.02), LIMIT) is None


def test_the_noise_of_a_control_is_not_taken_for_its_bias() -> None:
    """An A/A mean of 1.6 ± 1.6 % at 20 rounds does not stand in the way for ever."""
    control = Spread(20, 0.0155, 0.034)
    assert not control.interval(0.95).excludes_zero
    needed = rounds_needed(Spread(20, 0.0, 0.04), control, LIMIT)
    assert needed is not None
    assert 20 < needed < 100
