"""Work without a pause: what heat makes of the first minute's speed by the last one."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from itertools import cycle

from device_agent import clock
from device_agent.contract.runspec import RunSpec
from device_agent.contract.upkeep import StretchDone, StretchTimes
from device_agent.journal import Journal
from device_agent.measure.collector import collector_off
from device_agent.measure.rounds import Query
from device_agent.measure.stretches import Stretches
from device_agent.service.interrupt import Interrupt
from device_agent.service.turns import Turns
from device_agent.telemetry.sampler import Sampler, conditions

_COOLED_K = 0.5
_LOOK_S = 10.0


class Sustained:
    """Runs all variants but the control in turns over the same queries, stretch after stretch.

    A stretch is journalled once it is over. What an interruption has cut is begun anew.

    Args:
        spec: Says which variants.
        stretches: How many, and how long.
        journal: Takes the results.
        turns: Runs the variants.
        sampler: Is read after each stretch.
        interrupt: Lets the board rest before.
        now_ns: The monotonic clock.
    """

    def __init__(
        self,
        spec: RunSpec,
        stretches: Stretches,
        *,
        journal: Journal,
        turns: Turns,
        sampler: Sampler,
        interrupt: Interrupt,
        now_ns: Callable[[], int] = clock.monotonic_ns,
    ) -> None:
        self._variants = [v.name for v in spec.variants if v.control_of is None]
        self._stretches = stretches
        self._journal = journal
        self._turns = turns
        self._sampler = sampler
        self._interrupt = interrupt
        self._now_ns = now_ns

    def run(self, queries: Sequence[Query]) -> None:
        """Run every stretch, unless some attempt has all of them.

        Args:
            queries: Of one task; run again and again.

        Raises:
            CancelledError, StoppedError: Asked to end.
        """
        done = [(one.attempt, one.stretch) for one in self._journal.bodies(StretchDone)]
        if any(stretch == self._stretches.count - 1 for _, stretch in done):
            return
        attempt = max((attempt for attempt, _ in done), default=-1) + 1
        task = queries[0].task
        self._turns.open(self._variants, task)
        self._rest()
        # Each variant begins as often as the others.
        orders = cycle(
            [[*self._variants[at:], *self._variants[:at]] for at in range(len(self._variants))]
        )
        for stretch in range(self._stretches.count):
            found = self._stretch(attempt, stretch, queries, orders.__next__)
            self._journal.append([found])
        self._turns.release()

    def _rest(self) -> None:
        """Let the board cool, as long as it does, for five stretches at most."""
        step_s = min(_LOOK_S, self._stretches.length_s / 6)
        before = self._sampler.snapshot().temperature_celsius
        left_s = 5 * self._stretches.length_s if before is not None else step_s
        while left_s > 0:
            self._interrupt.wait(step_s)
            left_s -= step_s
            now = self._sampler.snapshot().temperature_celsius
            if before is None or now is None or before - now < _COOLED_K:
                return
            before = now

    def _stretch(
        self,
        attempt: int,
        stretch: int,
        queries: Sequence[Query],
        next_order: Callable[[], list[str]],
    ) -> StretchDone:
        task = queries[0].task
        times: dict[str, list[tuple[int, ...]]] = {name: [] for name in self._variants}
        before = self._sampler.snapshot()
        took_ns = 0
        with collector_off():
            began_ns = self._now_ns()
            # Once at least, however long the machine stood still meanwhile.
            while not took_ns or took_ns < self._stretches.length_s * 1e9:
                for variant in next_order():
                    turn = self._turns.take(variant, task, queries, watched=False, warm=True)
                    times[variant].append(turn.total_ns)
                    self._turns.release()
                took_ns = self._now_ns() - began_ns
        found = conditions(before, self._sampler.snapshot())
        return StretchDone(
            attempt=attempt,
            stretch=stretch,
            took_ns=took_ns,
            task=task,
            languages=tuple(query.language for query in queries),
            sample_ids=tuple(query.sample.id for query in queries),
            variants=tuple(_times(name, runs) for name, runs in times.items()),
            temperature_celsius=found.temperature_celsius,
            frequency_ratio=found.frequency_ratio,
            throttled=found.throttled,
            foreign_cpu_share=found.foreign_cpu_share,
        )


def _times(variant: str, runs: Sequence[tuple[int, ...]]) -> StretchTimes:
    return StretchTimes(
        variant=variant,
        runs=len(runs),
        median_ns=tuple(round(statistics.median(query)) for query in zip(*runs, strict=True)),
    )
