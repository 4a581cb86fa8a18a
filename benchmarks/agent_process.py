"""The agent as a device runs it: the daemon in a process of its own, fed with runs, one at a time.

Nobody asks it anything while it works: it says by itself when it is done, as to systemd.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from time import perf_counter
from types import TracebackType

from benchmarks.routes import peak_bytes
from device_agent.contract import codec
from device_agent.contract.artifact import MANIFEST_NAME, ArtifactManifest
from device_agent.contract.events import Block, RoundDone
from device_agent.contract.runspec import (
    Dataset,
    Performance,
    RunSpec,
    RuntimeOptions,
    Scenario,
    Seeds,
    Variant,
)
from device_agent.contract.samples import InputRow, PairInput
from device_agent.digest import digest_bytes, digest_file
from device_agent.layout import Layout
from device_agent.service.notify import SOCKET_VARIABLE
from device_agent.service.runs import Runs

TASK, LANGUAGE, VARIANT = "xnli", "mul", "int8"
_LOOK_EVERY_S = 10.0
_WARM_UP = 8


@dataclass(frozen=True)
class Round:
    """One round of the agent's performance mode, as its journal has it.

    Attributes:
        seconds: Tokenising, inference and decoding of all queries together.
        invalid: What the validity gate said against it.
    """

    seconds: float
    parts_s: dict[str, float]
    invalid: tuple[str, ...]


class Agent:
    """A daemon over a state folder that holds one artifact and one dataset.

    Args:
        state: The state folder; made.
        artifact: The artifact's folder.
        sentences: What a round runs, all of it.
        threads: For one query.

    Attributes:
        ready_s: Of each start: from the process's beginning until it said that it serves.
    """

    def __init__(
        self, state: Path, artifact: Path, sentences: Sequence[PairInput], threads: int
    ) -> None:
        self._layout = Layout(PurePosixPath(state.absolute()))
        self._threads = threads
        self._sentences = len(sentences)
        self._runs = 0
        self._artifact = self._ship(artifact)
        rows = [InputRow(id=str(row), input=each) for row, each in enumerate(sentences)]
        self._dataset = self._put(b"".join(codec.encode(row) + b"\n" for row in rows))
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(_LOOK_EVERY_S)
        # Of the abstract namespace: a folder's path may be too long for a socket's name.
        self._socket.bind(f"\0xtreme-edge-bench-{os.getpid()}-{id(self)}")
        self.ready_s = [self._start()]

    def _start(self) -> float:
        name = self._socket.getsockname().decode().replace("\0", "@", 1)
        root = str(self._layout.root)
        started = perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "device_agent.cli", "serve", "--state", root],
            env=os.environ | {SOCKET_VARIABLE: name},
            stderr=subprocess.DEVNULL,
        )
        self._wait_for("READY=1")
        return perf_counter() - started

    def restart(self) -> None:
        """End the daemon and start it again; what it held in memory is forgotten."""
        self._stop()
        self.ready_s.append(self._start())

    def _stop(self) -> None:
        self._process.terminate()
        self._process.wait(60)

    def run(self, scenario: Scenario, batch_size: int) -> Round:
        """Let it run all sentences once, in a run of its own with a session of its own."""
        self._runs += 1
        spec = self._spec(f"bench-{self._runs}", scenario, batch_size)
        runs = Runs(self._layout)
        runs.submit(codec.encode(spec))
        self._wait_for(f"STATUS=run {spec.run_id}")
        self._wait_for("STATUS=waiting for runs")
        folder = runs.folder(spec.run_id)
        with folder.read_journal() as journal:
            state = journal.state()
            rounds = [e.body for e in journal.all_events() if isinstance(e.body, RoundDone)]
        if len(rounds) != 1:
            raise RuntimeError(f"The agent's run is {state.state}: {state.reason}")
        return _round(rounds[0])

    @property
    def peak_bytes(self) -> int:
        """The daemon's largest resident memory so far, mapped files included."""
        return peak_bytes(self._process.pid)

    def __enter__(self) -> Agent:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._stop()
        self._socket.close()

    def _wait_for(self, message: str) -> None:
        """Wait for a datagram: asking the journal meanwhile would take time from the run."""
        while True:
            try:
                if self._socket.recv(4096).decode() == message:
                    return
            except TimeoutError:
                if self._process.poll() is not None:
                    raise RuntimeError(f"The agent ended before it said {message!r}.") from None

    def _ship(self, artifact: Path) -> str:
        """Put an artifact's files where a deploy puts them; return its manifest's digest."""
        path = artifact / MANIFEST_NAME
        manifest = codec.decode(path.read_bytes(), ArtifactManifest, source=str(path))
        for entry in manifest.files:
            self._link(artifact / entry.path, entry.digest)
        digest = digest_file(path)
        self._link(path, digest)
        return digest

    def _link(self, source: Path, digest: str) -> None:
        target = Path(self._layout.blob(digest))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)

    def _put(self, data: bytes) -> str:
        digest = digest_bytes(data)
        target = Path(self._layout.blob(digest))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        return digest

    def _spec(self, run_id: str, scenario: Scenario, batch_size: int) -> RunSpec:
        return RunSpec(
            run_id=run_id,
            study="throughput",
            study_digest="0" * 64,
            baseline=VARIANT,
            margin=0.02,
            modes=("performance",),
            variants=(
                Variant(
                    name=VARIANT,
                    regime=None,
                    recipe="int8-dynamic",
                    artifacts={TASK: self._artifact},
                ),
            ),
            datasets=(
                Dataset(
                    task=TASK,
                    language=LANGUAGE,
                    split="test",
                    inputs=self._dataset,
                    gold=None,
                    samples=self._sentences,
                    queries=self._sentences,
                    available=self._sentences,
                    seed=None,
                ),
            ),
            performance=Performance(
                scenario=scenario,
                batch_size=batch_size,
                rounds=1,
                attempts=1,
                queries=self._sentences,
                warmup_queries=_WARM_UP,
            ),
            runtime=RuntimeOptions(threads=self._threads),
            seeds=Seeds(queries=0, order=0),
        )


def _round(done: RoundDone) -> Round:
    (block,) = done.blocks
    parts = _parts_s(block)
    return Round(seconds=sum(parts.values()), parts_s=parts, invalid=done.invalid)


def _parts_s(block: Block) -> dict[str, float]:
    return {
        "tokenise": sum(block.tokenise_ns) / 1e9,
        "infer": sum(block.infer_ns) / 1e9,
        "decode": sum(block.decode_ns) / 1e9,
    }
