"""What a run's events add up to while it goes on: done, rate, time left, live accuracy, latency."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass

from device_agent.contract.events import (
    Event,
    Ranked,
    Resumed,
    RoundDone,
    SampleDone,
    StateChanged,
)
from device_agent.contract.runspec import RunSpec

# MLPerf's early-stopping bound: fewer queries cannot support a p90 at 99 % confidence.
_QUERIES_FOR_P90 = 64
_WINDOW = 2_000


@dataclass(frozen=True)
class Snapshot:
    """The run at one moment.

    Attributes:
        phase: "waiting", "accuracy", "performance" or the end state.
        language_done, language_total: Samples of that variant, task and language; a pool that
            retrieval looks among counts, because embedding it is work too.
        is_pool: None of them is scored: retrieval only looks among them.
        done, total: Samples of the whole accuracy mode, pools included.
        left_s: Estimated seconds to the end of the run; None before there is a rate.
        credit_percent: Mean credit of the current variant, task and language so far, or None.
        p50_ms, p90_ms: Latency of the latest of the same samples; None below what the data
            supports.
    """

    phase: str
    variant: str | None
    task: str | None
    language: str | None
    language_done: int
    language_total: int
    is_pool: bool
    done: int
    total: int
    rounds_valid: int
    rounds_wanted: int
    rounds_invalid: int
    rounds_at_most: int
    left_s: float | None
    credit_percent: float | None
    p50_ms: float | None
    p90_ms: float | None


class Progress:
    """Folds events into snapshots; knows nothing of terminals, so it can be tested as data."""

    def __init__(self, spec: RunSpec) -> None:
        self._sizes = {(d.task, d.language): d.samples for d in spec.datasets}
        self._pools = {(d.task, d.language) for d in spec.datasets if not d.queries}
        real = [v for v in spec.variants if v.control_of is None]
        self._total = sum(self._sizes.values()) * len(real) if "accuracy" in spec.modes else 0
        plan = spec.performance if "performance" in spec.modes else None
        self._rounds_wanted = plan.rounds if plan else 0
        self._rounds_at_most = plan.attempts if plan else 0
        self._queries_per_round = plan.queries * len(spec.variants) if plan else 0
        self._phase = "waiting"
        self._current: tuple[str, str, str] | None = None
        self._done_of: Counter[tuple[str, str, str]] = Counter()
        self._credits: list[float] = []
        # Bounded: a pool may hold a million samples, and every snapshot sorts what is here.
        self._latencies_ns: deque[int] = deque(maxlen=_WINDOW)
        self._valid = 0
        self._invalid = 0
        self._work: deque[tuple[int, int]] = deque(maxlen=_WINDOW)
        self._rounds: deque[tuple[int, bool]] = deque(maxlen=_WINDOW)
        self._boot = ""

    def add(self, event: Event) -> None:
        """Take in the next event."""
        body = event.body
        if event.boot_id != self._boot:
            # Monotonic times of another boot compare with nothing.
            self._boot = event.boot_id
            self._forget_pace()
        if isinstance(body, StateChanged):
            self._phase = {"queued": "waiting", "running": "accuracy"}.get(body.state, body.state)
        elif isinstance(body, Resumed):
            self._forget_pace()
        elif isinstance(body, SampleDone):
            self._sample(body, event.monotonic_ns)
        elif isinstance(body, RoundDone):
            self._phase = "performance"
            self._valid += not body.invalid
            self._invalid += bool(body.invalid)
            self._rounds.append((event.monotonic_ns, not body.invalid))
        elif isinstance(body, Ranked):
            # Languages that share a pool are ranked once the last of them is embedded.
            self._turn_to((body.variant, body.task, body.language))
            self._credits = list(body.credits.values())

    def _sample(self, body: SampleDone, now_ns: int) -> None:
        self._phase = "accuracy"
        current = (body.variant, body.task, body.language)
        self._turn_to(current)
        self._done_of[current] += 1
        if body.credit is not None:
            self._credits.append(body.credit)
        timing = body.timing
        self._latencies_ns.append(timing.tokenise_ns + timing.infer_ns + timing.decode_ns)
        self._work.append((now_ns, 1))

    def _turn_to(self, current: tuple[str, str, str]) -> None:
        if current != self._current:
            self._current = current
            self._credits = []
            self._latencies_ns.clear()

    def snapshot(self) -> Snapshot:
        """Return where the run is now."""
        variant, task, language = self._current or (None, None, None)
        ordered = sorted(self._latencies_ns)
        return Snapshot(
            phase=self._phase,
            variant=variant,
            task=task,
            language=language,
            language_done=self._done_of[self._current] if self._current else 0,
            language_total=self._sizes.get((task or "", language or ""), 0),
            is_pool=(task, language) in self._pools,
            done=self._done_of.total(),
            total=self._total,
            rounds_valid=self._valid,
            rounds_wanted=self._rounds_wanted,
            rounds_at_most=self._rounds_at_most,
            rounds_invalid=self._invalid,
            left_s=self._left_s(),
            credit_percent=(
                100 * sum(self._credits) / len(self._credits) if self._credits else None
            ),
            p50_ms=ordered[len(ordered) // 2] / 1e6 if ordered else None,
            p90_ms=(
                ordered[int(len(ordered) * 0.9)] / 1e6 if len(ordered) >= _QUERIES_FOR_P90 else None
            ),
        )

    def _forget_pace(self) -> None:
        self._work.clear()
        self._rounds.clear()

    def _left_s(self) -> float | None:
        """Estimate from the recent past: in queries before the first round, then in rounds.

        Rounds that do not count take time too, so it is rounds that count over time.
        """
        rounds_left = max(self._rounds_wanted - self._valid, 0)
        if self._phase == "performance":
            return _pace_s(self._rounds, rounds_left)
        units_left = (
            max(self._total - self._done_of.total(), 0) + rounds_left * self._queries_per_round
        )
        return _pace_s(self._work, units_left)


def _pace_s(done: Sequence[tuple[int, int]], left: int) -> float | None:
    """Return the seconds that so many units take at the pace of those that are done."""
    if len(done) < 2:
        return None
    elapsed_ns = done[-1][0] - done[0][0]
    units = sum(units for _, units in list(done)[1:])
    if elapsed_ns <= 0 or units == 0:
        return None
    return left * elapsed_ns / units / 1e9
