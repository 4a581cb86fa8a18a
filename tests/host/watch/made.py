"""A made run as the live view meets it: spec, events, and the words that bring them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from device_agent.contract import codec
from device_agent.contract.bundle import JOURNAL_NAME, SPEC_NAME
from device_agent.contract.events import Event
from device_agent.contract.runspec import RunSpec
from device_agent.contract.status import AgentStatus, RunStatus
from host.inventory import Device
from host.watch import news
from host.watch.device_fold import DeviceFold
from host.watch.sensing import Reading
from tests.host.bundles import SMALL, Plan, make_bundle

DEVICE = Device(name="pi5", address="pi5.lan")
BOOT = "a-boot"


@dataclass(frozen=True)
class MadeRun:
    """A run's spec and events."""

    spec: RunSpec
    events: tuple[Event, ...]


@cache
def small_run() -> MadeRun:
    """The small bundle's run: every task and event kind, one invalid round."""
    return made_run(SMALL)


def made_run(plan: Plan) -> MadeRun:
    """Return a plan's run as it would come from the device."""
    with TemporaryDirectory() as folder:
        bundle = make_bundle(Path(folder) / "bundle", plan)
        spec = codec.decode((bundle / SPEC_NAME).read_bytes(), RunSpec, source="spec")
        lines = (bundle / JOURNAL_NAME).read_bytes().splitlines()
        return MadeRun(spec, tuple(codec.decode(line, Event, source="event") for line in lines))


def status(*runs: RunStatus, serving: bool = True) -> AgentStatus:
    return AgentStatus(
        agent_version="0.1.0", serving=serving, pid=1, release="0.1.0-abc", runs=runs
    )


def run_status(run_id: str, state: Any = "running", **fields: Any) -> RunStatus:
    values = {
        "study": "edge",
        "reason": None,
        "seq": 0,
        "samples_done": 0,
        "samples_planned": 0,
        "rounds_done": 0,
        "rounds_planned": 0,
        "bundle": None,
    }
    return RunStatus(run_id=run_id, state=state, **(values | fields))


def reading(**fields: Any) -> Reading:
    values = {
        "temperature_celsius": 52.3,
        "clock_ratio": 1.0,
        "allowed_khz": 2_400_000,
        "throttled": False,
        "limits_now": None,
        "limits_since_boot": None,
        "supply_is_low": False,
        "available_memory_bytes": 3_100_000_000,
        "memory_bytes": 8_300_000_000,
        "load_1min": 1.2,
        "board": "rpi5",
        "boot_id": BOOT,
        "monotonic_ns": 0,
    }
    return Reading(**(values | fields))


def fold_of(
    words: Iterable[news.News], *, at_s: float = 0.0, device: Device = DEVICE
) -> DeviceFold:
    """Return a fold that has heard all words at one moment."""
    fold = DeviceFold(device)
    for word in words:
        fold.add(word, at_s)
    return fold


def words_of(run: MadeRun, events: int | None = None) -> list[news.News]:
    """Return what a device tells while that run goes on, up to so many of its events."""
    run_id = run.spec.run_id
    return [
        news.Connected(),
        news.StatusCame(status(run_status(run_id), run_status("next", "queued"))),
        news.ReadingCame(reading()),
        news.Followed(run_id, run.spec),
        *(news.EventCame(run_id, event) for event in run.events[:events]),
    ]
