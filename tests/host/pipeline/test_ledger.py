"""Which run belongs to which device and scenario."""

from __future__ import annotations

from pathlib import Path

import msgspec

from host.pipeline.ledger import Entry, Ledger, plan_digest
from host.workspace import Workspace
from tests.host.bundle_documents import make_spec
from tests.host.bundle_plan import SMALL

PLAN = "a" * 64
OTHER = "b" * 64


def _entry(run_id: str, device: str = "pi5", plan: str = PLAN) -> Entry:
    return Entry(device=device, scenario="offline", run_id=run_id, plan=plan)


def test_a_run_is_found_by_device_scenario_and_plan(tmp_path: Path) -> None:
    """Another process finds what an earlier one has written down."""
    Ledger(Workspace(tmp_path)).keep(_entry("one"))
    ledger = Ledger(Workspace(tmp_path))
    assert ledger.find("pi5", "offline", PLAN) == "one"
    assert ledger.find("pi5", "single-stream", PLAN) is None
    assert ledger.find("jetson", "offline", PLAN) is None
    assert ledger.find("pi5", "offline", OTHER) is None


def test_a_newer_run_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    """A study that was changed has another plan; what other devices do stays."""
    ledger = Ledger(Workspace(tmp_path))
    ledger.keep(_entry("one"))
    ledger.keep(_entry("other", device="jetson"))
    ledger.keep(_entry("two", plan=OTHER))
    assert ledger.find("pi5", "offline", PLAN) is None
    assert ledger.find("pi5", "offline", OTHER) == "two"
    assert ledger.find("jetson", "offline", PLAN) == "other"


def test_a_plan_is_the_spec_without_its_name() -> None:
    """Two runs of one study do the same; another margin is another plan."""
    spec = make_spec(SMALL, _Anything(), {})
    named = msgspec.structs.replace(spec, run_id="another")
    assert plan_digest(spec) == plan_digest(named)
    assert plan_digest(spec) != plan_digest(msgspec.structs.replace(spec, margin=0.03))


class _Anything(dict[tuple[str, str], bytes]):
    """Has every artifact."""

    def __missing__(self, key: tuple[str, str]) -> bytes:
        return str(key).encode()


def test_the_latest_run_is_known_whatever_its_plan(tmp_path: Path) -> None:
    """A changed study says which run it leaves behind."""
    ledger = Ledger(Workspace(tmp_path))
    assert ledger.latest("pi5", "offline") is None
    ledger.keep(_entry("one"))
    ledger.keep(_entry("two", plan=OTHER))
    assert ledger.latest("pi5", "offline") == "two"
    assert ledger.latest("jetson", "offline") is None
