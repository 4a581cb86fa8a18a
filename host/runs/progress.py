"""What a run's events add up to while it goes on: done, rate, time left, live accuracy, latency."""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass

from device_agent.contract.events import (
    Body,
    Event,
    GoldenChecked,
    Ranked,
    Resumed,
    RoundDone,
    SampleDone,
    Scored,
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
        done: Units of work finished: samples, or rounds in performance.
        left_s: Estimated seconds to the end of the run; None before there is a rate.
        accuracy_percent: Mean credit of the current variant, task and language so far, or None.
        p50_ms, p90_ms: Latency of the same samples; None below what the data supports.
    """

    phase: str
    variant: str | None
    task: str | None
    language: str | None
    language_done: int
    language_total: int
    done: int
    total: int
    rounds_valid: int
    rounds_wanted: int
    rounds_invalid: int
    left_s: float | None
    accuracy_percent: float | None
    p50_ms: float | None
    p90_ms: float | None


class Progress:
    """Folds events into snapshots; knows nothing of terminals, so it can be tested as data."""

    def __init__(self, spec: RunSpec) -> None:
        self._sizes = {(d.task, d.language): d.samples for d in spec.datasets}
        real = [v for v in spec.variants if v.control_of is None]
        self._total = sum(self._sizes.values()) * len(real) if "accuracy" in spec.modes else 0
        plan = spec.performance if "performance" in spec.modes else None
        self._rounds_wanted = plan.rounds if plan else 0
        self._queries_per_round = plan.queries * len(spec.variants) if plan else 0
        self._phase = "waiting"
        self._current: tuple[str, str, str] | None = None
        self._language_done = 0
        self._credits: list[float] = []
        self._latencies_ns: list[int] = []
        self._done = 0
        self._valid = 0
        self._invalid = 0
        self._work: deque[tuple[int, int]] = deque(maxlen=_WINDOW)
        self._boot = ""

    def add(self, event: Event) -> None:
        """Take in the next event."""
        body = event.body
        if event.boot_id != self._boot:
            # Monotonic times of another boot compare with nothing.
            self._boot = event.boot_id
            self._work.clear()
        if isinstance(body, StateChanged):
            self._phase = {"queued": "waiting", "running": "accuracy"}.get(body.state, body.state)
        elif isinstance(body, Resumed):
            self._work.clear()
        elif isinstance(body, SampleDone):
            self._sample(body, event.monotonic_ns)
        elif isinstance(body, RoundDone):
            self._phase = "performance"
            self._valid += not body.invalid
            self._invalid += bool(body.invalid)
            self._work.append((event.monotonic_ns, self._queries_per_round))
        elif isinstance(body, Ranked) and body.credits:
            self._credits = list(body.credits.values())

    def _sample(self, body: SampleDone, now_ns: int) -> None:
        self._phase = "accuracy"
        current = (body.variant, body.task, body.language)
        if current != self._current:
            self._current = current
            self._language_done = 0
            self._credits = []
            self._latencies_ns = []
        self._done += 1
        self._language_done += 1
        if body.credit is not None:
            self._credits.append(body.credit)
        timing = body.timing
        self._latencies_ns.append(timing.tokenise_ns + timing.infer_ns + timing.decode_ns)
        self._work.append((now_ns, 1))

    def snapshot(self) -> Snapshot:
        """Return where the run is now."""
        variant, task, language = self._current or (None, None, None)
        ordered = sorted(self._latencies_ns)
        return Snapshot(
            phase=self._phase,
            variant=variant,
            task=task,
            language=language,
            language_done=self._language_done,
            language_total=self._sizes.get((task or "", language or ""), 0),
            done=self._done,
            total=self._total,
            rounds_valid=self._valid,
            rounds_wanted=self._rounds_wanted,
            rounds_invalid=self._invalid,
            left_s=self._left_s(),
            accuracy_percent=(
                100 * sum(self._credits) / len(self._credits) if self._credits else None
            ),
            p50_ms=ordered[len(ordered) // 2] / 1e6 if ordered else None,
            p90_ms=(
                ordered[int(len(ordered) * 0.9)] / 1e6 if len(ordered) >= _QUERIES_FOR_P90 else None
            ),
        )

    def _left_s(self) -> float | None:
        """Estimate from the rate of the recent past, in queries, whichever mode they were of."""
        if len(self._work) < 2:
            return None
        elapsed_ns = self._work[-1][0] - self._work[0][0]
        worked = sum(units for _, units in list(self._work)[1:])
        if elapsed_ns <= 0 or worked == 0:
            return None
        rounds_left = max(self._rounds_wanted - self._valid, 0)
        units_left = max(self._total - self._done, 0) + rounds_left * self._queries_per_round
        return units_left * elapsed_ns / worked / 1e9


class Narrator:
    """Says what people want to read as one line an event; None for the many small ones.

    A task's languages are told together once all have their score, and a reason that makes
    rounds invalid is told once, because the count of such rounds is shown anyhow.
    """

    def __init__(self, spec: RunSpec) -> None:
        self._languages = Counter(d.task for d in spec.datasets)
        self._scores: dict[tuple[str, str], list[Scored]] = {}
        self._reasons: set[str] = set()

    def tell(self, event: Event) -> str | None:
        """Return the line, if there is something to say."""
        body = event.body
        if isinstance(body, Scored):
            return self._score(body)
        if isinstance(body, RoundDone) and body.invalid:
            return self._invalid(body)
        return _narrate(body)

    def _score(self, body: Scored) -> str | None:
        scores = self._scores.setdefault((body.variant, body.task), [])
        scores.append(body)
        if len(scores) < self._languages[body.task]:
            return None
        values = {s.language: s.metrics[s.primary] for s in scores if s.unscored is None}
        unscored = ", ".join(s.language for s in scores if s.unscored is not None)
        parts = [f"{body.variant} {body.task}:"]
        if values:
            best, worst = max(values, key=values.__getitem__), min(values, key=values.__getitem__)
            parts.append(
                f"{body.primary} {sum(values.values()) / len(values):.1f} over {len(values)} "
                f"languages (best {best} {values[best]:.1f}, worst {worst} {values[worst]:.1f})"
            )
        if unscored:
            parts.append(f"unscored: {unscored}")
        return " ".join(parts)

    def _invalid(self, body: RoundDone) -> str | None:
        reason = "; ".join(body.invalid)
        kind = re.sub(r"\d+", "", reason)
        if kind in self._reasons:
            return None
        self._reasons.add(kind)
        return f"round {body.round} does not count and is run again: {reason}"


def _narrate(body: Body) -> str | None:
    if isinstance(body, StateChanged) and body.state != "queued":
        return f"run {body.state}" + (f": {body.reason}" if body.reason else "")
    if isinstance(body, Resumed):
        return (
            f"the agent was restarted: it goes on after {body.samples_done} samples "
            f"and {body.rounds_done} rounds"
        )
    if isinstance(body, GoldenChecked) and not body.passed:
        return f"{body.variant}: the golden set FAILED on this device"
    return None
