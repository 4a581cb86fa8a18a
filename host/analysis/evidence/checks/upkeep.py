"""What performance mode does beside its rounds: all of it there, once, and as the plan has it.

Warm-ups end again where the agent's own rule ends them, and pauses are looked for again.
"""

from __future__ import annotations

from collections.abc import Iterator

from device_agent.contract.bundle import JOURNAL_NAME
from device_agent.contract.events import Block, RoundDone
from device_agent.contract.runspec import Performance
from device_agent.contract.upkeep import MemoryPlanned, NullTimed, OnOffPair, Reference, WarmUp
from device_agent.measure.pauses import longest_pause_s
from device_agent.measure.steady import INPUTS, ends_after, is_steady
from device_agent.measure.stretches import QUERIES
from host.analysis.bundle import Bundle
from host.analysis.evidence.checks.timing import MAX_QUERY_NS
from host.analysis.seal.failure import RUN_AGAIN, Failure

_KINDS = (Reference, MemoryPlanned, NullTimed, OnOffPair)


def check_upkeep(bundle: Bundle) -> Iterator[Failure]:
    """Find what is missing, doubled, impossible, or ended otherwise than by the agent's rules."""
    plan = bundle.spec.performance if "performance" in bundle.spec.modes else None
    if plan is None:
        for kind in _KINDS:
            for seq, _ in bundle.entries(kind):
                yield _failure("has an event of performance mode, which the spec lacks", seq)
        return
    yield from _reference(bundle, plan)
    yield from _memory(bundle)
    yield from _null(bundle, plan)
    yield from _pairs(bundle, plan)
    for seq, done in bundle.entries(RoundDone):
        for message in (*_warm_ups(done, plan), *_pause(done, plan)):
            yield _failure(f"round {done.round} {message}", seq)


def _reference(bundle: Bundle, plan: Performance) -> Iterator[Failure]:
    found = [seq for seq, _ in bundle.entries(Reference)]
    rounds = [seq for seq, _ in bundle.entries(RoundDone)]
    wanted = plan.hold_conditions and bool(rounds)
    if len(found) > int(plan.hold_conditions):
        message = f"has {len(found)} references for the rounds' conditions"
        yield _failure(f"{message}, the spec plans {int(plan.hold_conditions)}", found[-1])
    elif wanted and (not found or found[0] > rounds[0]):
        yield _failure("has no reference for the rounds' conditions before the first of them")


def _memory(bundle: Bundle) -> Iterator[Failure]:
    for seq, one in bundle.entries(MemoryPlanned):
        fits = one.sessions_bytes <= one.budget_bytes
        if one.together != fits or one.sessions_bytes < 0:
            yield _failure(
                f"says that sessions of {one.sessions_bytes} bytes are open "
                f"{'together' if one.together else 'apart'} in {one.budget_bytes} bytes",
                seq,
            )


def _null(bundle: Bundle, plan: Performance) -> Iterator[Failure]:
    found = list(bundle.entries(NullTimed))
    phases = [one.phase for _, one in found]
    wanted = ["before", "after"] if plan.null_queries else []
    # What has not ended may lack the second one.
    if phases != wanted and (bundle.finished or phases != wanted[: len(phases)]):
        yield _failure(
            f"has the null engine timed {' and '.join(phases) or 'not at all'}, "
            f"expected {' and '.join(wanted) or 'not at all'}"
        )
    for seq, one in found:
        if len(one.excess_ns) != plan.null_queries:
            message = f"has {len(one.excess_ns)} queries of the null engine"
            yield _failure(f"{message}, the spec plans {plan.null_queries}", seq)
        if not all(0 <= excess <= MAX_QUERY_NS for excess in one.excess_ns) or one.delay_ns <= 0:
            yield _failure("has an impossible time of the null engine", seq)


def _pairs(bundle: Bundle, plan: Performance) -> Iterator[Failure]:
    found = list(bundle.entries(OnOffPair))
    wanted = plan.on_off_pairs
    if len(found) > wanted or (bundle.finished and len(found) < wanted):
        yield _failure(f"has {len(found)} on/off pairs, the spec plans {wanted}")
    planned = {(d.task, d.language) for d in bundle.spec.datasets if d.queries}
    for number, (seq, one) in enumerate(found):
        first = "watched" if number % 2 == 0 else "alone"
        if (one.pair, one.first) != (number, first):
            message = f"has the on/off pair {one.pair} with {one.first} first"
            yield _failure(f"{message}, expected {number} with {first} first", seq)
        lists = (one.languages, one.sample_ids, one.watched_ns, one.alone_ns)
        if {len(values) for values in lists} != {min(plan.queries, QUERIES)}:
            yield _failure(f"on/off pair {one.pair} has other queries than planned", seq)
        elif not all(0 < time <= MAX_QUERY_NS for time in (*one.watched_ns, *one.alone_ns)):
            yield _failure(f"on/off pair {one.pair} has an impossible time", seq)
        elif not {(one.task, language) for language in one.languages} <= planned:
            yield _failure(f"on/off pair {one.pair} has queries of {one.task} beyond the spec", seq)
        if not 0 <= one.took_ns <= MAX_QUERY_NS:
            yield _failure(f"on/off pair {one.pair} took an impossible time", seq)


def _warm_ups(done: RoundDone, plan: Performance) -> Iterator[str]:
    if not plan.steady_queries:
        if done.warmups:
            yield "looks for a steady state, which the spec does not plan"
        return
    found = sorted((one.variant, one.task) for one in done.warmups)
    turns = sorted({(block.variant, task) for block in done.blocks for task in block.tasks})
    if found != turns:
        yield f"has {len(found)} warm-ups of {len(turns)} turns"
    for one in done.warmups:
        if not _is_possible(one, plan):
            yield f"has an impossible warm-up of {one.variant} for {one.task}"
        elif ends_after(
            one.times_ns, one.inputs, more=plan.steady_queries, more_s=plan.steady_s
        ) != len(one.times_ns):
            yield f"ends the warm-up of {one.variant} for {one.task} otherwise than by the rule"
        elif one.steady != is_steady(one.times_ns, one.inputs):
            said = "steady" if one.steady else "not steady"
            yield f"calls {one.variant} for {one.task} {said}, by its times it is not so"


def _is_possible(one: WarmUp, plan: Performance) -> bool:
    # Offline, a batch takes several queries, and all may fit into one.
    batches = -(-plan.warmup_queries // plan.batch_size)
    return (
        1 <= one.inputs <= INPUTS
        and len(one.times_ns) <= plan.steady_queries
        and all(0 < time <= MAX_QUERY_NS for time in one.times_ns)
        and one.queries == batches + len(one.times_ns)
    )


def _pause(done: RoundDone, plan: Performance) -> Iterator[str]:
    told = done.conditions.paused_s
    if told is None:
        if plan.hold_conditions:
            yield "does not tell how long its queries stood still"
        return
    if not all(_is_parallel(block) for block in done.blocks):
        return  # What is wrong with the round's blocks is told where they are checked.
    seen = longest_pause_s(done.blocks)
    if told < seen:
        yield f"tells of a pause of {told:.3f} s, by its times there was one of {seen:.3f} s"


def _is_parallel(block: Block) -> bool:
    lists = (block.tasks, block.tokens, block.tokenise_ns, block.infer_ns, block.decode_ns)
    return len({len(values) for values in lists}) == 1


def _failure(message: str, seq: int | None = None) -> Failure:
    return Failure(JOURNAL_NAME, message, RUN_AGAIN, seq=seq)
