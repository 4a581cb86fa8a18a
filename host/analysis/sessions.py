"""Takes several sessions of one device together: a session is one draw, however many rounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from device_agent.contract.events import RoundDone
from device_agent.measure import decision
from device_agent.measure.decision import Interval
from host.analysis.score.differences import AccuracyComparison
from host.analysis.timing.equivalence import Spread, spread
from host.analysis.timing.latency import LatencyComparison
from host.analysis.timing.rounds import log_ratios
from host.analysis.verdict import latency_sentence, sentence

_MOST_SESSIONS = 100
FEWEST_ROUNDS = 2
"""Of a session that counts: fewer have no control beside them."""


@dataclass(frozen=True)
class SessionsTogether:
    """A candidate's latency over several sessions.

    Attributes:
        latency: The comparison whose observations are sessions: its `ratios` and `rounds` are
            theirs.
        rounds: Valid rounds of all sessions.
        sessions_needed: Further sessions that would decide if the means stay as they are; None if
            it is decided, or if no hundred would.
        accuracy: What every session says about scores; None where there are none, or where they
            differ.
    """

    latency: LatencyComparison
    rounds: int
    sessions_needed: int | None
    accuracy: AccuracyComparison | None = None

    @property
    def candidate(self) -> str:
        """The candidate's name."""
        return self.latency.candidate

    @property
    def headline(self) -> str:
        """The verdict in one sentence, with what it would take."""
        found = (
            latency_sentence(self.latency)
            if self.accuracy is None
            else sentence(self.latency, self.accuracy)
        )
        told = f"Over {self.latency.rounds} sessions: {found}"
        if self.sessions_needed is None:
            return told
        more = f"{self.sessions_needed} more session{'s' * (self.sessions_needed != 1)}"
        return f"{told} About {more} would decide if the figures stay as they are."


def compare_sessions(
    sessions: Sequence[Sequence[RoundDone]],
    candidate: str,
    baseline: str,
    control: tuple[str, str] | None,
    margin: float,
) -> SessionsTogether | None:
    """Compare two variants' latency over sessions of one device.

    A session's observation is the mean of its rounds' log ratios. What a session is like as a
    whole (where memory lay, how warm the room was) stays the same over its rounds, so rounds of
    several sessions are not independent, and more rounds do not make up for few sessions. With
    sessions nested above rounds, the mean square between sessions is the error of the mean over
    sessions, whatever the variance within; so the interval is Student's over sessions, and with
    two of them it is wide.

    Source: Searle, Casella and McCulloch, "Variance components" (1992), chapter 3; for benchmarks
    Kalibera and Jones, "Rigorous benchmarking in reasonable time", ISMM 2013.

    Args:
        sessions: Valid rounds of each; those with fewer than two rounds are left out.
        candidate: A variant's name.
        baseline: Another's.
        control: The A/A control's name and its original's.
        margin: The registered margin, relative.

    Returns:
        None without a control, or with fewer than two sessions that have rounds.
    """
    used = [rounds for rounds in sessions if len(rounds) >= FEWEST_ROUNDS]
    if control is None or len(used) < 2:
        return None
    found, aa = (_over(used, *names) for names in ((candidate, baseline), control))
    means, aa_means = spread(np.array(found)), spread(np.array(aa))
    limit = math.log1p(margin)
    floor = decision.noise_floor(aa_means)
    verdict = decision.decide(means, aa_means, limit)
    latency = LatencyComparison(
        candidate,
        baseline,
        verdict,
        f"over {len(used)} sessions, each one observation",
        len(used),
        tuple(math.exp(mean) for mean in found),
        margin,
        ratio=math.exp(means.mean),
        interval_90=_as_ratio(means.interval(decision.EQUIVALENCE_CONFIDENCE)),
        interval_95=_as_ratio(means.interval(decision.DIFFERENCE_CONFIDENCE)),
        margin_used=math.expm1(max(limit, floor)),
        noise_floor=math.expm1(floor),
    )
    needed = _needed(means, aa_means, limit) if verdict == "INCONCLUSIVE" else None
    return SessionsTogether(latency, sum(map(len, used)), needed)


def _over(sessions: Sequence[Sequence[RoundDone]], candidate: str, baseline: str) -> list[float]:
    return [float(np.mean(log_ratios(rounds, candidate, baseline))) for rounds in sessions]


def _needed(means: Spread, aa: Spread, limit: float) -> int | None:
    for sessions in range(means.rounds + 1, _MOST_SESSIONS + 1):
        longer = replace(means, rounds=sessions)
        if decision.decide(longer, replace(aa, rounds=sessions), limit) != "INCONCLUSIVE":
            return sessions - means.rounds
    return None


def _as_ratio(interval: Interval) -> Interval:
    return Interval(math.exp(interval.low), math.exp(interval.high), interval.confidence)
