"""What performance mode does beside its rounds is replayed: a change of it is found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from device_agent.contract.events import RoundDone
from device_agent.contract.upkeep import (
    MemoryPlanned,
    NullTimed,
    OnOffPair,
    Reference,
    StretchDone,
    StretchTimes,
    WarmUp,
)
from host.analysis.bundle import load_bundle
from tests.host.analysis.evidence.checks.measured import PLAN, MeasuredRun, make_measured
from tests.host.analysis.evidence.forging import (
    Change,
    again,
    body,
    changed,
    forge,
    forge_spec,
    found,
    without,
    without_all,
)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; tests change copies."""
    return make_measured(tmp_path_factory.mktemp("measured"))


@pytest.fixture
def folder(measured: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(measured, tmp_path / "bundle"))


def test_what_the_agent_made_verifies(folder: Path) -> None:
    """Warm-ups, overhead, reference, memory and stretches are as the plan has them."""
    assert found(folder) == []


def warm_up(**changes: Any) -> Change:
    """Change the first warm-up of the first round."""

    def change(done: RoundDone) -> RoundDone:
        first, *others = done.warmups
        new = {name: v(first) if callable(v) else v for name, v in changes.items()}
        return msgspec.structs.replace(
            done, warmups=(msgspec.structs.replace(first, **new), *others)
        )

    return changed(RoundDone, change)


def stretch(change: Callable[[StretchTimes], StretchTimes], number: int = 0) -> Change:
    """Change what one stretch says of its first variant."""
    return changed(
        StretchDone,
        lambda one: msgspec.structs.replace(
            one, variants=(change(one.variants[0]), *one.variants[1:])
        ),
        number,
    )


def fewer(one: WarmUp) -> tuple[int, ...]:
    return one.times_ns[:-1]


def paused(done: RoundDone) -> RoundDone:
    block, *others = done.blocks
    slow = msgspec.structs.replace(block, infer_ns=(9_000_000_000, *block.infer_ns[1:]))
    return msgspec.structs.replace(done, blocks=(slow, *others))


def untold(done: RoundDone) -> RoundDone:
    return msgspec.structs.replace(
        done, conditions=msgspec.structs.replace(done.conditions, paused_s=None)
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without(Reference), "has no reference for the rounds' conditions before the first"),
        (again(Reference), "has 2 references for the rounds' conditions, the spec plans 1"),
        (body(Reference, clock_source="hpet"), "clock source changed from hpet"),
        (body(MemoryPlanned, together=False), "are open apart in"),
        (without(NullTimed), "has the null engine timed after, expected before and after"),
        (without_all(NullTimed), "timed not at all, expected before and after"),
        (body(NullTimed, excess_ns=(5, 6)), "has 2 queries of the null engine, the spec plans"),
        (body(NullTimed, excess_ns=(-1,) * 700), "an impossible time of the null engine"),
        (without(OnOffPair), "has 1 on/off pairs, the spec plans 2"),
        (body(OnOffPair, first="alone"), "has the on/off pair 0 with alone first, expected 0"),
        (body(OnOffPair, alone_ns=(1, 2)), "on/off pair 0 has other queries than planned"),
        (body(OnOffPair, alone_ns=(0,) * 6), "on/off pair 0 has an impossible time"),
        (body(OnOffPair, languages=("fr",) * 6), "has queries of tatoeba beyond the spec"),
        (body(RoundDone, warmups=()), "round 0 has 0 warm-ups of 3 turns"),
        (warm_up(times_ns=fewer), "round 0 has an impossible warm-up of"),
        (
            warm_up(times_ns=fewer, queries=lambda one: one.queries - 1),
            "otherwise than by the rule",
        ),
        (warm_up(steady=lambda one: not one.steady), "by its times it is not so"),
        (warm_up(inputs=0), "has an impossible warm-up"),
        (changed(RoundDone, paused), "by its times there was one of 8."),
        (changed(RoundDone, untold), "round 0 does not tell how long its queries stood still"),
        (without(StretchDone, -1), "has 1 of 2 stretches of sustained work"),
        (without(StretchDone), "has stretch 1 of attempt 0 out of order"),
        (again(StretchDone), "has stretch 0 of attempt 0 out of order"),
        (body(StretchDone, took_ns=5), "stretch 0 took 5 ns, expected at least 1 s"),
        (body(StretchDone, sample_ids=("x",) * 6), "runs other queries in one stretch"),
        (body(StretchDone, languages=("fr",) * 6), "stretch 0 has queries beyond the spec"),
        (
            stretch(lambda one: msgspec.structs.replace(one, runs=one.runs + 1)),
            "ran its queries unequally often",
        ),
        (
            stretch(lambda one: msgspec.structs.replace(one, median_ns=(0,) * 6)),
            "stretch 0 has an impossible time",
        ),
        (
            stretch(lambda one: msgspec.structs.replace(one, median_ns=(7,))),
            "stretch 0 has lists of unlike lengths",
        ),
        (
            stretch(lambda one: msgspec.structs.replace(one, variant="c")),
            "stretch 0 ran c, b, expected a, b",
        ),
    ],
)
def test_a_change_is_found(folder: Path, change: Change, message: str) -> None:
    """Who has the key must still make everything up consistently."""
    texts = found(forge(folder, change))
    assert any(message in text for text in texts), texts


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steady_queries": 0}, "looks for a steady state, which the spec does not plan"),
        ({"hold_conditions": False}, "has 1 references for the rounds' conditions, the spec"),
        ({"null_queries": 0}, "timed before and after, expected not at all"),
        ({"on_off_pairs": 0}, "has 2 on/off pairs, the spec plans 0"),
        ({"sustained_s": None}, "has sustained work, and the spec plans none"),
        ({"sustained_s": 180}, "has 2 of 3 stretches of sustained work"),
    ],
    ids=str,
)
def test_what_the_spec_does_not_plan_is_found(
    folder: Path, changes: dict[str, Any], message: str
) -> None:
    """The journal does what the spec says, no more and no less."""
    texts = found(forge_spec(folder, performance=msgspec.structs.replace(PLAN, **changes)))
    assert any(message in text for text in texts), texts


def test_a_run_without_performance_mode_has_none_of_it(folder: Path) -> None:
    """Each kind is told."""
    texts = found(forge_spec(folder, modes=("accuracy",), performance=None))
    assert sum("event of performance mode, which the spec lacks" in text for text in texts) >= 4


def test_a_cancelled_run_says_what_is_left_of_sustained_work(tmp_path: Path) -> None:
    """What was done verifies, and what was planned and not done is named."""
    run = MeasuredRun(tmp_path, "performance")

    def cancel() -> None:
        if any(isinstance(event.body, StretchDone) for event in run.events()):
            run.folder.cancel_flag.touch()

    run.execute(cancel)
    assert run.state == "cancelled"
    bundle = load_bundle(run.folder.bundle)
    assert "1 of 2 stretches of sustained work" in bundle.manifest.missing
    assert found(run.folder.bundle) == []
