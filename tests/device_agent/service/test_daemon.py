"""The daemon as a process: runs end, survive kills, and every sample has one prediction."""

from __future__ import annotations

import random
import signal
import subprocess
import sys

import msgspec
import pytest

from device_agent.contract.errors import ContractError, DeviceError, RunError
from device_agent.contract.events import GoldenChecked, Ranked, RoundDone, Scored, StateChanged
from device_agent.contract.runspec import RunSpec
from host.analysis.evidence.verify import verify_bundle
from tests.agents import LocalAgent, predictions
from tests.tiny import TinyRun


def planned(spec: RunSpec) -> int:
    return sum(d.samples for d in spec.datasets) * 2


def scores(agent: LocalAgent) -> dict[tuple[str, str, str], dict[str, float]]:
    bodies = [event.body for event in agent.events("tiny-1")]
    return {(b.variant, b.task, b.language): b.metrics for b in bodies if isinstance(b, Scored)}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, tiny_run: TinyRun) -> LocalAgent:
    """An agent whose run nobody disturbed."""
    agent = LocalAgent(tmp_path_factory.mktemp("undisturbed") / "state")
    agent.fill(tiny_run.blobs)
    agent.submit(tiny_run.spec)
    agent.start()
    assert agent.wait_for_end("tiny-1") == "finished"
    assert agent.kill(signal.SIGTERM) == 0
    return agent


def test_a_run_predicts_every_sample_once_and_scores_every_language(
    undisturbed: LocalAgent, tiny_run: TinyRun
) -> None:
    """All five heads run; each sample of each variant has one result, each language a score."""
    events = undisturbed.events("tiny-1")
    assert len(predictions(events)) == planned(tiny_run.spec)
    assert set(scores(undisturbed)) == {
        (variant, d.task, d.language)
        for variant in ("first", "second")
        for d in tiny_run.spec.datasets
    }
    assert all(metrics for metrics in scores(undisturbed).values())
    assert any(isinstance(event.body, Ranked) for event in events)


def test_the_golden_set_is_repeated_before_an_artifact_counts(
    undisturbed: LocalAgent, tiny_run: TinyRun
) -> None:
    """Each variant's artifacts, the control's too, are compared with the host's fp32."""
    checked = {
        (e.body.variant, e.body.artifact)
        for e in undisturbed.events("tiny-1")
        if isinstance(e.body, GoldenChecked)
    }
    assert checked == {(v.name, a) for v in tiny_run.spec.variants for a in v.artifacts.values()}


def test_rounds_have_every_variant_on_the_same_samples(
    undisturbed: LocalAgent, tiny_run: TinyRun
) -> None:
    """In each round all variants and the A/A control ran the same queries, each timed."""
    rounds = [e.body for e in undisturbed.events("tiny-1") if isinstance(e.body, RoundDone)]
    assert sum(not r.invalid for r in rounds) <= 5
    assert len(rounds) >= 5
    for done in rounds:
        assert {block.variant for block in done.blocks} == {v.name for v in tiny_run.spec.variants}
        samples = {(b.tasks, b.languages, b.sample_ids) for b in done.blocks}
        assert len(samples) == 1
        assert all(min(block.infer_ns) > 0 and min(block.tokens) > 2 for block in done.blocks)


def test_the_bundle_of_a_real_run_verifies(undisturbed: LocalAgent) -> None:
    """Seal, digests, journal and every score hold when the host computes them again."""
    found = verify_bundle(undisturbed.folder("tiny-1").bundle)
    assert not found.failures
    assert found.numbers > 0


@pytest.mark.slow
def test_a_run_killed_again_and_again_equals_the_undisturbed_one(
    local_agent: LocalAgent, undisturbed: LocalAgent, tiny_run: TinyRun
) -> None:
    """SIGKILL at random moments loses nothing, doubles nothing and changes no score."""
    local_agent.submit(tiny_run.spec)
    moments = random.Random(7)
    seen = 1
    for _ in range(3):
        local_agent.start()
        local_agent.wait_for_events("tiny-1", seen + moments.randint(20, 120))
        local_agent.kill(signal.SIGKILL)
        seen = len(local_agent.events("tiny-1"))
    local_agent.start()
    assert local_agent.wait_for_end("tiny-1") == "finished"
    calm = undisturbed.events("tiny-1")
    assert predictions(local_agent.events("tiny-1")) == predictions(calm)
    assert scores(local_agent) == scores(undisturbed)
    assert not verify_bundle(local_agent.folder("tiny-1").bundle).failures


def test_a_stopped_agent_takes_the_run_up_again(local_agent: LocalAgent, tiny_run: TinyRun) -> None:
    """SIGTERM leaves the run running with exit status 0; the next start ends it."""
    local_agent.submit(tiny_run.spec)
    local_agent.start()
    local_agent.wait_for_events("tiny-1", 40)
    assert local_agent.kill(signal.SIGTERM) == 0
    assert local_agent.runs.status(local_agent.folder("tiny-1")).state == "running"
    local_agent.start()
    assert local_agent.wait_for_end("tiny-1") == "finished"


