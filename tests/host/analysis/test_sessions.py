"""Sessions of one device: a session is one observation, however many rounds it has."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from device_agent.contract.events import RoundDone
from device_agent.measure.decision import decide
from host.analysis.bundle import load_bundle
from host.analysis.comparison import compare
from host.analysis.plain import comparison_json
from host.analysis.results import Comparison
from host.analysis.sessions import compare_sessions
from host.analysis.timing.equivalence import spread
from host.analysis.timing.rounds import valid
from tests.host.bundles import SMALL, Plan, make_bundle, with_speed

CANDIDATE, BASELINE = "multilingual-int8", "english-int8"
CONTROL = ("english-int8-again", "english-int8")
PLAN = replace(SMALL, modes=("performance",), rounds=8, round_noise=0.004)
LIMIT = math.log1p(0.02)


def sessions_of(folder: Path, plan: Plan, count: int) -> list[list[RoundDone]]:
    made = (
        make_bundle(folder / str(number), replace(plan, session=number, run_id=f"s{number}"))
        for number in range(1, count + 1)
    )
    return [valid(list(load_bundle(path).bodies(RoundDone))) for path in made]


def compared(folder: Path, *plans: Plan) -> Comparison:
    bundles = [
        load_bundle(make_bundle(folder / f"b{number}", replace(plan, run_id=f"s{number}")))
        for number, plan in enumerate(plans)
    ]
    return compare(bundles, resamples=20)


def test_the_observations_are_sessions(tmp_path: Path) -> None:
    """As many as there are, with the mean of each; more rounds make no more of them."""
    sessions = sessions_of(tmp_path, PLAN, 3)
    found = compare_sessions(sessions, CANDIDATE, BASELINE, CONTROL, 0.02)
    assert found is not None
    assert (found.latency.rounds, len(found.latency.ratios), found.rounds) == (3, 3, 24)
    assert found.latency.ratio == pytest.approx(math.exp(np.mean(np.log(found.latency.ratios))))
    assert found.latency.verdict == "EQUIVALENT"


def test_a_true_difference_is_found(tmp_path: Path) -> None:
    """A tenth more in every session."""
    sessions = sessions_of(tmp_path, with_speed(PLAN, CANDIDATE, 1.1), 4)
    found = compare_sessions(sessions, CANDIDATE, BASELINE, CONTROL, 0.02)
    assert found is not None
    assert found.latency.verdict == "SLOWER"
    assert found.headline.startswith("Over 4 sessions: multilingual-int8 takes")


def test_sessions_that_disagree_are_undecided_and_say_how_many_more(tmp_path: Path) -> None:
    """Each session alone is sure of another thing."""
    plan = replace(PLAN, session_mood=0.02, round_noise=0.001)
    found = compare_sessions(sessions_of(tmp_path, plan, 3), CANDIDATE, BASELINE, CONTROL, 0.02)
    assert found is not None
    assert found.latency.verdict == "INCONCLUSIVE"
    assert found.latency.noise_floor is not None
    assert found.latency.margin_used == max(0.02, found.latency.noise_floor)


def test_one_session_or_none_with_rounds_is_no_several(tmp_path: Path) -> None:
    """And without a control nothing is said, as of one session."""
    (session,) = sessions_of(tmp_path, PLAN, 1)
    assert compare_sessions([session], CANDIDATE, BASELINE, CONTROL, 0.02) is None
    assert compare_sessions([session, session[:1]], CANDIDATE, BASELINE, CONTROL, 0.02) is None
    assert compare_sessions([session, session], CANDIDATE, BASELINE, None, 0.02) is None


@pytest.mark.parametrize("sessions", [2, 3, 5])
def test_moody_sessions_hardly_ever_show_a_false_difference(sessions: int) -> None:
    """Each favours a variant by a percent or so; rounds pooled over sessions are far too sure."""
    random = np.random.default_rng(sessions)
    verdicts: Counter[str] = Counter()
    covered = covered_when_pooled = 0
    for _ in range(1_000):
        moods = random.normal(0, 0.01, (2, sessions, 1))
        candidate, control = moods + random.normal(0, 0.004, (2, sessions, 20))
        means = spread(candidate.mean(axis=1))
        verdicts[decide(means, spread(control.mean(axis=1)), LIMIT)] += 1
        covered += not means.interval(0.95).excludes_zero
        covered_when_pooled += not spread(candidate.ravel()).interval(0.95).excludes_zero
    assert verdicts["FASTER"] + verdicts["SLOWER"] <= 20
    assert 930 <= covered <= 970
    assert covered_when_pooled < 700


def test_sessions_of_one_device_get_one_verdict(tmp_path: Path) -> None:
    """Beside each session's own; the scores are of the same samples, and said once."""
    plan = replace(SMALL, round_noise=0.003)
    comparison = compared(tmp_path, *(replace(plan, session=n) for n in (1, 2, 3)))
    (device,) = comparison.devices
    assert device.lead is not None
    assert comparison.headline.startswith("Raspberry Pi 5 Model B Rev 1.0: Over 3 sessions: ")
    assert "and scores" in comparison.headline or "in score" in comparison.headline
    assert any("Every session has the same scores" in caveat for caveat in device.caveats)
    (plain,) = comparison_json(comparison)["devices"]  # type: ignore[misc]
    assert plain["sessions"][0]["verdict"] == device.lead.latency.verdict


