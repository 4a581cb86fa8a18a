"""Sensors read below a movable root; a missing one is None, never zero."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.boards import detect
from device_agent.measure.gates import WATCHED, invalid_reasons
from device_agent.telemetry.sampler import Sampler, conditions
from device_agent.telemetry.support import support


def write(root: Path, path: str, text: str) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="ascii")


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """A tree with the documented paths and units of a Raspberry Pi 5."""
    write(tmp_path, "proc/stat", "cpu  100 0 50 1000 5 0 5 0 0 0\ncpu0 1 1 1 1\n")
    write(tmp_path, "sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq", "2400000\n")
    write(tmp_path, "sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq", "2400000\n")
    write(tmp_path, "sys/class/thermal/thermal_zone0/temp", "48250\n")
    write(tmp_path, "sys/devices/platform/soc/soc:firmware/get_throttled", "50000\n")
    write(tmp_path, "proc/pressure/memory", "some avg10=0.00 avg60=0.00 avg300=0.00 total=1000\n")
    write(tmp_path, "proc/vmstat", "nr_free_pages 10\npswpin 3\npswpout 4\n")
    write(tmp_path, "proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0\x00")
    return tmp_path


def test_a_healthy_board_reads_in_its_units(board: Path) -> None:
    """Millidegrees become degrees, kHz a ratio; bits since boot are no throttling now."""
    now = Sampler(board).snapshot()
    assert now.temperature_celsius == 48.25
    assert now.frequency_ratio == 1.0
    assert now.throttled is False
    assert now.swapped_pages == 7
    assert {support(board)[name] for name in WATCHED} == {"ok"}
    assert detect.family(board, "aarch64") == "rpi5"


def test_a_throttled_board_makes_the_round_invalid(board: Path) -> None:
    """A throttling bit set now, and a low clock, are both named as reasons."""
    before = Sampler(board).snapshot()
    write(board, "sys/devices/platform/soc/soc:firmware/get_throttled", "50005\n")
    write(board, "sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq", "1500000\n")
    reasons = invalid_reasons(conditions(before, Sampler(board).snapshot()))
    assert len(reasons) == 2
    assert "throttling" in reasons[0]
    assert "62%" in reasons[1]


def test_foreign_load_makes_the_round_invalid(board: Path) -> None:
    """CPU time that is not ours counts against the capacity of all cores."""
    before = Sampler(board).snapshot()
    write(board, "proc/stat", "cpu  100000 0 50 1000 5 0 5 0 0 0\n")
    found = conditions(before, Sampler(board).snapshot(), cores=4)
    assert found.foreign_cpu_share == 1.0
    assert "other processes took 100%" in invalid_reasons(found)[0]


def test_a_machine_without_sensors_says_unsupported_and_gates_nothing(tmp_path: Path) -> None:
    """Nothing there means None and a reason; a round is not judged by what cannot be read."""
    sampler = Sampler(tmp_path)
    found = conditions(sampler.snapshot(), sampler.snapshot())
    assert found.temperature_celsius is None
    assert found.throttled is None
    assert found.foreign_cpu_share is None
    assert invalid_reasons(found) == ()
    assert all(text.startswith("unsupported: ") for text in support(tmp_path).values())


def test_a_zone_that_is_powered_down_is_skipped(board: Path) -> None:
    """An unreadable thermal zone does not hide the others."""
    (board / "sys/class/thermal/thermal_zone1/temp").mkdir(parents=True)
    assert Sampler(board).snapshot().temperature_celsius == 48.25


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("NVIDIA Jetson Orin Nano Developer Kit\x00", "jetson"),
        ("Raspberry Pi 4 Model B Rev 1.5\x00", "rpi4"),
        ("Raspberry Pi Compute Module 4 Rev 1.0\x00", "rpi4"),
        ("Some Other Board\x00", "generic-arm64"),
    ],
)
def test_boards_are_told_by_their_device_tree(tmp_path: Path, model: str, expected: str) -> None:
    """The model's name, which ends in NUL, decides the family."""
    write(tmp_path, "proc/device-tree/model", model)
    assert detect.family(tmp_path, "aarch64") == expected
