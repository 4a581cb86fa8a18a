"""Every sensor on trees of three boards, and the gate on boards that something happens to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from device_agent.measure.gates import invalid_reasons
from device_agent.telemetry.sampler import Sampler, conditions
from device_agent.telemetry.sensors import (
    cooling,
    firmware_limits,
    gpu_load,
    over_current,
    power,
    supply_voltage,
)
from device_agent.telemetry.sensors.protocol import UnsupportedError
from device_agent.telemetry.support import SENSORS, support

TREES = Path(__file__).parent / "trees"
LACKS = {
    "pi4": {"cpu_pressure", "memory_pressure", "io_pressure", "gpu_load", "power"},
    "pi5": {"throttle_signs", "gpu_load", "power"},
    "orin": set[str](),
}


@pytest.mark.parametrize("tree", LACKS)
def test_what_a_board_lacks_is_unsupported_with_a_reason(tree: str) -> None:
    """Each sensor is there or says what it looked for; none is forgotten."""
    found = support(TREES / tree)
    assert found.keys() == SENSORS.keys()
    assert {name for name, state in found.items() if state != "ok"} == LACKS[tree]
    assert all(state == "ok" or state.startswith("unsupported: ") for state in found.values())


def test_why_a_pi_5_has_no_power_is_said() -> None:
    """Its PMIC speaks through a program alone, and the agent starts none."""
    assert "vcgencmd" in support(TREES / "pi5")["power"]
    assert "vcgencmd" not in support(TREES / "pi4")["power"]


@pytest.mark.parametrize(
    ("tree", "celsius", "ratio"), [("pi4", 51.121, 1.0), ("pi5", 48.25, 1.0), ("orin", 49.156, 1.0)]
)
def test_calm_boards_read_in_their_units(tree: str, celsius: float, ratio: float) -> None:
    """A zone that is powered down, a fan that runs and a sleeping cluster change nothing."""
    now = Sampler(TREES / tree).snapshot()
    assert now.temperature_celsius == celsius
    assert now.frequency_ratio == ratio
    assert now.throttled is False
    assert now.available_memory_bytes is not None
    assert invalid_reasons(conditions(now, now)) == ()


def test_power_is_the_input_rail_alone() -> None:
    """Its parts are not added to the whole: 5.056 V times 1.096 A."""
    assert [rail.label for rail in power.rails(TREES / "orin")] == ["VDD_IN"]
    assert power.watts(TREES / "orin") == pytest.approx(5.541376)


def test_rails_are_added_up_where_no_input_is_monitored(copy_of: Callable[[str], Path]) -> None:
    """A channel that is not connected, and one that measures no current, are no rails."""
    root = copy_of("orin")
    monitor = root / "sys/class/hwmon/hwmon1"
    (monitor / "in1_label").write_text("NC\n")
    assert [rail.label for rail in power.rails(root)] == ["VDD_CPU_GPU_CV", "VDD_SOC"]
    assert power.watts(root) == pytest.approx(5.048 * (0.160 + 0.288))


def test_a_rail_that_stops_answering_leaves_no_sum(copy_of: Callable[[str], Path]) -> None:
    """A part of the power is not the power."""
    root = copy_of("orin")
    (root / "sys/class/hwmon/hwmon1/in1_label").write_text("NC\n")
    rails = power.rails(root)
    (root / "sys/class/hwmon/hwmon1/curr3_input").unlink()
    assert power.total_watts(rails) is None


def test_all_zones_powered_down_are_no_temperature(copy_of: Callable[[str], Path]) -> None:
    """OSError from every zone means unsupported, never 0 degrees."""
    root = copy_of("pi5")
    zone = root / "sys/class/thermal/thermal_zone0/temp"
    zone.unlink()
    zone.mkdir()
    assert Sampler(root).snapshot().temperature_celsius is None
    assert support(root)["temperature"].startswith("unsupported")


def test_gpu_load_is_per_mille() -> None:
    """348 of 1000 are busy."""
    assert gpu_load.share(TREES / "orin") == 0.348


@pytest.mark.parametrize(
    ("tree", "path", "text"),
    [
        ("pi4", "sys/devices/platform/soc/soc:firmware/get_throttled", "50005"),
        ("pi4", "sys/devices/platform/soc/soc:firmware/get_throttled", "40000"),
        ("pi4", "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1"),
        ("pi5", "sys/class/hwmon/hwmon3/in0_lcrit_alarm", "1"),
        ("orin", "sys/class/hwmon/hwmon2/oc2_event_cnt", "1"),
        ("orin", "sys/class/thermal/cooling_device0/cur_state", "3"),
        ("orin", "sys/class/thermal/cooling_device3/cur_state", "1"),
    ],
)
def test_a_throttled_board_gives_invalid_rounds(
    copy_of: Callable[[str], Path], tree: str, path: str, text: str
) -> None:
    """Now, or between two looks: the round does not count, and says why."""
    root = copy_of(tree)
    before = Sampler(root).snapshot()
    (root / path).write_text(f"{text}\n")
    found = conditions(before, Sampler(root).snapshot())
    assert found.throttled is True
    assert "throttling or under-voltage" in invalid_reasons(found)[0]


def test_what_throttled_before_the_round_does_not_spoil_it(copy_of: Callable[[str], Path]) -> None:
    """Limits since boot that were met already say nothing about this round."""
    root = copy_of("pi4")
    (root / "sys/devices/platform/soc/soc:firmware/get_throttled").write_text("50000\n")
    now = Sampler(root).snapshot()
    assert conditions(now, now).throttled is False
    assert firmware_limits.since_boot(root) == ("under-voltage", "throttled")
    assert firmware_limits.now(root) == ()


@pytest.mark.parametrize(
    "sensor",
    [cooling.slowing_now, firmware_limits.now, over_current.events, supply_voltage.is_low],
)
def test_a_source_that_is_not_there_is_unsupported(
    tmp_path: Path, sensor: Callable[[Path], object]
) -> None:
    """Nothing found is not "nothing happened"."""
    with pytest.raises(UnsupportedError):
        sensor(tmp_path)
