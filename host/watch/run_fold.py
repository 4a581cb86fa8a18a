"""Folds a run's events into what is shown of it; the same events always show the same."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from device_agent.contract.events import Event, Resumed, RoundDone, SampleDone, StateChanged
from device_agent.contract.runspec import TERMINAL_STATES, RunSpec
from device_agent.contract.status import RunStatus, SignOfLife
from host.runs.progress import Progress
from host.watch.pace import PaceMeter
from host.watch.printable import printable
from host.watch.state import InvalidRound, LiveRun, Rounds, TaskProgress, VariantProgress

_INVALID_KEPT = 3


@dataclass(frozen=True)
class Clock:
    """The device's monotonic clock at a moment of ours."""

    boot_id: str
    monotonic_ns: int
    at_s: float


class RunFold:
    """One run, as its events come; an event that was seen before changes nothing.

    Args:
        run_id: The run.
        spec: None of a run that was not started from here: its totals are not known.
    """

    def __init__(self, run_id: str, spec: RunSpec | None) -> None:
        self._run_id = run_id
        self._spec = spec
        self._progress = Progress(spec) if spec else None
        self._plan = spec.performance if spec and "performance" in spec.modes else None
        self._batched = self._plan is not None and self._plan.scenario == "offline"
        self._sizes: Counter[str] = Counter()
        for dataset in spec.datasets if spec else ():
            self._sizes[dataset.task] += dataset.samples
        self._done: Counter[tuple[str, str]] = Counter()
        self._paces: dict[str, PaceMeter] = {}
        self._valid = 0
        self._invalid: deque[InvalidRound] = deque(maxlen=_INVALID_KEPT)
        self._invalid_count = 0
        self._phase = "waiting"
        self._reason: str | None = None
        self._cell: tuple[str, str, str] | None = None
        self._last: Event | None = None
        self._came_s: float | None = None
        self._life: SignOfLife | None = None
        self._status: RunStatus | None = None
        self.note: str | None = None

    @property
    def seq(self) -> int:
        """Of the last event."""
        return self._last.seq if self._last else 0

    @property
    def is_over(self) -> bool:
        """It has ended."""
        return self._phase in TERMINAL_STATES

    def status(self, status: RunStatus) -> None:
        """Take in how far the run is by its status."""
        self._status = status

    def life(self, sign: SignOfLife) -> None:
        """Take in a sign of life."""
        self._life = sign

    def add(self, event: Event, at_s: float) -> None:
        """Take in the next event, which came at `at_s` of our monotonic clock."""
        if event.seq <= self.seq:
            return
        self._last, self._came_s, self._life = event, at_s, None
        if self._progress is not None:
            self._progress.add(event)
        body = event.body
        if isinstance(body, StateChanged):
            phases = {"queued": "waiting", "running": "accuracy"}
            self._phase = phases.get(body.state, body.state)
            self._reason = printable(body.reason)
        elif isinstance(body, SampleDone):
            self._sample(body)
        elif isinstance(body, RoundDone):
            self._round(body)
        elif isinstance(body, Resumed):
            self._reason = None

    def _sample(self, body: SampleDone) -> None:
        self._phase = "accuracy"
        variant, task = printable(body.variant), printable(body.task)
        self._cell = (variant, task, printable(body.language))
        self._done[variant, task] += 1
        timing = body.timing
        time_ns = timing.tokenise_ns + timing.infer_ns + timing.decode_ns
        self._meter(variant).add("accuracy", [time_ns])

    def _round(self, body: RoundDone) -> None:
        self._phase, self._cell = "performance", None
        if body.invalid:
            reasons = tuple(printable(reason) for reason in body.invalid)
            self._invalid.append(InvalidRound(body.round, reasons))
            self._invalid_count += 1
            return
        self._valid += 1
        for block in body.blocks:
            times_ns = map(
                sum, zip(block.tokenise_ns, block.infer_ns, block.decode_ns, strict=False)
            )
            meter = self._meter(printable(block.variant))
            meter.add("performance", times_ns, batched=self._batched)

    def _meter(self, variant: str) -> PaceMeter:
        return self._paces.setdefault(variant, PaceMeter())

    def view(self, now_s: float, clock: Clock | None = None) -> LiveRun:
        """Return what is shown of the run at a moment.

        Args:
            now_s: Our monotonic clock.
            clock: The device's, by which its last event's age is told exactly.
        """
        variant, task, language = self._cell or (None, None, None)
        snapshot = self._progress.snapshot() if self._progress else None
        done = self._done.total()
        if self._status is not None and self._spec is None:
            done = max(done, self._status.samples_done)
        return LiveRun(
            run_id=self._run_id,
            phase=self._phase,
            reason=self._reason,
            has_plan=self._spec is not None,
            variant=variant,
            task=task,
            language=language,
            done=done,
            total=snapshot.total if snapshot else self._planned(),
            variants=self._variants(),
            rounds=self._rounds(),
            left_s=self._left_s(),
            left_at_most=self._plan is not None and self._plan.until_decided,
            event_age_s=self._event_age_s(now_s, clock),
            ahead=self._life.ahead if self._life else None,
            note=self.note,
            is_current=self._status is None or self.seq >= self._status.seq,
        )

    def _planned(self) -> int | None:
        return self._status.samples_planned if self._status else None

    def _variants(self) -> tuple[VariantProgress, ...]:
        if self._spec is not None:
            known = {v.name: v.control_of is not None for v in self._spec.variants}
            has_samples = "accuracy" in self._spec.modes
        else:
            known = dict.fromkeys([*dict.fromkeys(v for v, _ in self._done), *self._paces], False)
            has_samples = True
        return tuple(
            VariantProgress(
                variant=name,
                is_control=is_control,
                tasks=self._tasks(name) if has_samples and not is_control else (),
                pace=self._paces[name].pace() if name in self._paces else None,
            )
            for name, is_control in known.items()
        )

    def _tasks(self, variant: str) -> tuple[TaskProgress, ...]:
        names = self._sizes or [task for of, task in self._done if of == variant]
        return tuple(
            TaskProgress(task, self._done[variant, task], self._sizes[task] or None)
            for task in names
        )

    def _rounds(self) -> Rounds | None:
        wanted = self._plan.rounds if self._plan else None
        if wanted is None and self._spec is None and self._status is not None:
            wanted = self._status.rounds_planned or None
        if wanted is None and not self._valid and not self._invalid_count:
            return None
        return Rounds(
            valid=self._valid,
            invalid=self._invalid_count,
            wanted=wanted,
            at_most=self._plan is not None and self._plan.until_decided,
            latest_invalid=tuple(self._invalid),
        )

    def _left_s(self) -> float | None:
        if self._progress is None or self._phase not in ("accuracy", "performance"):
            return None
        return self._progress.snapshot().left_s

    def _event_age_s(self, now_s: float, clock: Clock | None) -> float | None:
        if self._last is None or self._came_s is None:
            return None
        if clock is not None and clock.boot_id == self._last.boot_id:
            behind_s = (clock.monotonic_ns - self._last.monotonic_ns) / 1e9
            return max(behind_s + now_s - clock.at_s, 0.0)
        return max(now_s - self._came_s, 0.0)
