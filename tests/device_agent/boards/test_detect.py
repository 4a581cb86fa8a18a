"""Boards are told apart by their device tree, with their chip, power modes and versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.boards import detect

TREES = Path(__file__).parent / "trees"


@pytest.mark.parametrize(
    ("tree", "family", "chip"),
    [("pi4", "rpi4", "bcm2711"), ("pi5", "rpi5", "bcm2712"), ("orin", "jetson", "tegra234")],
)
def test_family_and_chip(tree: str, family: str, chip: str) -> None:
    """Model and compatible strings end in NUL; neither shows it."""
    assert detect.family(TREES / tree, "aarch64") == family
    assert detect.chip(TREES / tree) == chip


@pytest.mark.parametrize(
    ("model", "family"),
    [("Raspberry Pi 500 Rev 1.0", "rpi5"), ("Raspberry Pi 400 Rev 1.0", "rpi4")],
)
def test_keyboards_are_the_boards_inside_them(tmp_path: Path, model: str, family: str) -> None:
    """A Pi 400 is a Pi 4, and a Pi 500 a Pi 5."""
    (tmp_path / "proc/device-tree").mkdir(parents=True)
    (tmp_path / "proc/device-tree/model").write_text(model + "\0")
    assert detect.family(tmp_path, "aarch64") == family


def test_a_jetson_tells_its_power_mode_by_name() -> None:
    """The state file of nvpmodel has a number, the board's table its name."""
    assert detect.power_mode(TREES / "orin") == "15W"
    assert detect.power_modes(TREES / "orin") == ("15W", "7W")


def test_a_jetson_tells_what_its_maker_ships() -> None:
    """L4T from its release file, JetPack and TensorRT from the packages, CUDA from its own."""
    assert detect.software(TREES / "orin") == {
        "l4t": "36.3.0",
        "jetpack": "6.1+b123",
        "tensorrt": "10.3.0.30-1+cuda12.5",
        "cuda": "12.6.11",
    }


def test_providers_follow_the_board() -> None:
    """Only a Jetson has a GPU that an execution provider knows."""
    assert detect.preferred_providers(TREES / "orin")[0] == "TensorrtExecutionProvider"
    assert detect.preferred_providers(TREES / "pi5") == ("CPUExecutionProvider",)


def test_an_unknown_machine_has_no_power_mode(tmp_path: Path) -> None:
    """Absent is None and empty, never a guess."""
    assert detect.power_mode(tmp_path) is None
    assert detect.power_modes(tmp_path) == ()
    assert detect.software(tmp_path) == {}
    assert detect.chip(tmp_path) is None