def test_one_slow_session_alone_does_not_go_against_the_baseline(tmp_path: Path) -> None:
    """What counts is the verdict over sessions, where there is one."""
    slow = with_speed(PLAN, CANDIDATE, 1.1)
    comparison = compared(
        tmp_path, replace(PLAN, session=1), replace(slow, session=2), replace(PLAN, session=3)
    )
    assert comparison.runs[1].candidates[0].went_against
    assert not comparison.went_against


def test_runs_that_ended_when_decided_are_not_taken_together(tmp_path: Path) -> None:
    """Their means lean towards their verdicts; each stands for itself, and that is told."""
    plan = replace(PLAN, until_decided=True)
    comparison = compared(tmp_path, replace(plan, session=1), replace(plan, session=2))
    (device,) = comparison.devices
    assert device.together == ()
    assert len(device.headlines) == 2
    assert any("are not taken together" in caveat for caveat in device.caveats)


def test_a_session_without_valid_rounds_is_named_and_left_out(tmp_path: Path) -> None:
    """The others are taken together all the same, be it the first that lacks them."""
    plans = (replace(PLAN, rounds=1, session=1), *(replace(PLAN, session=n) for n in (2, 3)))
    (device,) = compared(tmp_path, *plans).devices
    assert device.lead is not None
    assert device.lead.latency.rounds == 2
    assert device.caveats[0] == "Too few valid rounds to be among the sessions: s0."


def test_two_devices_are_never_taken_together(tmp_path: Path) -> None:
    """Nothing is averaged over them: each has its verdict."""
    comparison = compared(tmp_path, PLAN, replace(PLAN, model="Jetson", session=2))
    assert [len(device.runs) for device in comparison.devices] == [1, 1]
    assert all(device.lead is None for device in comparison.devices)


def test_two_boards_of_one_model_are_told_apart(tmp_path: Path) -> None:
    """By the key that signed, and the names that the inventory has for it."""
    from host.analysis.evidence.verify import load_verified
    from tests.signing import public_key

    first, second = (
        load_verified(make_bundle(tmp_path / name, replace(PLAN, run_id=name, session=n)))
        for n, name in enumerate(("a", "b"), 1)
    )
    assert second.signed_by is not None
    signer = replace(second.signed_by, key=public_key(1), devices=("pi-b",))
    comparison = compare([first, replace(second, signed_by=signer)], resamples=20)
    names = [device.name for device in comparison.devices]
    assert names[0] != names[1]
    assert "pi-b (SHA256:" in names[1]
