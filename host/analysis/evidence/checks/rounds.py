"""Performance mode's rounds: as many as planned, each judged again by the agent's own gate."""

from __future__ import annotations

from collections.abc import Iterator, Set

from device_agent.contract.bundle import JOURNAL_NAME, MANIFEST_NAME
from device_agent.contract.events import RoundDone, SampleDone
from device_agent.contract.runspec import Performance
from device_agent.contract.upkeep import Reference
from device_agent.measure.enough import Enough
from device_agent.measure.gates import invalid_reasons
from host.analysis.bundle import Bundle
from host.analysis.evidence.checks.blocks import Query, find_wrong_blocks
from host.analysis.seal.failure import RUN_AGAIN, Failure


def check_rounds(bundle: Bundle) -> Iterator[Failure]:
    """Find rounds that are missing, unplanned, not paired, or counted against the gate."""
    rounds = list(bundle.entries(RoundDone))
    plan = bundle.spec.performance if "performance" in bundle.spec.modes else None
    if plan is None:
        for seq, done in rounds[:1]:
            message = f"has round {done.round}, and the spec plans no performance mode"
            yield Failure(JOURNAL_NAME, message, seq=seq)
        return
    known = _known(bundle)
    yield from _numbers(rounds)
    yield from _counts(bundle, plan, [done for _, done in rounds])
    reference = next(bundle.bodies(Reference), None)
    for seq, done in rounds:
        for message in (
            *_gate(done, reference, plan),
            *find_wrong_blocks(done, bundle, plan, known),
        ):
            yield Failure(JOURNAL_NAME, f"round {done.round} {message}", RUN_AGAIN, seq=seq)


def _known(bundle: Bundle) -> Set[Query] | None:
    """Return the samples that rounds can be of: accuracy mode comes first and runs all of them."""
    if "accuracy" not in bundle.spec.modes:
        return None
    return {(s.task, s.language, s.sample_id) for s in bundle.bodies(SampleDone)}


def _numbers(rounds: list[tuple[int, RoundDone]]) -> Iterator[Failure]:
    """A gap is a round that somebody left out."""
    for expected, (seq, done) in enumerate(rounds):
        if done.round != expected:
            message = f"has round {done.round}, expected {expected}"
            yield Failure(JOURNAL_NAME, message, RUN_AGAIN, seq=seq)
            return


def _counts(bundle: Bundle, plan: Performance, rounds: list[RoundDone]) -> Iterator[Failure]:
    """The agent stops once it has rounds enough, or when its attempts are used up."""
    if len(rounds) > plan.attempts:
        message = f"has {len(rounds)} rounds, the spec allows {plan.attempts} attempts"
        yield Failure(JOURNAL_NAME, message, RUN_AGAIN)
    enough = Enough(bundle.spec, plan)
    for done in rounds:
        if enough.reached:
            message = f"goes on after {enough.valid} valid rounds, as many as the spec wants"
            yield Failure(JOURNAL_NAME, message, RUN_AGAIN)
            break
        try:
            enough.add(done)
        except (KeyError, ValueError):
            return  # What is wrong with the round's blocks is told where they are checked.
    valid = sum(not done.invalid for done in rounds)
    if bundle.finished and not enough.reached:
        if len(rounds) < plan.attempts:
            message = (
                f"has {valid} valid rounds of {len(rounds)}, "
                f"expected {plan.rounds} or {plan.attempts} attempts"
            )
            yield Failure(JOURNAL_NAME, message, RUN_AGAIN)
        if not bundle.manifest.missing:
            message = f"says that nothing is missing, found {valid} of {plan.rounds} valid rounds"
            yield Failure(MANIFEST_NAME, message)


def _gate(done: RoundDone, reference: Reference | None, plan: Performance) -> Iterator[str]:
    reasons = invalid_reasons(done.conditions, reference, plan.temperature_band_k)
    if reasons and not done.invalid:
        yield f"counts as valid, by its conditions it does not: {'; '.join(reasons)}"
    if done.invalid and not reasons:
        yield f"does not count ({'; '.join(done.invalid)}), by its conditions it is valid"
