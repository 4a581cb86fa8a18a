"""Joules per sentence come with an interval and caveats, or with the reason why there are none."""

from __future__ import annotations

import pytest

from device_agent.contract.events import Block, Conditions, Energy, RoundDone, VariantEnergy
from host.analysis.energy.use import EnergyUse, Unsupported, measure_energy

CALM = Conditions(
    foreign_cpu_share=0.0,
    frequency_ratio=1.0,
    temperature_celsius=50.0,
    throttled=False,
    memory_pressure=0.0,
    swapped_pages=0,
)
QUERIES = 10


def round_done(
    number: int,
    joules: float | None,
    *,
    idle_watts: float | None = 4.0,
    readings: int = 20,
    rails: tuple[str, ...] = ("VDD_IN",),
) -> RoundDone:
    """A round of ten queries that took two seconds."""
    each = (1,) * QUERIES
    return RoundDone(
        round=number,
        invalid=(),
        conditions=CALM,
        blocks=(
            Block(
                variant="a",
                position=0,
                tasks=("xnli",) * QUERIES,
                languages=("en",) * QUERIES,
                sample_ids=tuple(map(str, range(QUERIES))),
                tokens=each,
                tokenise_ns=each,
                infer_ns=each,
                decode_ns=each,
            ),
        ),
        energy=Energy(
            rails=rails,
            interval_ns=100_000_000,
            idle_watts=idle_watts,
            variants=(
                VariantEnergy(
                    variant="a", joules=joules, duration_ns=2_000_000_000, readings=readings
                ),
            ),
        ),
    )


def test_joules_per_sentence_with_and_without_idle() -> None:
    """10, 12 and 14 J over ten sentences; 4 W of idling take 8 J of each."""
    found = measure_energy([round_done(i, j) for i, j in enumerate((10.0, 12.0, 14.0))], "a")
    assert isinstance(found, EnergyUse)
    assert found.joules_per_sentence == pytest.approx(1.2)
    assert found.above_idle_joules == pytest.approx(0.4)
    assert found.interval.low < 1.2 < found.interval.high
    # t(0.975, 2) = 4.303; deviation 0.2 over the root of 3.
    assert found.interval.high - 1.2 == pytest.approx(4.3027 * 0.2 / 3**0.5, rel=1e-3)
    assert found.readings_per_second == pytest.approx(10)
    assert "VDD_IN" in found.caveats[0]


def test_without_monitor_it_is_unsupported_with_the_sensor_s_reason() -> None:
    """Not zero joules."""
    found = measure_energy([], "a", "unsupported: no INA3221 monitor")
    assert found == Unsupported("no INA3221 monitor")
    assert str(found) == "unsupported: no INA3221 monitor"


def test_rounds_with_gaps_or_few_readings_are_left_out_and_counted() -> None:
    """What the monitor did not follow is not estimated."""
    good = [round_done(i, 10.0 + i) for i in range(3)]
    poor = [round_done(3, None), round_done(4, 99.0, readings=3)]
    found = measure_energy([*good, *poor], "a")
    assert isinstance(found, EnergyUse)
    assert found.rounds == 3
    assert found.caveats[-1].startswith("2 rounds")
    assert isinstance(measure_energy([*good[:2], *poor], "a"), Unsupported)


def test_a_sum_of_rails_is_told_as_one() -> None:
    """And without a baseline nothing is told above idle."""
    rounds = [
        round_done(i, 10.0 + i, idle_watts=None, rails=("VDD_GPU_SOC", "VDD_CPU_CV"))
        for i in range(3)
    ]
    found = measure_energy(rounds, "a")
    assert isinstance(found, EnergyUse)
    assert found.above_idle_joules is None
    assert "sum of the rails VDD_GPU_SOC, VDD_CPU_CV" in found.caveats[0]
