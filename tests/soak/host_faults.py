"""Kills the host's commands and cuts their connections, in uploads and in streams."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from device_agent.contract import codec
from device_agent.contract.events import Event
from device_agent.contract.runspec import RunSpec
from device_agent.journal import Journal
from device_agent.service.runs import Runs
from host.demo.virtual_device.launch import VirtualDevice
from host.runs.record import RunRecords
from tests.devices.proxy import CuttingProxy
from tests.host.cli.conftest import Cli
from tests.soak.comparison import examine
from tests.soak.faults import RESUMED, Disturbed, Fault, Finding
from tests.soak.workload import Workload

UPLOAD_CUT = "connection cut in an upload"
STREAM_CUT = "connection cut in a stream"
UPLOAD_KILL = "host killed while uploading"
STREAM_KILL = "host killed while streaming"
CUTS = (UPLOAD_CUT, STREAM_CUT)
KILLS = (UPLOAD_KILL, STREAM_KILL)
_PATIENCE_S = 180.0
_LOOK_EVERY_S = 0.004
# Greeting, login and the list of what is wanted are less than that: whoever has sent more uploads.
_UPLOADING_BYTES = 64 << 10


class HostFaults:
    """Disturbs the commands of one run after another, over a cable that can be cut.

    Args:
        cli: Its inventory gets the device `soak`.
        virtual: The device; the agent is deployed to it here.
        workload: What is run.
        chance: Where the instants come from.
    """

    def __init__(
        self, cli: Cli, virtual: VirtualDevice, workload: Workload, chance: random.Random
    ) -> None:
        self._cli = cli
        self._layout = virtual.layout
        self._workload = workload
        self._chance = chance
        self._faults: list[Fault] = []
        self._connections = 0
        assert virtual.device.port is not None
        self._cable = CuttingProxy(virtual.device.port)
        cli.inventory.add(replace(virtual.device, name="soak", port=self._cable.port))
        self._require(cli("deploy", workload.study, timeout=_PATIENCE_S).code == 0, "no deploy")

    def close(self) -> None:
        """Cut the cable for good."""
        self._cable.close()

    def disturb(self, wanted: dict[str, int]) -> Disturbed:
        """Ship, run and collect the workload once, with so many faults of each kind.

        An upload or a stream that is over before all of its faults gets fewer.
        """
        self._faults = []
        self._connections = 0
        self._forget_content()
        run_id = self._upload(self._shuffled(wanted, UPLOAD_CUT, UPLOAD_KILL))
        self._stream(run_id, self._shuffled(wanted, STREAM_CUT, STREAM_KILL))
        done = self._cli("collect", run_id, "--json", timeout=_PATIENCE_S)
        self._require(done.code == 0, f"no bundle: {done.err}")
        bundle = Path(done.json()["bundle"])
        spec = codec.decode((bundle / "spec.json").read_bytes(), RunSpec, source="spec.json")
        found = examine(bundle, spec, self._workload.calm)
        told = self._stream_problems(run_id)
        found = Finding(found.lost, found.duplicated, (*found.problems, *told))
        return Disturbed(run_id, tuple(self._faults), found)

    def _shuffled(self, wanted: dict[str, int], *kinds: str) -> list[str]:
        found = [kind for kind in kinds for _ in range(wanted.get(kind, 0))]
        self._chance.shuffle(found)
        return found

    def _forget_content(self) -> None:
        """Take the study's content from the device, as if it had never been there."""
        for blob in self._workload.blobs:
            Path(self._layout.blob(blob.digest)).unlink(missing_ok=True)
        shutil.rmtree(self._layout.artifacts, ignore_errors=True)

    def _upload(self, kinds: list[str]) -> str:
        """Start the run in spite of the faults and return its id."""
        left_bytes = sum(blob.size_bytes for blob in self._workload.blobs)
        for kind in kinds:
            process = self._command("run", self._workload.study, "--detach", "--json")
            begin_bytes = self._cable.sent_bytes
            step_bytes = int(left_bytes * self._chance.uniform(0.05, 0.4)) + _UPLOADING_BYTES
            self._wait_for_upload(process, begin_bytes, step_bytes)
            if process.poll() is None:
                self._strike(kind, process, kills=kind == UPLOAD_KILL)
                left_bytes -= step_bytes
            if process.wait(_PATIENCE_S) == 0:
                return self._submitted(process)
        process = self._command("run", self._workload.study, "--detach", "--json")
        self._wait_for_upload(process, self._cable.sent_bytes, _UPLOADING_BYTES)
        self._require(process.wait(_PATIENCE_S) == 0, f"no run: {_said(process)}")
        self._resumed()
        return self._submitted(process)

    def _wait_for_upload(
        self, process: subprocess.Popen[bytes], begin_bytes: int, step_bytes: int
    ) -> None:
        def sent_bytes() -> int:
            return self._cable.sent_bytes - begin_bytes

        self._wait(lambda: process.poll() is not None or sent_bytes() > _UPLOADING_BYTES)
        if sent_bytes() > _UPLOADING_BYTES:
            self._resumed()
        self._wait(lambda: process.poll() is not None or sent_bytes() > step_bytes)

    def _submitted(self, process: subprocess.Popen[bytes]) -> str:
        self._resumed()
        assert process.stdout is not None
        return str(json.loads(process.stdout.read())["run_id"])

    def _stream(self, run_id: str, kinds: list[str]) -> None:
        """Follow the run to its end in spite of the faults."""
        log = self._log(run_id)
        process = self._command("attach", run_id)
        for kind in kinds:
            self._wait_for_events(process, log, 1 + self._chance.randrange(40))
            time.sleep(self._chance.uniform(0.0, 0.1))
            if process.poll() is not None:
                break
            self._strike(kind, process, kills=kind == STREAM_KILL)
            if kind == STREAM_KILL:
                process.wait(_PATIENCE_S)
                process = self._command("attach", run_id)
        self._wait_for_events(process, log, 1)
        self._require(process.wait(_PATIENCE_S) == 0, f"the attach failed: {_said(process)}")
        self._resumed()

    def _wait_for_events(self, process: subprocess.Popen[bytes], log: Path, more: int) -> None:
        """Wait for events of a connection that was made after the last fault."""

        def have(count: int) -> bool:
            return process.poll() is not None or _lines(log) >= count

        self._wait(
            lambda: process.poll() is not None or self._cable.connections > self._connections
        )
        begin = _lines(log)
        self._wait(lambda: have(begin + 1))
        if _lines(log) > begin:
            self._resumed()
        self._wait(lambda: have(begin + more))

    def _stream_problems(self, run_id: str) -> list[str]:
        """Say what the host's copy of the events lacks or has twice."""
        log = self._log(run_id)
        told = [
            codec.decode(line, Event, source=log.name)
            for line in log.read_bytes().split(b"\n")[:-1]
        ]
        with Journal(Runs(self._layout).folder(run_id).journal, writable=False) as journal:
            kept = list(journal.all_events())
        if told == kept:
            return []
        return [f"{run_id}: the host was told {len(told)} events, the device has {len(kept)}"]

    def _log(self, run_id: str) -> Path:
        records = RunRecords(self._cli.home / "runs")
        return records.find(run_id).place.run(run_id) / "events.jsonl"

    def _strike(self, kind: str, process: subprocess.Popen[bytes], *, kills: bool) -> None:
        if kills:
            process.kill()
        else:
            self._cable.cut()
        self._faults.append(Fault(kind, time.monotonic()))
        self._connections = self._cable.connections

    def _resumed(self) -> None:
        for fault in self._faults:
            fault.end(RESUMED, time.monotonic())

    def _command(self, *words: str | Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._cli.argv(*words),
            env=self._cli.environment,
            cwd=self._cli.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def _wait(self, condition: Callable[[], bool]) -> None:
        deadline_s = time.monotonic() + _PATIENCE_S
        while not condition():
            self._require(time.monotonic() < deadline_s, "a command stands still")
            time.sleep(_LOOK_EVERY_S)

    @staticmethod
    def _require(condition: bool, otherwise: str) -> None:
        if not condition:
            raise AssertionError(otherwise)


def _lines(log: Path) -> int:
    return log.read_bytes().count(b"\n") if log.is_file() else 0


def _said(process: subprocess.Popen[bytes]) -> str:
    assert process.stderr is not None
    return process.stderr.read().decode(errors="replace")
