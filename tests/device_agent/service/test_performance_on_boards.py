"""Performance mode on replayed boards: what the board is like decides whether rounds count."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path, PurePosixPath

import msgspec
import pytest

from device_agent.contract.events import RoundDone
from device_agent.contract.runspec import Performance
from device_agent.journal import Journal
from device_agent.layout import Layout
from device_agent.service.interrupt import Interrupt
from device_agent.service.performance import PerformanceMode
from device_agent.service.sessions import Sessions
from device_agent.store import Store
from device_agent.telemetry import power_meter
from device_agent.telemetry.power_meter import PowerMeter
from device_agent.telemetry.sampler import Sampler
from tests.device_agent.service.retrieval_runs import bitext, write_run

TREES = Path(__file__).parent.parent / "boards/trees"
PLAN = Performance(rounds=1, attempts=2, queries=6, warmup_queries=1)


@pytest.fixture(autouse=True)
def _rest_shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    rest = PowerMeter.rest
    monkeypatch.setattr(power_meter.PowerMeter, "rest", lambda self: rest(self, 0.02))


def rounds_on(root: Path, state: Path) -> list[RoundDone]:
    spec = write_run(state, {"de": bitext("de", 3, 4)}, runtime="null")
    spec = msgspec.structs.replace(spec, modes=("performance",), performance=PLAN)
    store = Store(Layout(PurePosixPath(state)))
    with Journal(state / "journal", writable=True) as journal:
        PerformanceMode(
            spec,
            PLAN,
            store=store,
            journal=journal,
            sessions=Sessions(store, journal, spec.runtime),
            sampler=Sampler(root),
            interrupt=Interrupt(state / "cancel", threading.Event()),
        ).run()
        return [e.body for e in journal.all_events() if isinstance(e.body, RoundDone)]


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
