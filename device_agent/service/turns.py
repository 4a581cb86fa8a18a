"""One variant's turn: its queries of one task, warmed up before, with nothing of ours beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial

from device_agent import tasks
from device_agent.contract.events import Timing
from device_agent.contract.runspec import Performance, RunSpec
from device_agent.contract.samples import Input
from device_agent.contract.upkeep import MemoryPlanned, WarmUp
from device_agent.measure import offline, steady
from device_agent.measure.collector import collector_off
from device_agent.measure.pauses import awake_ns
from device_agent.measure.query import Loaded, Measured, run_query
from device_agent.measure.rounds import Query
from device_agent.service.interrupt import Interrupt
from device_agent.service.sessions import Sessions
from device_agent.tasks.protocol import Head, fit
from device_agent.telemetry.power_meter import PowerMeter


@dataclass(frozen=True)
class Turn:
    """What a turn gave.

    Attributes:
        timings: Of its queries, in order.
        warmup: None without one.
        idle_s: Between the warm-up's end and the last query, what is no query's time.
    """

    timings: tuple[Timing, ...]
    warmup: WarmUp | None
    idle_s: float

    @property
    def total_ns(self) -> tuple[int, ...]:
        """Each query's time."""
        return tuple(t.tokenise_ns + t.infer_ns + t.decode_ns for t in self.timings)


class Turns:
    """Runs turns of a run's variants.

    Args:
        spec: Says which artifacts.
        plan: Its performance mode.
        sessions: Opens them.
        interrupt: Is asked before each turn.
        power: Is read during turns that are watched.
    """

    def __init__(
        self,
        spec: RunSpec,
        plan: Performance,
        *,
        sessions: Sessions,
        interrupt: Interrupt,
        power: PowerMeter,
    ) -> None:
        self._plan = plan
        self._sessions = sessions
        self._interrupt = interrupt
        self._power = power
        self._artifacts = {v.name: v.artifacts for v in spec.variants}
        self.memory = self._plan_memory({d.task for d in spec.datasets if d.queries})

    def _plan_memory(self, names: set[str]) -> MemoryPlanned:
        """Decide whether all variants' sessions of a task are held at once: it is all or none."""
        groups = [[(v, of_task[name]) for v, of_task in self._artifacts.items()] for name in names]
        needed = max((self._sessions.needed_bytes(group) for group in groups), default=0)
        return MemoryPlanned(
            together=needed <= self._sessions.budget_bytes,
            sessions_bytes=needed,
            budget_bytes=self._sessions.budget_bytes,
        )

    def open(self, variants: Sequence[str], task: str) -> None:
        """Load what takes turns next, so that no load lies between turns, where memory allows."""
        if self.memory.together:
            for variant in variants:
                self._interrupt.check()
                self._sessions.get(variant, self._artifacts[variant][task])

    def release(self) -> None:
        """Close what is open, where memory holds one at a time."""
        if not self.memory.together:
            self._sessions.close()

    def split(self, queries: Sequence[Query]) -> list[Sequence[Query]]:
        """Cut a task's queries into those of each turn.

        A board that is slow for a moment is then slow for all variants alike. Where each turn would
        load a model, or is to be long enough for a power monitor, there is one for all.
        """
        size = self._plan.turn_queries
        if size is None or not self.memory.together or self._power.is_there:
            return [queries]
        return [queries[start : start + size] for start in range(0, len(queries), size)]

    def take(
        self,
        variant: str,
        task: str,
        queries: Sequence[Query],
        *,
        watched: bool = True,
        warm: bool = False,
        again: bool = False,
    ) -> Turn:
        """Let one variant run its queries of one task.

        Args:
            variant: Its name.
            task: Of all the queries.
            queries: At least one.
            watched: Read the power beside them.
            warm: Nothing but queries ran before: no warm-up.
            again: It took a turn in this round already: one query brings its model back into the
                caches, and no steady state is looked for.

        Raises:
            CancelledError, StoppedError: Asked to end.
            XtremeEdgeError: The artifact is missing, damaged, or does not load.
        """
        loaded = self._sessions.get(variant, self._artifacts[variant][task])
        head = fit(tasks.get(task).head, loaded.max_tokens)
        self._interrupt.check()
        inputs = [query.sample.input for query in queries]
        meter = self._power.timed(variant) if watched else nullcontext()
        # The collection comes before the warm-up: it leaves caches cold.
        with collector_off(collect=not again):
            warmed = None if warm else self._warm_up(head, loaded, inputs, again=again)
            began_ns = awake_ns()
            with meter:
                done = self._run(head, loaded, inputs)
                lasted_ns = awake_ns() - began_ns
        timings = tuple(one.timing for one in done)
        spent_ns = sum(t.tokenise_ns + t.infer_ns + t.decode_ns for t in timings)
        return Turn(
            timings=timings,
            warmup=None if warmed is None or again else _journalled(variant, task, warmed),
            idle_s=max(lasted_ns - spent_ns, 0) / 1e9,
        )

    def _run(self, head: Head, loaded: Loaded, inputs: Sequence[Input]) -> list[Measured]:
        if self._plan.scenario == "offline":
            return offline.run_offline(head, loaded, inputs, self._plan.batch_size)
        return [run_query(head, loaded, each) for each in inputs]

    def _warm_up(
        self, head: Head, loaded: Loaded, inputs: Sequence[Input], *, again: bool
    ) -> steady.Warmed:
        plan = self._plan
        least = min(1, plan.warmup_queries) if again else plan.warmup_queries
        units: list[Callable[[], object]]
        if plan.scenario == "offline":
            least = -(-least // plan.batch_size)
            most = max(least, 1 if plan.steady_queries else 0)
            units = offline.first_batches(head, loaded, inputs, plan.batch_size, most)
        else:
            units = [partial(run_query, head, loaded, each) for each in inputs]
        return steady.warm_up(
            lambda number: units[number](),
            len(units),
            least=least,
            more=0 if again else plan.steady_queries,
            more_s=plan.steady_s,
        )


def _journalled(variant: str, task: str, warmed: steady.Warmed) -> WarmUp:
    return WarmUp(
        variant=variant,
        task=task,
        queries=warmed.queries,
        inputs=warmed.inputs,
        times_ns=warmed.times_ns,
        steady=warmed.steady,
    )
