"""When performance mode ends: by count, by time, by verdict, by budget."""

from __future__ import annotations

import numpy as np
import pytest

from device_agent.contract.events import Block, Conditions, RoundDone
from device_agent.contract.runspec import (
    Dataset,
    Performance,
    RunSpec,
    RuntimeOptions,
    Seeds,
    Variant,
)
from device_agent.digest import digest_bytes
from device_agent.measure.enough import Enough

CALM = Conditions(
    foreign_cpu_share=None,
    frequency_ratio=None,
    temperature_celsius=None,
    throttled=None,
    memory_pressure=None,
    swapped_pages=None,
)
QUERIES = 24
SLOWNESS = {"a": 1.0, "b": 1.0, "a--control": 1.0}


def plan(**changes: object) -> Performance:
    """Return a plan of 20 rounds with some fields changed."""
    fields = {"rounds": 20, "attempts": 60, "queries": QUERIES, "warmup_queries": 0}
    return Performance(**{**fields, **changes})  # type: ignore[arg-type]


def spec(performance: Performance) -> RunSpec:
    """Return the spec of two variants and a control."""
    digest = digest_bytes(b"x")

    def variant(name: str, control_of: str | None = None) -> Variant:
        return Variant(
            name=name,
            regime=None,
            recipe="fp32",
            artifacts={"xnli": digest},
            control_of=control_of,
        )

    return RunSpec(
        run_id="r",
        study="s",
        study_digest=digest,
        baseline="a",
        margin=0.02,
        modes=("performance",),
        variants=(variant("a"), variant("b"), variant("a--control", "a")),
        datasets=(
            Dataset(
                task="xnli",
                language="en",
                split="test",
                inputs=digest,
                gold=None,
                samples=QUERIES,
                queries=QUERIES,
                available=QUERIES,
                seed=None,
            ),
        ),
        performance=performance,
        runtime=RuntimeOptions(threads=1),
        seeds=Seeds(queries=0, order=0),
    )


def played(
    number: int, *, slower: float = 1.0, noise: float = 0.02, valid: bool = True
) -> RoundDone:
    """Return a round of 24 queries of about 10 ms; `b` takes `slower` times as long."""
    random = np.random.default_rng(number)
    blocks = []
    for place, name in enumerate(SLOWNESS):
        factor = slower if name == "b" else 1.0
        times = 10e6 * factor * np.exp(random.normal(scale=noise, size=QUERIES))
        blocks.append(
            Block(
                variant=name,
                position=place,
                tasks=("xnli",) * QUERIES,
                languages=("en",) * QUERIES,
                sample_ids=tuple(str(row) for row in range(QUERIES)),
                tokens=(8,) * QUERIES,
                tokenise_ns=(0,) * QUERIES,
                infer_ns=tuple(int(time) for time in times),
                decode_ns=(0,) * QUERIES,
            )
        )
    reasons = () if valid else ("the clock was at 50% of its maximum",)
    return RoundDone(round=number, invalid=reasons, conditions=CALM, blocks=tuple(blocks))


def rounds_taken(performance: Performance, **of_rounds: float) -> int:
    """Return how many rounds are run before it is enough."""
    enough = Enough(spec(performance), performance)
    while not enough.reached:
        enough.add(played(enough.tried, **of_rounds))
    return enough.tried


def test_a_plain_plan_wants_its_number_of_valid_rounds() -> None:
    """Invalid rounds do not count."""
    enough = Enough(spec(plan(rounds=3)), plan(rounds=3))
    for number, valid in enumerate([True, False, True]):
        enough.add(played(number, valid=valid))
    assert not enough.reached
    enough.add(played(3))
    assert enough.reached
    assert (enough.tried, enough.valid) == (4, 3)


def test_a_least_time_adds_rounds() -> None:
    """A round takes about 0.72 s, so 3 s need five of them."""
    assert rounds_taken(plan(rounds=2, minimum_s=3)) == 5


@pytest.mark.parametrize("slower", [1.0, 1.2, 0.8])
def test_a_verdict_ends_it(slower: float) -> None:
    """Equal or clearly different: far fewer rounds than the most that are allowed."""
    taken = rounds_taken(plan(rounds=500, until_decided=True), slower=slower)
    assert 5 <= taken <= 20


def test_noise_takes_longer_than_calm() -> None:
    """What is less clear is looked at longer."""
    decided = plan(rounds=500, until_decided=True)
    assert rounds_taken(decided, noise=0.2) > rounds_taken(decided, noise=0.02)


def test_a_budget_ends_what_is_undecided() -> None:
    """Differences at the margin are not decided; 15 s of queries are 21 rounds."""
    budget = plan(rounds=500, until_decided=True, budget_s=15)
    assert rounds_taken(budget, slower=1.02, noise=0.3) == 21


def test_the_most_rounds_end_it_too() -> None:
    """Without a budget the plan's own number is the last resort."""
    assert rounds_taken(plan(rounds=30, until_decided=True), slower=1.02, noise=0.3) == 30


def test_a_resumed_run_goes_on_where_it_was() -> None:
    """What was decided before a restart is decided after it."""
    performance = plan(rounds=500, until_decided=True)
    taken = rounds_taken(performance)
    before = [played(number) for number in range(taken)]
    assert not Enough(spec(performance), performance, before[:-1]).reached
    assert Enough(spec(performance), performance, before).reached


def test_a_budget_without_until_decided_is_refused() -> None:
    """Nothing would use it."""
    with pytest.raises(ValueError, match="goes with until_decided"):
        plan(budget_s=10)
