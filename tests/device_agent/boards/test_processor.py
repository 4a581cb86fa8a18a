"""Names of processors, from lines as their kernels print them."""

from __future__ import annotations

import pytest

from device_agent.boards import processor

PI_5 = "processor\t: {n}\nCPU implementer\t: 0x41\nCPU part\t: 0xd0b\n\n"
BIG_LITTLE = (
    "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd05\n\n"
    "processor\t: 1\nCPU implementer\t: 0x41\nCPU part\t: 0xd41\n\n"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("processor : 0\nmodel name\t: Some CPU @ 2.0GHz\n", "Some CPU @ 2.0GHz"),
        ("".join(PI_5.format(n=n) for n in range(4)) + "Model\t: Raspberry Pi 5\n", "Cortex-A76"),
        (BIG_LITTLE, "Cortex-A55 + Cortex-A78"),
        ("CPU implementer\t: 0x41\nCPU part\t: 0xfff\n", "Arm core 0x41/0xfff"),
        ("processor\t: 0\n", None),
        ("", None),
    ],
)
def test_processors_are_named(text: str, expected: str | None) -> None:
    """x86 by its name, Arm by its cores, unknown ones by their numbers."""
    assert processor.name(text) == expected
