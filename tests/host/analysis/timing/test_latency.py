"""Latency comparisons from the rounds of a bundle."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from device_agent.contract.events import RoundDone
from host.analysis.bundle import load_bundle
from host.analysis.timing.latency import compare_latency, measure_control
from host.analysis.timing.rounds import log_ratios, queries, total_ns, valid
from tests.host.bundles import SMALL, Plan, make_bundle, with_speed

CANDIDATE, BASELINE = "multilingual-int8", "english-int8"
CONTROL = ("english-int8-again", "english-int8")
PLAN = replace(SMALL, rounds=20, modes=("performance",), throttled=(3,))


def rounds_of(folder: Path, plan: Plan) -> list[RoundDone]:
    return valid(list(load_bundle(make_bundle(folder, plan)).bodies(RoundDone)))


def test_equal_variants_are_equivalent(tmp_path: Path) -> None:
    """A true ratio of 1 at 0.6 % noise is EQUIVALENT at 2 %."""
    found = compare_latency(rounds_of(tmp_path / "b", PLAN), CANDIDATE, BASELINE, CONTROL, 0.02)
    assert found.verdict == "EQUIVALENT"
    assert found.rounds == len(found.ratios) == 20
    assert found.interval_90 is not None
    assert found.interval_90.low < 1 < found.interval_90.high
    assert found.margin_used == pytest.approx(0.02)
    assert found.rounds_needed is None


@pytest.mark.parametrize(("speed", "verdict"), [(1.05, "SLOWER"), (0.95, "FASTER")])
def test_a_true_difference_is_found_with_its_size(
    tmp_path: Path, speed: float, verdict: str
) -> None:
    """A true 5 % of inference time is found, and the interval holds it."""
    plan = with_speed(PLAN, CANDIDATE, speed)
    found = compare_latency(rounds_of(tmp_path / "b", plan), CANDIDATE, BASELINE, CONTROL, 0.02)
    assert found.verdict == verdict
    assert found.ratio == pytest.approx(speed, abs=0.006)
    assert found.interval_95 is not None
    assert found.interval_95.low < found.ratio < found.interval_95.high


def test_fewer_than_five_rounds_decide_nothing(tmp_path: Path) -> None:
    """However large the difference, four rounds are too few, and the reason says so."""
    plan = with_speed(replace(PLAN, rounds=4), CANDIDATE, 2.0)
    found = compare_latency(rounds_of(tmp_path / "b", plan), CANDIDATE, BASELINE, CONTROL, 0.02)
    assert found.verdict == "INCONCLUSIVE"
    assert found.reason == "4 valid rounds, at least 5 are needed"
    assert found.rounds_needed == 1
    assert found.seconds_needed is not None


@pytest.mark.parametrize("rounds", [0, 1])
def test_next_to_no_rounds_have_no_interval(tmp_path: Path, rounds: int) -> None:
    """Absent numbers are None, never 0."""
    some = rounds_of(tmp_path / "b", PLAN)[:rounds]
    found = compare_latency(some, CANDIDATE, BASELINE, CONTROL, 0.02)
    assert found.verdict == "INCONCLUSIVE"
    assert found.ratio is None
    assert found.interval_95 is None
    assert measure_control(some, *CONTROL, 0.02) is None


def test_without_a_control_no_verdict_is_given(tmp_path: Path) -> None:
    """The noise floor is unknown, and so is what a difference means."""
    found = compare_latency(rounds_of(tmp_path / "b", PLAN), CANDIDATE, BASELINE, None, 0.02)
    assert found.verdict == "INCONCLUSIVE"
    assert "no A/A control" in found.reason


def test_a_control_that_differs_refuses_the_claim(tmp_path: Path) -> None:
    """Where one artifact under two names differs by 5 %, nothing is said, and why."""
    plan = with_speed(with_speed(PLAN, CONTROL[0], 1.05), CANDIDATE, 1.5)
    rounds = rounds_of(tmp_path / "b", plan)
    control = measure_control(rounds, *CONTROL, 0.02)
    assert control is not None
    assert control.differs
    found = compare_latency(rounds, CANDIDATE, BASELINE, CONTROL, 0.02)
    assert found.verdict == "INCONCLUSIVE"
    assert "A/A control differs" in found.reason
    assert found.rounds_needed is None


def test_a_noisy_session_raises_the_margin_used_and_says_what_it_lacks(tmp_path: Path) -> None:
    """The margin used is never below the noise floor, and then EQUIVALENT is out of reach."""
    rounds = rounds_of(tmp_path / "b", replace(PLAN, round_noise=0.08))
    found = compare_latency(rounds, CANDIDATE, BASELINE, CONTROL, 0.02)
    assert found.verdict == "INCONCLUSIVE"
    assert found.noise_floor is not None
    assert found.margin_used == found.noise_floor > found.margin
    assert "noise floor" in found.reason
    assert found.rounds_needed is not None
    assert found.rounds_needed > 0


def test_an_undecided_interval_beyond_the_margin_says_so(tmp_path: Path) -> None:
    """A true difference of about the margin is neither equivalent nor different yet."""
    plan = replace(with_speed(PLAN, CANDIDATE, 1.022), rounds=8, round_noise=0.008)
    found = compare_latency(rounds_of(tmp_path / "b", plan), CANDIDATE, BASELINE, CONTROL, 0.02)
    assert found.verdict == "INCONCLUSIVE"
    assert "beyond the margin of 2 %" in found.reason


def test_invalid_rounds_do_not_count(tmp_path: Path) -> None:
    """A throttled round is in the bundle and not in the comparison."""
    every = list(load_bundle(make_bundle(tmp_path / "b", PLAN)).bodies(RoundDone))
    assert [done.round for done in every if done.invalid] == [3]
    assert 3 not in [done.round for done in valid(every)]


def test_ratios_pair_the_same_queries_of_the_same_round(tmp_path: Path) -> None:
    """Where the plan makes every query slower by the same share, that is each round's ratio."""
    plan = replace(with_speed(PLAN, CANDIDATE, 1.3), round_noise=0.0)
    rounds = rounds_of(tmp_path / "b", plan)
    assert log_ratios(rounds, CANDIDATE, BASELINE) == pytest.approx(math.log(1.3), abs=0.01)
    timed = queries(rounds, CANDIDATE)
    assert timed.total_ns.sum() == sum(total_ns(done, CANDIDATE) for done in rounds)
