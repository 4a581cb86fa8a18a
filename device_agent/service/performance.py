"""Performance mode: rounds in which all variants take turns over the same queries."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from itertools import groupby, islice

from device_agent.contract.errors import RunError
from device_agent.contract.events import Block, RoundDone, Timing
from device_agent.contract.runspec import Performance, RunSpec
from device_agent.contract.upkeep import MemoryPlanned, Reference, WarmUp
from device_agent.journal import Journal
from device_agent.measure.enough import Enough
from device_agent.measure.gates import invalid_reasons
from device_agent.measure.pauses import longest_pause_s
from device_agent.measure.rounds import Query, Samples, draw, orders
from device_agent.measure.spare_core import spare_core
from device_agent.measure.stretches import QUERIES, Stretches
from device_agent.measure.text_size import text_size
from device_agent.service.interrupt import Interrupt
from device_agent.service.overhead import Overhead
from device_agent.service.sessions import Sessions
from device_agent.service.sustained import Sustained
from device_agent.service.thermal import ThermalBand
from device_agent.service.turns import Turns
from device_agent.store import Store
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
        self._turns = Turns(spec, plan, sessions=sessions, interrupt=interrupt, power=self._power)
        self._overhead = Overhead(
            spec, plan, journal=journal, turns=self._turns, sampler=sampler, interrupt=interrupt
        )

    def run(self) -> None:
        """Run the rounds that are still wanted, within the allowed attempts.

        Raises:
            CancelledError, StoppedError: Asked to end; whole rounds are in the journal.
            RunError: No dataset has a query.
        """
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
        threads = self._spec.runtime.threads
        with spare_core(threads) if self._power.is_there else nullcontext() as core:
            self._power.core = core
            self._overhead.null_engine("before")
            self._plan_memory()
            self._overhead.pairs(datasets)
            self._rounds(datasets)
            self._overhead.null_engine("after")
            if self._plan.sustained_s is not None:
                self._sustain(datasets, Stretches.of(self._plan.sustained_s))

    def _plan_memory(self) -> None:
        """Journal the decision where it is another than the last one: a board's memory changes."""
        known = list(self._journal.bodies(MemoryPlanned))
        if not known or known[-1].together != self._turns.memory.together:
            self._journal.append([self._turns.memory])

    def _rounds(self, datasets: Sequence[tuple[str, str, Samples]]) -> None:
        enough = Enough(self._spec, self._plan, self._journal.round_bodies())
        tried = enough.tried
        # A resumed run takes up the seeded sequences where they were.
        queries = islice(draw(datasets, self._plan.queries, self._spec.seeds.queries), tried, None)
        turns = islice(
            orders([v.name for v in self._spec.variants], self._spec.seeds.order), tried, None
        )
        band = self._band(datasets)
        reference: Reference | None = None
        while not enough.reached and enough.tried < self._plan.attempts:
            reference = reference or self._reference(band)
            done = self._round(enough.tried, next(queries), next(turns), reference, band)
            self._journal.append([done])
            enough.add(done)
            if done.invalid:
                # What made it invalid may pass; every turn warms up again.
                self._interrupt.wait(_SETTLE_S)

    def _band(self, datasets: Sequence[tuple[str, str, Samples]]) -> ThermalBand:
        task = datasets[0][0]
        of_task = [d for d in datasets if d[0] == task]
        (queries,) = islice(draw(of_task, min(self._plan.queries, QUERIES), 0), 1)
        baseline = self._spec.baseline
        return ThermalBand(
            lambda: self._sampler.snapshot().temperature_celsius,
            lambda: self._turns.take(baseline, task, queries, watched=False, warm=True),
            self._interrupt.wait,
            self._plan.temperature_wait_s,
        )

    def _reference(self, band: ThermalBand) -> Reference | None:
        """Return what rounds are held against: the journal's, or how the board is now."""
        if not self._plan.hold_conditions:
            return None
        for known in self._journal.bodies(Reference):
            return known
        if self._plan.temperature_band_k is not None:
            band.condition()
            self._turns.release()
        now = self._sampler.snapshot()
        reference = Reference(
            temperature_celsius=now.temperature_celsius,
            clock_source=now.clock_source,
            governor=now.governor,
            allowed_khz=now.allowed_khz,
        )
        self._journal.append([reference])
        return reference

    def _round(
        self,
        number: int,
        queries: tuple[Query, ...],
        order: tuple[str, ...],
        reference: Reference | None,
        band: ThermalBand,
    ) -> RoundDone:
        timings: dict[str, list[tuple[Query, Timing]]] = {name: [] for name in order}
        warmups: list[WarmUp] = []
        idle_s = 0.0
        self._sessions.renew()
        self._turns.open(order, queries[0].task)
        self._power.rest()
        if reference is not None and self._plan.temperature_band_k is not None:
            band.hold(reference.temperature_celsius, self._plan.temperature_band_k)
            self._turns.release()
        before = self._sampler.snapshot()
        for task, group in groupby(queries, key=lambda query: query.task):
            self._turns.open(order, task)
            for sweep, some in enumerate(self._turns.split(list(group))):
                for variant in order if sweep % 2 == 0 else order[::-1]:
                    turn = self._turns.take(variant, task, some, again=sweep > 0)
                    timings[variant].extend(zip(some, turn.timings, strict=True))
                    idle_s = max(idle_s, turn.idle_s)
                    if turn.warmup is not None and self._plan.steady_queries:
                        warmups.append(turn.warmup)
                    self._turns.release()
        blocks = tuple(
            _block(variant, position, timings[variant]) for position, variant in enumerate(order)
        )
        found = conditions(
            before,
            self._sampler.snapshot(),
            paused_s=max(idle_s, longest_pause_s(blocks)),
        )
        return RoundDone(
            round=number,
            invalid=invalid_reasons(found, reference, self._plan.temperature_band_k),
            conditions=found,
            blocks=blocks,
            energy=self._power.take(),
            warmups=tuple(warmups),
        )

    def _sustain(self, datasets: Sequence[tuple[str, str, Samples]], stretches: Stretches) -> None:
        task = datasets[0][0]
        of_task = [d for d in datasets if d[0] == task]
        few = min(self._plan.queries, QUERIES)
        (queries,) = islice(draw(of_task, few, self._spec.seeds.queries), 1)
        Sustained(
            self._spec,
            stretches,
            journal=self._journal,
            turns=self._turns,
            sampler=self._sampler,
            interrupt=self._interrupt,
        ).run(queries)


def _block(variant: str, position: int, done: list[tuple[Query, Timing]]) -> Block:
    sizes = [text_size(query.sample.input) for query, _ in done]
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
        characters=tuple(size.characters for size in sizes),
        utf8_bytes=tuple(size.utf8_bytes for size in sizes),
        encode_ns=tuple(t.encode_ns for _, t in done if t.encode_ns is not None),
    )
