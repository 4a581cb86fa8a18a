"""Performance mode: what it draws from."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby, pairwise
from pathlib import Path, PurePosixPath

import msgspec
import pytest

from device_agent.contract.errors import RunError
from device_agent.contract.events import RoundDone
from device_agent.contract.runspec import Performance
from device_agent.contract.samples import Sample
from device_agent.journal import Journal
from device_agent.layout import Layout
from device_agent.runtimes.null import NullSession
from device_agent.service.interrupt import Interrupt
from device_agent.service.performance import PerformanceMode
from device_agent.service.sessions import Sessions
from device_agent.store import Store
from device_agent.tasks.protocol import Outputs, Row
from device_agent.telemetry.sampler import Sampler
from tests.device_agent.service.retrieval_runs import bitext, sentence, write_run

SINGLE_STREAM = Performance(rounds=1, attempts=1, queries=12, warmup_queries=1)
OFFLINE = msgspec.structs.replace(SINGLE_STREAM, scenario="offline", batch_size=8)


def one_round(
    state: Path,
    datasets: Mapping[str, Sequence[Sample]],
    plan: Performance = SINGLE_STREAM,
) -> RoundDone:
    """Run one round of twelve queries with the null runtime and return it, valid or not."""
    spec = write_run(state, datasets, runtime="null")
    spec = msgspec.structs.replace(spec, modes=("performance",), performance=plan)
    store = Store(Layout(PurePosixPath(state)))
    with Journal(state / "journal", writable=True) as journal:
        PerformanceMode(
            spec,
            plan,
            store=store,
            journal=journal,
            sessions=Sessions(store, journal, spec.runtime),
            sampler=Sampler(Path("/")),
            interrupt=Interrupt(state / "cancel", threading.Event()),
        ).run()
        (done,) = [e.body for e in journal.all_events() if isinstance(e.body, RoundDone)]
    return done


def test_a_pool_without_queries_takes_no_turn(tmp_path: Path) -> None:
    """Languages take turns evenly; candidates that belong to none of them are not timed."""
    pool = [sentence(f"mul-{row}", "w1") for row in range(50)]
    done = one_round(tmp_path, {"de": bitext("de", 3, 4), "mul": pool, "fi": bitext("fi", 2, 5)})
    (block,) = done.blocks
    assert sorted(block.languages) == ["de"] * 6 + ["fi"] * 6


def test_pools_alone_are_nothing_to_run(tmp_path: Path) -> None:
    """Performance mode says so, rather than time what answers no question."""
    with pytest.raises(RunError, match="none of its 1 datasets has a query"):
        one_round(tmp_path, {"mul": [sentence("mul-0", "w1")]})


def test_offline_keeps_the_order_of_the_draw(tmp_path: Path) -> None:
    """Batches are sorted by length, what is journalled is not: scenarios draw the same queries."""
    datasets = {"de": bitext("de", 5, 4), "fi": bitext("fi", 4, 5)}
    batched = one_round(tmp_path / "offline", datasets, OFFLINE).blocks[0]
    single = one_round(tmp_path / "single", datasets).blocks[0]
    assert batched.sample_ids == single.sample_ids
    assert batched.tokens == single.tokens
    assert min(batched.infer_ns) > 0


def test_the_queries_of_a_batch_share_its_time(tmp_path: Path) -> None:
    """Twelve queries in batches of eight have two times, but for a nanosecond."""
    (block,) = one_round(tmp_path, {"de": bitext("de", 12, 4)}, OFFLINE).blocks
    times = sorted(block.infer_ns)
    assert len({time // 2 for time in times}) <= 4
    assert sum(abs(a - b) <= 1 for a, b in pairwise(times)) >= 10


@pytest.mark.parametrize("plan", [SINGLE_STREAM, OFFLINE], ids=["single-stream", "offline"])
def test_nothing_of_ours_runs_while_queries_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plan: Performance
) -> None:
    """Neither the journal nor a sensor nor the garbage collector is at work between two rows."""
    inside: list[bool] = []
    ours: list[str] = []
    run = NullSession.run

    def watched(session: NullSession, row: Row) -> Outputs:
        inside.append(gc.isenabled())
        ours.append("row")
        return run(session, row)

    def noted(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            ours.append(name)
            return real(*given, **named)

        return call

    monkeypatch.setattr(NullSession, "run", watched)
    monkeypatch.setattr(Journal, "append", noted("journal", Journal.append))
    monkeypatch.setattr(Sampler, "snapshot", noted("sensors", Sampler.snapshot))
    one_round(tmp_path, {"de": bitext("de", 12, 4)}, plan)
    timed = [name for name, _ in groupby(ours)]
    assert inside[-12:] == [False] * 12
    assert timed[-3:] == ["row", "sensors", "journal"]
    assert timed.count("row") == 1


def test_a_block_tells_how_long_the_texts_are(tmp_path: Path) -> None:
    """Characters and bytes of each query, so that latency can be told without a tokenizer."""
    (block,) = one_round(tmp_path, {"de": bitext("de", 3, 4)}).blocks
    assert len(block.characters) == len(block.utf8_bytes) == len(block.tokens)
    assert block.characters == block.utf8_bytes
    assert all(
        size >= 2 * tokens for size, tokens in zip(block.characters, block.tokens, strict=True)
    )
