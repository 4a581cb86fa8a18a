"""Each point of the validity gate on its own: what makes a round invalid, and what does not."""

from __future__ import annotations

import msgspec
import pytest

from device_agent.contract.events import Conditions
from device_agent.contract.upkeep import Reference
from device_agent.measure.gates import invalid_reasons

CALM = Conditions(
    foreign_cpu_share=0.01,
    frequency_ratio=1.0,
    temperature_celsius=60.0,
    throttled=False,
    memory_pressure=0.0,
    swapped_pages=0,
    started_celsius=58.0,
    clock_source="arch_sys_counter",
    governor="performance",
    allowed_khz=2_400_000,
    paused_s=0.001,
)
REFERENCE = Reference(
    temperature_celsius=57.0,
    clock_source="arch_sys_counter",
    governor="performance",
    allowed_khz=2_400_000,
)


def test_a_calm_round_counts() -> None:
    """Nothing that was as it is held."""
    assert invalid_reasons(CALM, REFERENCE, 3.0) == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"throttled": True}, "throttling or under-voltage"),
        ({"foreign_cpu_share": 0.3}, "other processes took 30% of the CPU"),
        ({"frequency_ratio": 0.5}, "the clock was at 50% of its maximum"),
        ({"memory_pressure": 0.2}, "tasks waited on memory"),
        ({"swapped_pages": 2}, "2 pages were swapped"),
        ({"clock_source": "hpet"}, "clock source changed from arch_sys_counter to hpet"),
        ({"governor": "ondemand"}, "governor changed from performance to ondemand"),
        ({"allowed_khz": 1_500_000}, "highest allowed clock fell from 2400000 to 1500000 kHz"),
        ({"started_celsius": 60.5}, "began at 60.5 °C, the band is 57.0 ± 3 K"),
        ({"started_celsius": 53.5}, "began at 53.5 °C, the band is 57.0 ± 3 K"),
        ({"paused_s": 4.2}, "queries stood still for 4.2 s"),
    ],
    ids=str,
)
def test_each_condition_makes_a_round_invalid(changes: dict[str, object], reason: str) -> None:
    """One reason, and it says what was found."""
    (found,) = invalid_reasons(msgspec.structs.replace(CALM, **changes), REFERENCE, 3.0)
    assert reason in found


def test_a_clock_that_is_allowed_more_again_counts() -> None:
    """A reference taken while the board was limited does not condemn every round after it."""
    more = msgspec.structs.replace(CALM, allowed_khz=2_800_000)
    assert invalid_reasons(more, REFERENCE) == ()


def test_a_coarse_clock_measures_nothing() -> None:
    """Jiffies tick every some milliseconds, from the first round on."""
    coarse = msgspec.structs.replace(CALM, clock_source="jiffies")
    reference = msgspec.structs.replace(REFERENCE, clock_source="jiffies")
    (found,) = invalid_reasons(coarse, reference)
    assert "jiffies" in found


def test_what_cannot_be_told_gates_nothing() -> None:
    """Unsupported is said elsewhere; it is neither valid nor invalid."""
    unknown = dict.fromkeys(Conditions.__struct_fields__)
    assert invalid_reasons(Conditions(**unknown), REFERENCE, 3.0) == ()
    blind = Reference(temperature_celsius=None, clock_source=None, governor=None, allowed_khz=None)
    assert invalid_reasons(CALM, blind, 3.0) == ()


def test_without_a_band_the_temperature_is_only_told() -> None:
    """A study that holds none takes rounds as warm as they come."""
    hot = msgspec.structs.replace(CALM, started_celsius=80.0)
    assert invalid_reasons(hot, REFERENCE) == ()


def test_rounds_of_older_agents_are_judged_as_they_were() -> None:
    """What they do not tell is not held against them."""
    older = Conditions(
        foreign_cpu_share=0.01,
        frequency_ratio=1.0,
        temperature_celsius=60.0,
        throttled=False,
        memory_pressure=0.0,
        swapped_pages=0,
    )
    assert invalid_reasons(older) == ()
