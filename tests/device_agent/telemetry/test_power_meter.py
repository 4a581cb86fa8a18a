"""Energy is power integrated over the timed regions; what was not read is not made up."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from device_agent.telemetry.power_meter import PowerMeter, integrate_joules
from device_agent.telemetry.sensors import power

ORIN = Path(__file__).parent.parent / "boards/trees/orin"
WATTS = 5.056 * 1.096


def test_a_constant_power_gives_watts_times_seconds() -> None:
    """Each variant has an account of its own, over all its regions."""
    meter = PowerMeter(ORIN, interval_s=0.01)
    meter.rest(0.03)
    for variant in ("a", "b", "a"):
        with meter.timed(variant):
            threading.Event().wait(0.05)
    found = meter.take()
    assert found is not None
    assert found.rails == ("VDD_IN",)
    assert found.idle_watts == pytest.approx(WATTS)
    a, b = found.variants
    assert (a.variant, b.variant) == ("a", "b")
    assert a.joules == pytest.approx(WATTS * a.duration_ns / 1e9)
    assert a.duration_ns > b.duration_ns >= 50_000_000
    assert a.readings > b.readings >= 3


def test_a_round_begins_with_nothing() -> None:
    """What was taken is not told again."""
    meter = PowerMeter(ORIN)
    with meter.timed("a"):
        pass
    assert meter.take()
    found = meter.take()
    assert found is not None
    assert (found.variants, found.idle_watts) == ((), None)


def test_a_board_without_monitors_has_no_energy(tmp_path: Path) -> None:
    """And loses no time over it."""
    meter = PowerMeter(tmp_path)
    meter.rest(3600)
    with meter.timed("a"):
        pass
    assert meter.take() is None


def test_a_monitor_that_falls_silent_leaves_none(tmp_path: Path) -> None:
    """A region of which readings are missing has no joules, and neither has its round."""
    root = Path(shutil.copytree(ORIN, tmp_path / "orin"))
    meter = PowerMeter(root)
    with meter.timed("a"):
        (root / "sys/class/hwmon/hwmon1/curr1_input").unlink()
    found = meter.take()
    assert found is not None
    assert found.variants[0].joules is None


def test_trapezoids_and_gaps() -> None:
    """A ramp from 2 to 4 W over 0.2 s is 0.6 J; a gap of a second is not bridged."""
    assert integrate_joules([(0, 2.0), (200_000_000, 4.0)]) == pytest.approx(0.6)
    assert integrate_joules([(0, 2.0), (1_000_000_000, 4.0)]) is None
    assert integrate_joules([(0, 2.0)]) is None


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="no affinities here")
def test_the_reading_thread_keeps_to_its_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is moved alone: the thread that runs the queries stays where it was."""
    usable = os.sched_getaffinity(0)
    seen: list[set[int]] = []
    meter = PowerMeter(ORIN, interval_s=0.01)
    meter.core = max(usable)
    watts = power.total_watts

    def noted(of: Sequence[power.Rail]) -> float | None:
        if threading.current_thread().name == "power":
            seen.append(os.sched_getaffinity(0))
        return watts(of)

    monkeypatch.setattr(power, "total_watts", noted)
    with meter.timed("a"):
        threading.Event().wait(0.06)
    assert seen
    assert all(cores == {max(usable)} for cores in seen)
    assert os.sched_getaffinity(0) == usable
