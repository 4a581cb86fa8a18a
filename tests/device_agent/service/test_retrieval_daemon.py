"""Retrieval in the daemon as a process: killed in the middle, and with many candidates."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from device_agent.contract.events import Ranked, SampleDone
from tests.agents import LocalAgent
from tests.device_agent.service.retrieval_runs import bitext, sentence, write_run

CEILING_BYTES = 12 << 20
"""What 19,000 more candidates of 300 bytes may take: their ids, their vectors (mapped), and what
the lookup holds at a time."""


@pytest.fixture
def agents(tmp_path: Path) -> Iterator[list[LocalAgent]]:
    """Two agents with state folders of their own; stopped in the end."""
    made = [LocalAgent(tmp_path / "one"), LocalAgent(tmp_path / "two")]
    yield made
    for agent in made:
        agent.stop()


def test_a_run_killed_while_it_embeds_equals_the_undisturbed_one(agents: list[LocalAgent]) -> None:
    """SIGKILL in mid-language, again and again: every sample once, the very same rankings."""
    calm, killed = agents
    for agent in agents:
        agent.submit(write_run(agent.state, {"de": bitext("de", 500, 2_500)}))
    calm.start()
    assert calm.wait_for_end("lookup") == "finished"
    for samples in (300, 1_100, 2_000):
        killed.start()
        killed.wait_for_events("lookup", samples)
        killed.kill(signal.SIGKILL)
        assert (killed.folder("lookup").path / "vectors").is_dir()
    killed.start()
    assert killed.wait_for_end("lookup") == "finished"
    found = []
    for agent in agents:
        bodies = [event.body for event in agent.events("lookup")]
        samples_done = [b.sample_id for b in bodies if isinstance(b, SampleDone)]
        found.append((samples_done, [b.rankings for b in bodies if isinstance(b, Ranked)]))
        assert len(samples_done) == len(set(samples_done)) == 3_000
        folder = agent.folder("lookup")
        assert not (folder.path / "vectors").exists()
        assert not [path for path in folder.bundle.rglob("*") if "vectors" in path.name]
    assert found[0] == found[1]


def test_memory_does_not_grow_with_the_candidates(agents: list[LocalAgent]) -> None:
    """Twenty thousand take hardly more than one thousand, from the first to the sealed bundle."""
    peaks = []
    for agent, count in zip(agents, (1_000, 20_000), strict=True):
        candidates = [sentence(f"c-{row}", f"w{row % 9} {'x' * 300}") for row in range(count)]
        samples = [sentence("q", "w1", gold=("c-1",)), *candidates]
        agent.submit(write_run(agent.state, {"de": samples}, runtime="null"))
        agent.start()
        assert agent.wait_for_end("lookup") == "finished"
        peaks.append(peak_bytes(agent))
    assert peaks[1] - peaks[0] < CEILING_BYTES


def peak_bytes(agent: LocalAgent) -> int:
    """Return the daemon's highest resident memory; its own, unlike what getrusage tells."""
    assert agent.process is not None
    status = Path(f"/proc/{agent.process.pid}/status").read_text(encoding="ascii")
    (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak) * 1024