def test_a_cancelled_run_keeps_what_it_measured(local_agent: LocalAgent, tiny_run: TinyRun) -> None:
    """Cancel ends the run with a bundle that says what it lacks, and still verifies."""
    local_agent.submit(tiny_run.spec)
    local_agent.start()
    local_agent.wait_for_events("tiny-1", 40)
    local_agent.runs.cancel("tiny-1")
    assert local_agent.wait_for_end("tiny-1") == "cancelled"
    bundle = local_agent.folder("tiny-1").bundle
    assert b"samples" in (bundle / "manifest.json").read_bytes()
    assert not verify_bundle(bundle).failures


def test_a_run_that_waits_is_cancelled_at_once(local_agent: LocalAgent, tiny_run: TinyRun) -> None:
    """Nobody waits for its turn to see it end, and the daemon seals it like any other."""
    first, second = (
        msgspec.structs.replace(tiny_run.spec, run_id=name) for name in ("first", "second")
    )
    local_agent.submit(first)
    local_agent.submit(second)
    assert local_agent.runs.cancel("second").state == "cancelled"
    assert local_agent.runs.cancel("second").state == "cancelled"
    local_agent.start()
    assert local_agent.wait_for_end("first") == "finished"
    assert [event.body for event in local_agent.events("second")] == [
        StateChanged(state="queued"),
        StateChanged(state="cancelled", reason="cancelled by the user"),
    ]
    assert local_agent.wait_for_end("second") == "cancelled"


def test_a_cancelled_run_submitted_again_goes_on(
    local_agent: LocalAgent, tiny_run: TinyRun
) -> None:
    """The same spec again takes up a run that had ended early, without doing work twice."""
    local_agent.submit(tiny_run.spec)
    local_agent.start()
    local_agent.wait_for_events("tiny-1", 40)
    local_agent.runs.cancel("tiny-1")
    assert local_agent.wait_for_end("tiny-1") == "cancelled"
    assert local_agent.submit(tiny_run.spec).state == "queued"
    assert local_agent.wait_for_end("tiny-1") == "finished"
    assert len(predictions(local_agent.events("tiny-1"))) == planned(tiny_run.spec)


def test_a_second_daemon_is_refused(local_agent: LocalAgent, tiny_run: TinyRun) -> None:
    """One state folder has one daemon; the second says which process serves it."""
    local_agent.submit(tiny_run.spec)
    local_agent.start()
    local_agent.wait_for_events("tiny-1", 3)
    assert local_agent.process is not None
    second = subprocess.run(
        [sys.executable, "-m", "device_agent.cli", "serve", "--state", str(local_agent.state)],
        capture_output=True,
        check=False,
    )
    assert second.returncode == 1
    assert f"process {local_agent.process.pid}".encode() in second.stderr
    assert b"Traceback" not in second.stderr


def test_submitting_twice_is_one_run(local_agent: LocalAgent, tiny_run: TinyRun) -> None:
    """The same spec again changes nothing."""
    local_agent.submit(tiny_run.spec)
    assert local_agent.submit(tiny_run.spec).seq == 1
    assert len(local_agent.runs.all()) == 1


def test_another_spec_under_the_same_id_is_refused(
    local_agent: LocalAgent, tiny_run: TinyRun
) -> None:
    """A run's spec never changes once it is there."""
    from device_agent.contract import codec

    local_agent.submit(tiny_run.spec)
    changed = codec.encode(tiny_run.spec).replace(b'"margin":0.02', b'"margin":0.03')
    with pytest.raises(RunError, match="another spec"):
        local_agent.runs.submit(changed)


def test_a_run_without_its_blobs_is_refused_before_it_starts(
    local_agent: LocalAgent, tiny_run: TinyRun
) -> None:
    """What the device lacks is told at submission, not in the middle of the run."""
    from pathlib import Path

    Path(local_agent.layout.blob(tiny_run.spec.datasets[0].inputs)).unlink()
    with pytest.raises(DeviceError, match="1 blobs of run tiny-1 are not on the device"):
        local_agent.submit(tiny_run.spec)
    assert local_agent.runs.all() == []


def test_a_malformed_spec_is_refused(local_agent: LocalAgent) -> None:
    """What is no run spec is told as such."""
    with pytest.raises(ContractError, match="run spec"):
        local_agent.runs.submit(b"{}")


def test_a_damaged_blob_ends_the_run_with_its_reason(
    local_agent: LocalAgent, tiny_run: TinyRun
) -> None:
    """A byte that flipped on the device's disk fails the run, names the artifact, and heals."""
    from pathlib import Path

    digest = next(iter(tiny_run.spec.variants[0].artifacts.values()))
    manifest = local_agent.runs._store.manifest(digest)
    model = next(entry for entry in manifest.files if entry.path == "model.onnx")
    blob = Path(local_agent.layout.blob(model.digest))
    data = bytearray(blob.read_bytes())
    data[len(data) // 2] ^= 1
    blob.write_bytes(data)
    local_agent.submit(tiny_run.spec)
    local_agent.start()
    assert local_agent.wait_for_end("tiny-1") == "failed"
    reason = local_agent.runs.status(local_agent.folder("tiny-1")).reason or ""
    assert "model.onnx" in reason
    assert "damaged" in reason
    assert not blob.exists()
