"""Sustained work: every stretch there, in order, over the same queries of all variants."""

from __future__ import annotations

from collections.abc import Iterator

from device_agent.contract.bundle import JOURNAL_NAME
from device_agent.contract.upkeep import StretchDone
from device_agent.measure.stretches import Stretches
from host.analysis.bundle import Bundle
from host.analysis.evidence.checks.timing import MAX_QUERY_NS
from host.analysis.seal.failure import RUN_AGAIN, Failure

MAX_STRETCH_NS = 100 * MAX_QUERY_NS


def check_sustained(bundle: Bundle) -> Iterator[Failure]:
    """Find stretches that are missing, unplanned, out of order, or of other queries."""
    plan = bundle.spec.performance if "performance" in bundle.spec.modes else None
    found = list(bundle.entries(StretchDone))
    if plan is None or plan.sustained_s is None:
        for seq, _ in found[:1]:
            yield _failure("has sustained work, and the spec plans none", seq)
        return
    stretches = Stretches.of(plan.sustained_s)
    yield from _order(found, stretches.count)
    if bundle.finished and (not found or found[-1][1].stretch != stretches.count - 1):
        done = found[-1][1].stretch + 1 if found else 0
        yield _failure(f"has {done} of {stretches.count} stretches of sustained work")
    names = [variant.name for variant in bundle.compared]
    planned = {(d.task, d.language) for d in bundle.spec.datasets if d.queries}
    same = {(one.task, one.languages, one.sample_ids) for _, one in found}
    if len(same) > 1:
        yield _failure("runs other queries in one stretch of sustained work than in another")
    for seq, one in found:
        for message in _contents(one, names, stretches.length_s):
            yield _failure(f"stretch {one.stretch} {message}", seq)
        if not {(one.task, language) for language in one.languages} <= planned:
            yield _failure(f"stretch {one.stretch} has queries beyond the spec", seq)


def _order(found: list[tuple[int, StretchDone]], count: int) -> Iterator[Failure]:
    """Each attempt begins at 0; nothing follows the last stretch of one."""
    attempt, stretch = -1, count - 1
    for seq, one in found:
        goes_on = (one.attempt, one.stretch) == (attempt, stretch + 1)
        begins = one.attempt > attempt and one.stretch == 0
        if one.stretch >= count or not (goes_on or begins):
            yield _failure(f"has stretch {one.stretch} of attempt {one.attempt} out of order", seq)
            return
        attempt, stretch = one.attempt, one.stretch


def _contents(one: StretchDone, names: list[str], length_s: float) -> Iterator[str]:
    if [times.variant for times in one.variants] != names:
        yield f"ran {', '.join(t.variant for t in one.variants)}, expected {', '.join(names)}"
    lists = {len(one.languages), *(len(times.median_ns) for times in one.variants)}
    if lists != {len(one.sample_ids)} or not one.sample_ids:
        yield "has lists of unlike lengths"
    times_ns = [time for times in one.variants for time in times.median_ns]
    if not all(0 < time <= MAX_QUERY_NS for time in times_ns):
        yield "has an impossible time"
    if not length_s * 1e9 <= one.took_ns <= MAX_STRETCH_NS:
        yield f"took {one.took_ns} ns, expected at least {length_s:g} s"
    if len({times.runs for times in one.variants}) != 1 or one.variants[0].runs < 1:
        yield "ran its queries unequally often"


def _failure(message: str, seq: int | None = None) -> Failure:
    return Failure(JOURNAL_NAME, message, RUN_AGAIN, seq=seq)
