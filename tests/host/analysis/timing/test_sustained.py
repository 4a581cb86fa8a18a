"""The last minute against the first one."""

from __future__ import annotations

from pathlib import Path

import pytest

from host.analysis.timing.sustained import measure_sustained
from tests.host.analysis.upkeep_bundles import bundle_with, stretches


def test_each_variant_is_compared_with_its_own_first_minute(tmp_path: Path) -> None:
    """One fades by 20 %, the other does not; the way between is there for the table."""
    found = measure_sustained(bundle_with(tmp_path / "b", *stretches(30, 1.2), sustained_s=1800))
    assert found is not None
    assert (found.unit, len(found.stretches), found.queries) == ("minute", 30, 12)
    fades = {fade.variant: fade for fade in found.fades}
    slow, steady = fades["english-int8"], fades["multilingual-int8"]
    assert slow.ratio == pytest.approx(1.2, rel=1e-5)
    assert slow.last_ns / slow.first_ns == pytest.approx(1.2, rel=1e-5)
    assert steady.ratio == 1
    assert slow.ratios[0] == 1
    assert list(slow.ratios) == sorted(slow.ratios)
    assert slow.interval is not None
    assert slow.interval.low <= slow.ratio <= slow.interval.high


def test_only_a_whole_attempt_counts(tmp_path: Path) -> None:
    """What was cut stays in the journal and out of the figures."""
    cut, whole = stretches(3, 3.0)[:2], stretches(3, 1.1, attempt=1)
    found = measure_sustained(bundle_with(tmp_path / "b", *cut, *whole, sustained_s=180))
    assert found is not None
    assert found.fades[0].ratio == pytest.approx(1.1, rel=1e-5)
    assert measure_sustained(bundle_with(tmp_path / "c", *cut, sustained_s=180)) is None


def test_a_run_without_it_has_none(tmp_path: Path) -> None:
    """None was planned."""
    assert measure_sustained(bundle_with(tmp_path / "b")) is None
