"""Shows how far a study is: stages as lines, devices in lanes; all of it on standard error."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType

from device_agent.contract.runspec import RunSpec
from host.artifacts.plan import Plan
from host.cli.console import duration, talk
from host.cli.export_view import ExportView
from host.cli.lanes import Lane, Lanes
from host.cli.run_lane import RunLane
from host.cli.train_view import TrainView
from host.training.estimate import Estimate
from host.training.work import Work


class StudyView:
    """A context manager that shows a study's way.

    Args:
        virtual: Its device is this command's own.

    Attributes:
        said: The lines that stand beside no stage's progress.
    """

    def __init__(self, *, virtual: bool = False) -> None:
        self.said: list[str] = []
        self._goes_on = False
        self._virtual = virtual

    def __enter__(self) -> StudyView:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is KeyboardInterrupt:
            devices = "what runs on devices goes on, and " * self._goes_on
            talk(f"Left; {devices}the same command goes on from here.")

    @contextmanager
    def stage(self, text: str) -> Iterator[None]:
        """Show that a stage has begun, and at its end how long it took."""
        talk(text)
        began_s = time.monotonic()
        yield
        talk(f"    done in {duration(time.monotonic() - began_s)}")

    def say(self, text: str) -> None:
        """Show a line."""
        self.said.append(text)
        talk(f"    {text}")

    def training(self, work: Work, estimated: Estimate | None, jobs: int) -> TrainView:
        """Return what is told how a training goes on."""
        return TrainView(work, estimated, jobs=jobs)

    def exporting(self, plan: Plan) -> AbstractContextManager[ExportView]:
        """Return what is called with every step of an export."""
        names = tuple("/".join(next(iter(job.outputs.values())).parts[-2:]) for job in plan.jobs)
        return ExportView(names, sum(len(job.outputs) for job in plan.jobs))

    @contextmanager
    def devices(self, names: Sequence[str]) -> Iterator[DeviceLanes]:
        """Return what shows each device's share."""
        # A virtual device ends with the command.
        self._goes_on = not self._virtual
        with Lanes(list(names)) as lanes:
            yield DeviceLanes(lanes)
        self._goes_on = False


class DeviceLanes:
    """A lane for each device."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def __getitem__(self, name: str) -> DeviceLane:
        return DeviceLane(self._lanes[name])

    def stop(self) -> None:
        """Make every share end, where it may."""
        self._lanes.stop()


class DeviceLane:
    """One device's lane, for all that a study does there."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane

    def say(self, text: str) -> None:
        """Show a line."""
        self._lane.say(text)
        self._lane.show(text)

    def sent(self, done_bytes: int, total_bytes: int) -> None:
        """Show how far an upload is."""
        self._lane.sent(done_bytes, total_bytes)

    def run(self, spec: RunSpec) -> RunLane:
        """Return what shows a run."""
        return RunLane(spec, self._lane)
