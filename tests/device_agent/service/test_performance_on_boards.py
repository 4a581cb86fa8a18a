"""Performance mode on replayed boards: what the board is like decides whether rounds count."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from device_agent.contract.events import RoundDone
from device_agent.contract.runspec import Performance
from device_agent.contract.upkeep import Reference
from device_agent.journal import Journal
from device_agent.service.thermal import ThermalBand
from device_agent.telemetry import power_meter
from device_agent.telemetry.power_meter import PowerMeter
from tests.device_agent.service.performance_runs import bodies, run_performance
from tests.device_agent.service.retrieval_runs import bitext, write_run

TREES = Path(__file__).parent.parent / "boards/trees"
PLAN = Performance(rounds=1, attempts=2, queries=6, warmup_queries=1)
HELD = msgspec.structs.replace(PLAN, hold_conditions=True)


@pytest.fixture(autouse=True)
def _rest_shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    rest = PowerMeter.rest
    monkeypatch.setattr(power_meter.PowerMeter, "rest", lambda self: rest(self, 0.02))


def rounds_on(root: Path, state: Path, plan: Performance = PLAN) -> list[RoundDone]:
    spec = write_run(state, {"de": bitext("de", 3, 4)}, runtime="null")
    spec = msgspec.structs.replace(spec, modes=("performance",), performance=plan)
    return bodies(run_performance(spec, state, root=root), RoundDone)


def test_a_throttled_board_runs_out_of_attempts(tmp_path: Path) -> None:
    """Its rounds are kept as invalid with their reason; none of them counts."""
    root = Path(shutil.copytree(TREES / "pi5", tmp_path / "pi5"))
    (root / "sys/class/hwmon/hwmon3/in0_lcrit_alarm").write_text("1\n")
    done = rounds_on(root, tmp_path / "state")
    assert len(done) == PLAN.attempts
    assert all("throttling or under-voltage" in one.invalid[0] for one in done)


def test_a_calm_board_s_round_counts_and_has_energy(tmp_path: Path) -> None:
    """The Orin's monitor is integrated over the variant's turns, beside an idle baseline."""
    (done,) = rounds_on(TREES / "orin", tmp_path / "state")
    assert done.invalid == ()
    assert done.energy is not None
    (used,) = done.energy.variants
    assert used.variant == done.blocks[0].variant
    assert used.joules == pytest.approx(5.056 * 1.096 * used.duration_ns / 1e9)
    assert done.energy.idle_watts == pytest.approx(5.056 * 1.096)
    assert done.conditions.gpu_load == 0.348


def test_a_board_without_a_power_monitor_has_no_energy(tmp_path: Path) -> None:
    """None is journalled, not zero joules."""
    (done,) = rounds_on(TREES / "pi5", tmp_path / "state")
    assert done.energy is None


@pytest.mark.parametrize(
    ("tree", "path", "text"),
    [
        ("pi4", "sys/devices/platform/soc/soc:firmware/get_throttled", "50005"),
        ("pi4", "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1"),
        ("pi5", "sys/class/hwmon/hwmon3/in0_lcrit_alarm", "1"),
        ("orin", "sys/class/thermal/cooling_device0/cur_state", "3"),
    ],
)
def test_no_throttled_board_has_a_valid_round(
    tmp_path: Path, tree: str, path: str, text: str
) -> None:
    """Every attempt is kept with its reason, and there is no number to report."""
    root = Path(shutil.copytree(TREES / tree, tmp_path / tree))
    (root / path).write_text(f"{text}\n")
    done = rounds_on(root, tmp_path / "state", HELD)
    assert [one.round for one in done] == [0, 1]
    assert all(one.invalid for one in done)


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("cpu/cpufreq/policy0/scaling_governor", "powersave", "the governor changed from"),
        ("clocksource/clocksource0/current_clocksource", "jiffies", "clock source changed from"),
    ],
)
def test_what_changes_in_mid_run_makes_rounds_invalid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, text: str, reason: str
) -> None:
    """The first round's conditions are the run's, also after a reboot that forgets a setting."""
    root = Path(shutil.copytree(TREES / "pi5", tmp_path / "pi5"))
    append = Journal.append

    def changing(self: Journal, found: list[object]) -> int:
        if any(isinstance(one, RoundDone) for one in found):
            (root / "sys/devices/system" / path).write_text(f"{text}\n")
        return append(self, found)  # type: ignore[arg-type]

    monkeypatch.setattr(Journal, "append", changing)
    plan = msgspec.structs.replace(HELD, rounds=2, attempts=3)
    first, *others = rounds_on(root, tmp_path / "state", plan)
    assert first.invalid == ()
    assert len(others) == 2
    assert all(any(reason in text for text in one.invalid) for one in others)


def heat(root: Path, celsius: float) -> None:
    (root / "sys/class/thermal/thermal_zone0/temp").write_text(f"{int(celsius * 1000)}\n")


def test_a_round_that_begins_too_hot_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting has not helped; the reference stays that of the first round."""
    root = Path(shutil.copytree(TREES / "pi5", tmp_path / "pi5"))
    heat(root, 50)
    monkeypatch.setattr(ThermalBand, "condition", lambda _: 50.0)
    append = Journal.append

    def heating(self: Journal, found: list[object]) -> int:
        if any(isinstance(one, RoundDone) for one in found):
            heat(root, 56)
        return append(self, found)  # type: ignore[arg-type]

    monkeypatch.setattr(Journal, "append", heating)
    plan = msgspec.structs.replace(
        HELD, rounds=2, attempts=2, temperature_band_k=3.0, temperature_wait_s=1
    )
    first, second = rounds_on(root, tmp_path / "state", plan)
    assert first.invalid == ()
    assert second.invalid == ("it began at 56.0 °C, the band is 50.0 ± 3 K",)
    assert second.conditions.started_celsius == 56


def test_a_run_has_one_reference_whatever_interrupts_it(tmp_path: Path) -> None:
    """Taken up again, a run is held to what its first rounds found."""
    state = tmp_path / "state"
    spec = write_run(state, {"de": bitext("de", 3, 4)}, runtime="null")
    for rounds in (1, 2):
        plan = msgspec.structs.replace(HELD, rounds=rounds)
        spec = msgspec.structs.replace(spec, modes=("performance",), performance=plan)
        found = run_performance(spec, state, root=TREES / "pi5")
    (reference,) = bodies(found, Reference)
    assert reference.clock_source == "arch_sys_counter"
    assert reference.governor is not None
    assert [one.invalid for one in bodies(found, RoundDone)] == [(), ()]
