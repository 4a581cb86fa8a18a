"""When performance mode has rounds enough; the host replays it to check that the device kept it."""

from __future__ import annotations

import math
from collections.abc import Iterable

from device_agent.contract.events import RoundDone
from device_agent.contract.runspec import Performance, RunSpec
from device_agent.measure import anytime
from device_agent.measure.decision import MIN_ROUNDS, decide
from device_agent.measure.ratios import PairedRound, pair, round_means

_NS_PER_S = 1_000_000_000


class Enough:
    """Counts rounds, and decides from the journal alone, so that a resumed run goes on as it was.

    A plan without `until_decided` wants its number of valid rounds and its least time. With it,
    the latency of every candidate is looked at after each valid round, with intervals that hold at
    every look, and the first time that none is inconclusive is enough; so is the spent budget.

    Attributes:
        tried: Rounds so far.
        valid: Those of them that count.
    """

    def __init__(self, spec: RunSpec, plan: Performance, rounds: Iterable[RoundDone] = ()) -> None:
        self._plan = plan
        self._limit = math.log1p(spec.margin)
        control = next((v for v in spec.variants if v.control_of is not None), None)
        pairs = [(v.name, spec.baseline) for v in spec.variants if v.control_of is None]
        self._pairs = [names for names in pairs if names[0] != spec.baseline]
        if control is not None and control.control_of is not None:
            self._pairs.append((control.name, control.control_of))
        self._has_control = control is not None
        self._paired: list[list[PairedRound]] = [[] for _ in self._pairs]
        self._valid_ns = 0
        self._spent_ns = 0
        self.tried = 0
        self.valid = 0
        for done in rounds:
            self.add(done)

    def add(self, done: RoundDone) -> None:
        """Count a round.

        Raises:
            KeyError, ValueError: One of the variants did not run in it, or other queries.
        """
        took_ns = sum(
            sum(part) for b in done.blocks for part in (b.tokenise_ns, b.infer_ns, b.decode_ns)
        )
        self.tried += 1
        self._spent_ns += took_ns
        if done.invalid:
            return
        self.valid += 1
        self._valid_ns += took_ns
        if self._plan.until_decided:
            for names, rounds in zip(self._pairs, self._paired, strict=True):
                rounds.append(pair(done, *names))

    @property
    def reached(self) -> bool:
        """Whether the plan wants no further round."""
        plan = self._plan
        if plan.budget_s is not None and self._spent_ns >= plan.budget_s * _NS_PER_S:
            return True
        if plan.minimum_s and self._valid_ns < plan.minimum_s * _NS_PER_S:
            return False
        return self.valid >= plan.rounds or (plan.until_decided and self._is_decided())

    def _is_decided(self) -> bool:
        if self.valid < MIN_ROUNDS or not self._has_control:
            return False
        *candidates, control = (
            anytime.estimate(round_means(rounds).tolist()) for rounds in self._paired
        )
        return all(decide(one, control, self._limit) != "INCONCLUSIVE" for one in candidates)
