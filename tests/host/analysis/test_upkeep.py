"""What the agent adds, and how warm-ups ended, against what was put in."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.upkeep import MemoryPlanned, Reference
from host.analysis.bundle import load_bundle
from host.analysis.upkeep import measure_upkeep, upkeep_caveats
from tests.host.analysis.upkeep_bundles import bundle_with, null, pairs, with_warm_ups
from tests.host.bundles import SMALL, make_bundle

NO_SENSOR = Reference(temperature_celsius=None, clock_source=None, governor=None, allowed_khz=None)


def test_the_harness_is_a_share_of_the_median_query(tmp_path: Path) -> None:
    """Both phases count, and 800 queries carry a p99."""
    found = measure_upkeep(
        bundle_with(tmp_path / "b", null("before", 3_000), null("after", 5_000))
    ).harness
    assert found is not None
    assert (found.queries, found.median_ns) == (800, 4_000)
    assert found.p99.value_ns == 5_000
    assert found.share is not None
    assert 0.0001 < found.share < 0.001


def test_too_few_queries_carry_no_p99(tmp_path: Path) -> None:
    """The bound that holds for the models holds for the harness."""
    found = measure_upkeep(bundle_with(tmp_path / "b", null("before", 3_000, queries=100))).harness
    assert found is not None
    assert found.p99.value_ns is None


@pytest.mark.parametrize("ratio", [1.0, 1.01, 0.995])
def test_on_and_off_give_a_ratio_with_its_interval(tmp_path: Path, ratio: float) -> None:
    """The interval is over pairs and contains the truth."""
    found = measure_upkeep(bundle_with(tmp_path / "b", *pairs(6, ratio))).on_off
    assert found is not None
    assert found.ratio == pytest.approx(ratio, abs=0.001)
    assert found.interval is not None
    assert found.interval.low < ratio < found.interval.high
    assert found.interval.high - found.interval.low < 0.002
    assert found.took_s == 12


def test_telemetry_that_slows_queries_down_is_a_caveat(tmp_path: Path) -> None:
    """Beyond the margin, absolute times are too long, and the reader must know."""
    (text,) = upkeep_caveats(bundle_with(tmp_path / "slow", *pairs(6, 1.05)))
    assert "5.0% slower, for all variants alike" in text
    assert list(upkeep_caveats(bundle_with(tmp_path / "fair", *pairs(6, 1.001)))) == []


def test_warm_ups_that_never_became_steady_are_told(tmp_path: Path) -> None:
    """Per variant, over rounds that count; a variant that was steady is not named."""
    bundle = with_warm_ups(bundle_with(tmp_path / "b"), unsteady=2)
    found = measure_upkeep(bundle).warm_ups
    assert sum(one.unsteady for one in found) == 2
    assert {one.turns for one in found} == {6}
    assert {one.queries for one in found} == {11}
    (text,) = upkeep_caveats(bundle)
    assert text.count("1 of 6") == 2


def test_a_band_without_a_sensor_is_unsupported(tmp_path: Path) -> None:
    """It is said, not passed over."""
    (text,) = upkeep_caveats(
        bundle_with(tmp_path / "b", NO_SENSOR, hold_conditions=True, temperature_band_k=3.0)
    )
    assert "unsupported" in text


def test_models_that_do_not_fit_together_are_told(tmp_path: Path) -> None:
    """Their turns lie further apart than those of models that do."""
    memory = MemoryPlanned(together=False, sessions_bytes=3_000, budget_bytes=2_000)
    (text,) = upkeep_caveats(bundle_with(tmp_path / "b", memory))
    assert "do not fit into memory together" in text


def test_an_older_bundle_says_nothing_of_it(tmp_path: Path) -> None:
    """Nothing is made up for what an agent did not measure."""
    bundle = load_bundle(make_bundle(tmp_path / "b", SMALL))
    found = measure_upkeep(bundle)
    assert (found.harness, found.on_off, found.memory, found.reference) == (None,) * 4
    assert found.warm_ups == ()
    assert list(upkeep_caveats(bundle)) == []
