"""Performance mode: rounds in which all variants take turns over the same queries."""

from __future__ import annotations

from itertools import groupby, islice

from device_agent import tasks
from device_agent.contract.errors import RunError
from device_agent.contract.events import Block, RoundDone, Timing
from device_agent.contract.runspec import Performance, RunSpec
from device_agent.journal import Journal
from device_agent.measure import offline
from device_agent.measure.collector import collector_off
from device_agent.measure.enough import Enough
from device_agent.measure.gates import invalid_reasons
from device_agent.measure.query import run_query
from device_agent.measure.rounds import Query, draw, orders
from device_agent.service.interrupt import Interrupt
from device_agent.service.sessions import Sessions
from device_agent.store import Store
from device_agent.tasks.protocol import fit
from device_agent.telemetry.sampler import Sampler, conditions

_SETTLE_S = 0.5


class PerformanceMode:
    """Runs rounds until enough are valid; a round is journalled whole or not at all."""

    def __init__(
        self,
        spec: RunSpec,
        plan: Performance,
        *,
        store: Store,
        journal: Journal,
        sessions: Sessions,
        sampler: Sampler,
        interrupt: Interrupt,
    ) -> None:
        self._spec = spec
        self._plan = plan
        self._store = store
        self._journal = journal
        self._sessions = sessions
        self._sampler = sampler
        self._power = sampler.power_meter()
        self._interrupt = interrupt
        self._artifacts = {v.name: v.artifacts for v in spec.variants}

    def run(self) -> None:
        """Run the rounds that are still wanted, within the allowed attempts.

        Raises:
            CancelledError, StoppedError: Asked to end; whole rounds are in the journal.
            RunError: No dataset has a query.
        """
        enough = Enough(self._spec, self._plan, self._journal.round_bodies())
        tried = enough.tried
        datasets = [
            (d.task, d.language, self._store.samples(d.inputs, d.gold))
            for d in self._spec.datasets
            # What is only looked among belongs to no language: its latency answers no question.
            if d.queries
        ]
        if not datasets:
            raise RunError(
                f"Performance mode of run {self._spec.run_id} has nothing to run: none of its "
                f"{len(self._spec.datasets)} datasets has a query.",
                remedy="Raise the tasks' `limit` or name more languages in the study file.",
            )
        # A resumed run takes up the seeded sequences where they were.
        queries = islice(draw(datasets, self._plan.queries, self._spec.seeds.queries), tried, None)
        turns = islice(
            orders([v.name for v in self._spec.variants], self._spec.seeds.order), tried, None
        )
        while not enough.reached and enough.tried < self._plan.attempts:
            done = self._round(enough.tried, next(queries), next(turns))
            self._journal.append([done])
            enough.add(done)
            if done.invalid:
                # What made it invalid may pass; every turn warms up again.
                self._interrupt.wait(_SETTLE_S)

    def _round(self, number: int, queries: tuple[Query, ...], order: tuple[str, ...]) -> RoundDone:
        timings: dict[str, list[tuple[Query, Timing]]] = {name: [] for name in order}
        self._sessions.renew()
        self._power.rest()
        before = self._sampler.snapshot()
        for task, group in groupby(queries, key=lambda query: query.task):
            together = list(group)
            for variant in order:
                timings[variant].extend(self._turn(variant, task, together))
        found = conditions(before, self._sampler.snapshot())
        return RoundDone(
            round=number,
            invalid=invalid_reasons(found),
            conditions=found,
            blocks=tuple(
                _block(variant, position, timings[variant])
                for position, variant in enumerate(order)
            ),
            energy=self._power.take(),
        )

    def _turn(
        self, variant: str, task_name: str, queries: list[Query]
    ) -> list[tuple[Query, Timing]]:
        """Let one variant run its queries of one task, warmed up, with the collector off."""
        loaded = self._sessions.get(variant, self._artifacts[variant][task_name])
        head = fit(tasks.get(task_name).head, loaded.max_tokens)
        self._interrupt.check()
        inputs = [query.sample.input for query in queries]
        warmup, size = self._plan.warmup_queries, self._plan.batch_size
        if self._plan.scenario == "offline":
            offline.warm_up(head, loaded, inputs, size, warmup)
            with collector_off(), self._power.timed(variant):
                done = offline.run_offline(head, loaded, inputs, size)
        else:
            for each in inputs[:warmup]:
                run_query(head, loaded, each)
            with collector_off(), self._power.timed(variant):
                done = [run_query(head, loaded, each) for each in inputs]
        return [(query, one.timing) for query, one in zip(queries, done, strict=True)]


def _block(variant: str, position: int, done: list[tuple[Query, Timing]]) -> Block:
    return Block(
        variant=variant,
        position=position,
        tasks=tuple(q.task for q, _ in done),
        languages=tuple(q.language for q, _ in done),
        sample_ids=tuple(q.sample.id for q, _ in done),
        tokens=tuple(t.tokens for _, t in done),
        tokenise_ns=tuple(t.tokenise_ns for _, t in done),
        infer_ns=tuple(t.infer_ns for _, t in done),
        decode_ns=tuple(t.decode_ns for _, t in done),
    )
