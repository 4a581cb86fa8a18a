"""No claim is finer than the A/A control's noise, whatever the figures are."""

from __future__ import annotations

import math

from hypothesis import assume, given
from hypothesis import strategies as st

from device_agent.measure.anytime import AnytimeEstimate
from device_agent.measure.decision import Estimate, control_differs, decide, noise_floor
from host.analysis.timing.equivalence import Spread

_ratios = st.floats(-0.3, 0.3)
_deviations = st.floats(0, 0.3)
_limits = st.floats(0.001, 0.2)


def _estimates() -> st.SearchStrategy[Estimate]:
    """Draw planned and looked-at estimates of two to forty rounds."""
    return st.one_of(
        st.builds(kind, rounds=st.integers(2, 40), mean=_ratios, deviation=_deviations)
        for kind in (Spread, AnytimeEstimate)
    )


@given(_estimates(), _estimates(), _limits)
def test_a_difference_is_claimed_only_beyond_the_floor(
    candidate: Estimate, control: Estimate, limit: float
) -> None:
    """The whole 95 % interval, not the mean alone."""
    verdict = decide(candidate, control, limit)
    interval, floor = candidate.interval(0.95), noise_floor(control)
    if verdict == "SLOWER":
        assert interval.low > floor
    if verdict == "FASTER":
        assert interval.high < -floor


@given(_estimates(), _estimates(), _limits)
def test_equivalence_is_claimed_only_with_a_margin_above_the_floor(
    candidate: Estimate, control: Estimate, limit: float
) -> None:
    """A margin that the session cannot resolve is never met, and never widened to be met."""
    if decide(candidate, control, limit) == "EQUIVALENT":
        assert noise_floor(control) <= limit
        assert candidate.interval(0.90).within(limit)


@given(_estimates(), _estimates(), _limits)
def test_a_control_that_differs_allows_no_claim(
    candidate: Estimate, control: Estimate, limit: float
) -> None:
    """A session that prefers one of two equal things by more than the margin judges nothing."""
    assume(control_differs(control, limit))
    assert decide(candidate, control, limit) == "INCONCLUSIVE"


@given(_estimates(), _ratios, st.integers(2, 40), _limits, st.floats(1, 10))
def test_more_noise_in_the_control_never_makes_a_claim(
    candidate: Estimate, mean: float, rounds: int, limit: float, factor: float
) -> None:
    """Where a quiet control decides nothing, one that scatters more decides nothing either."""
    quiet, loud = (Spread(rounds, 0.0, abs(mean) * more) for more in (1, factor))
    if decide(candidate, quiet, limit) == "INCONCLUSIVE":
        assert decide(candidate, loud, limit) == "INCONCLUSIVE"


@given(_estimates())
def test_the_floor_holds_the_control_s_own_mean(control: Estimate) -> None:
    """What equal things differed by, and what chance may add to it."""
    interval = control.interval(0.95)
    assert noise_floor(control) >= max(abs(interval.low), abs(interval.high)) - 1e-12
    assert not math.isnan(noise_floor(control))
