"""A bundle that the agent itself has made, with all that performance mode does beside rounds."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from device_agent.contract.runspec import Performance
from device_agent.service import execution
from device_agent.telemetry.sampler import Sampler
from tests.device_agent.boards.conftest import TREES
from tests.device_agent.service.interrupted_runs import SmallRun

PLAN = Performance(
    rounds=2,
    attempts=2,
    queries=6,
    warmup_queries=1,
    steady_queries=30,
    hold_conditions=True,
    null_queries=700,
    on_off_pairs=2,
    sustained_s=2,
)


class MeasuredRun(SmallRun):
    """Two variants and a control."""

    def submit(self) -> None:
        (one,) = self.spec.variants
        variants = (
            one,
            msgspec.structs.replace(one, name="b"),
            msgspec.structs.replace(one, name="c", control_of=one.name),
        )
        self.spec = msgspec.structs.replace(self.spec, performance=PLAN, variants=variants)
        super().submit()


def make_measured(state: Path) -> Path:
    """Run two variants and a control here, in performance mode alone; return the bundle.

    The sensors are those of a calm board, so that rounds count whatever else runs here.
    """
    run = MeasuredRun(state, "performance")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(execution, "Sampler", lambda _: Sampler(TREES / "pi5"))
        run.execute()
    assert run.state == "finished"
    return run.folder.bundle
