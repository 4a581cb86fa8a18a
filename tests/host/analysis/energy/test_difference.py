"""Two variants' energy over the same rounds, with the A/A control's as noise floor."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from device_agent.contract.events import RoundDone
from device_agent.telemetry.power_meter import PowerMeter
from host.analysis.bundle import load_bundle
from host.analysis.comparison import compare
from host.analysis.energy.difference import EnergyComparison, compare_energy
from host.analysis.energy.use import EnergyUse, Unsupported, measure_energy
from host.analysis.plain import comparison_json
from host.analysis.timing.rounds import valid
from tests.host.bundles import SMALL, Plan, make_bundle, with_speed

CANDIDATE, BASELINE = "multilingual-int8", "english-int8"
CONTROL = ("english-int8-again", "english-int8")
PLAN = replace(
    SMALL, modes=("performance",), rounds=10, throttled=(3,), watts=3.0, round_noise=0.002
)
TREES = Path(__file__).parents[3] / "device_agent/boards/trees"


def rounds_of(folder: Path, plan: Plan = PLAN) -> list[RoundDone]:
    return valid(list(load_bundle(make_bundle(folder / "b", plan)).bodies(RoundDone)))


def compared(rounds: list[RoundDone], margin: float = 0.02) -> EnergyComparison:
    return compare_energy(rounds, CANDIDATE, BASELINE, CONTROL, margin)


def test_equal_variants_take_the_same_energy(tmp_path: Path) -> None:
    """Inside the margin, above the idle board's 4 W."""
    found = compared(rounds_of(tmp_path))
    assert (found.verdict, found.basis, found.rounds) == ("EQUIVALENT", "above idle", 10)
    assert found.difference_interval is not None
    assert found.difference_interval.low < 0 < found.difference_interval.high


@pytest.mark.parametrize(("speed", "verdict"), [(1.3, "MORE ENERGY"), (0.75, "LESS ENERGY")])
def test_who_takes_longer_at_the_same_power_takes_more(
    tmp_path: Path, speed: float, verdict: str
) -> None:
    """The joules follow the time, and so does their ratio."""
    found = compared(rounds_of(tmp_path, with_speed(PLAN, CANDIDATE, speed)))
    assert found.verdict == verdict
    assert found.ratio == pytest.approx(speed, abs=0.03)
    assert found.difference_joules is not None
    assert (found.difference_joules > 0) == (speed > 1)
    assert "beyond the noise floor" in found.reason


def test_noise_never_earns_equivalence(tmp_path: Path) -> None:
    """A margin below the control's spread cannot be resolved, and the reason says so."""
    found = compared(rounds_of(tmp_path), margin=0.001)
    assert found.verdict == "INCONCLUSIVE"
    assert found.noise_floor is not None
    assert found.noise_floor > 0.001
    assert "noise floor" in found.reason


def without_power(done: RoundDone, variant: str) -> RoundDone:
    """Leave a gap in one variant's readings."""
    assert done.energy is not None
    uses = tuple(
        msgspec.structs.replace(use, joules=None) if use.variant == variant else use
        for use in done.energy.variants
    )
    return msgspec.structs.replace(done, energy=msgspec.structs.replace(done.energy, variants=uses))


def test_rounds_count_where_both_and_the_control_were_followed(tmp_path: Path) -> None:
    """A gap in one of them takes the whole round out, for it is compared within the round."""
    first, second, *others = rounds_of(tmp_path)
    rounds = [without_power(first, CANDIDATE), without_power(second, CONTROL[0]), *others]
    assert compared(rounds).rounds == 8
    few = [without_power(done, CANDIDATE) for done in rounds[:8]] + rounds[8:]
    found = compared(few)
    assert (found.verdict, found.rounds) == ("INCONCLUSIVE", 2)
    assert "in 2 valid rounds, at least 5 are needed" in found.reason


def test_without_an_idle_baseline_the_whole_board_is_compared(tmp_path: Path) -> None:
    """And is called so; nothing is told above idle."""
    rounds = []
    for done in rounds_of(tmp_path):
        assert done.energy is not None
        energy = msgspec.structs.replace(done.energy, idle_watts=None)
        rounds.append(msgspec.structs.replace(done, energy=energy))
    assert compared(rounds).basis == "whole board"


def test_without_a_control_there_is_no_verdict(tmp_path: Path) -> None:
    """What the meter's noise is, is then not known."""
    found = compare_energy(rounds_of(tmp_path), CANDIDATE, BASELINE, None, 0.02)
    assert found.verdict == "INCONCLUSIVE"
    assert found.ratio is None
    assert "no A/A control" in found.reason


def test_a_run_without_a_power_sensor_says_so(tmp_path: Path) -> None:
    """Unsupported with its reason in every variant, no comparison, and never a zero in JSON."""
    comparison = compare([load_bundle(make_bundle(tmp_path / "b", SMALL))], resamples=20)
    (run,) = comparison.runs
    assert run.baseline.energy == Unsupported("no power sensor")
    assert run.candidates[0].energy is None
    (plain,) = comparison_json(comparison)["runs"]  # type: ignore[misc]
    assert plain["variants"][0]["energy"] == {"unsupported": "no power sensor"}
    assert plain["candidates"][0]["energy"] is None


def test_recorded_boards_lead_to_a_verdict_or_to_none(tmp_path: Path) -> None:
    """An Orin's recorded monitor, that reads twice the current while the candidate works."""
    root = Path(shutil.copytree(TREES / "orin", tmp_path / "orin"))
    current = root / "sys/class/hwmon/hwmon1/curr1_input"
    idle = int(current.read_text())
    meter = PowerMeter(root, interval_s=0.004)
    rounds = []
    for done in rounds_of(tmp_path)[:6]:
        current.write_text(f"{idle}\n")
        meter.rest(0.02)
        for block in done.blocks:
            current.write_text(f"{idle * (4 if block.variant == CANDIDATE else 2)}\n")
            with meter.timed(block.variant):
                time.sleep(0.06)
        rounds.append(msgspec.structs.replace(done, energy=meter.take()))
    use = measure_energy(rounds, BASELINE, "ok")
    assert isinstance(use, EnergyUse)
    assert use.rails == ("VDD_IN",)
    found = compared(rounds, margin=0.5)
    assert found.verdict == "MORE ENERGY"
    assert found.ratio == pytest.approx(3, rel=0.25)
    pi = PowerMeter(TREES / "pi5")
    assert pi.take() is None
