"""Measures what the agent itself adds: an engine that only waits, and turns with and without us."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Literal

from device_agent import clock
from device_agent.contract.events import Body
from device_agent.contract.runspec import Performance, RunSpec
from device_agent.contract.upkeep import NullTimed, OnOffPair
from device_agent.journal import Journal
from device_agent.measure.harness import DELAY_NS, time_null_engine
from device_agent.measure.rounds import Query, Samples, draw
from device_agent.measure.stretches import QUERIES
from device_agent.service.interrupt import Interrupt
from device_agent.service.turns import Turn, Turns
from device_agent.telemetry.sampler import Sampler

_REST_S = 0.3
_SEED_OFFSET = 1
"""The pairs' draw is another than the rounds'."""


class Overhead:
    """Runs what the journal does not have yet; a pair is journalled whole or not at all.

    Args:
        spec: Says which variant is the baseline, and the seed.
        plan: Its performance mode.
        journal: Takes the results.
        turns: Runs the baseline.
        sampler: Is read before a watched turn, as before a round.
        interrupt: Lets the stream come to rest before a turn that is not watched.
    """

    def __init__(
        self,
        spec: RunSpec,
        plan: Performance,
        *,
        journal: Journal,
        turns: Turns,
        sampler: Sampler,
        interrupt: Interrupt,
    ) -> None:
        self._spec = spec
        self._plan = plan
        self._journal = journal
        self._turns = turns
        self._sampler = sampler
        self._interrupt = interrupt

    def null_engine(self, phase: Literal["before", "after"]) -> None:
        """Time the harness alone, unless that is done."""
        done = {one.phase for one in self._journal.bodies(NullTimed)}
        if self._plan.null_queries and phase not in done:
            excess_ns = time_null_engine(self._plan)
            self._journal.append([NullTimed(phase=phase, delay_ns=DELAY_NS, excess_ns=excess_ns)])

    def pairs(self, datasets: Sequence[tuple[str, str, Samples]]) -> None:
        """Run the pairs that are left, over one task of the run.

        Raises:
            CancelledError, StoppedError: Asked to end; whole pairs are in the journal.
        """
        done = sum(1 for _ in self._journal.bodies(OnOffPair))
        task = datasets[0][0]
        queries = min(self._plan.queries, QUERIES)
        drawn = draw(
            [d for d in datasets if d[0] == task], queries, self._spec.seeds.queries + _SEED_OFFSET
        )
        # What is journalled before a watched turn is the pair before it.
        waiting: list[Body] = []
        for pair, chosen in enumerate(islice(drawn, done, self._plan.on_off_pairs), done):
            waiting = [self._pair(pair, task, chosen, waiting)]
        if waiting:
            self._journal.append(waiting)
        self._turns.release()

    def _pair(
        self, pair: int, task: str, queries: tuple[Query, ...], waiting: list[Body]
    ) -> OnOffPair:
        began_ns = clock.monotonic_ns()
        turns: dict[bool, Turn] = {}
        watched_first = pair % 2 == 0
        for watched in (watched_first, not watched_first):
            if watched:
                if waiting:
                    self._journal.append(waiting)
                self._sampler.snapshot()
            else:
                # Whoever follows the stream has then sent what was journalled.
                self._interrupt.wait(_REST_S)
            turns[watched] = self._turns.take(self._spec.baseline, task, queries, watched=watched)
        return OnOffPair(
            pair=pair,
            first="watched" if watched_first else "alone",
            task=task,
            languages=tuple(query.language for query in queries),
            sample_ids=tuple(query.sample.id for query in queries),
            watched_ns=turns[True].total_ns,
            alone_ns=turns[False].total_ns,
            took_ns=clock.monotonic_ns() - began_ns,
        )
