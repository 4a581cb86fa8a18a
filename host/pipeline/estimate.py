"""What a study will take, before it begins: counted where it can be, measured where it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from device_agent.contract.runspec import Dataset
from host.artifacts.plan import Plan
from host.studies.schema import Study


@dataclass(frozen=True)
class Estimate:
    """What one device has to do, in all scenarios together.

    Attributes:
        artifacts: To be exported, those that are there already among them.
        samples: Of accuracy mode, over all variants.
        queries: Of performance mode, over all variants and the control, warm-up among them.
        rounds: Valid ones wanted.
    """

    artifacts: int
    samples: int
    queries: int
    rounds: int

    def hours(self, seconds_per_query: float) -> float:
        """Return the device's time where a query takes so long."""
        return (self.samples + self.queries) * seconds_per_query / 3600

    @property
    def lines(self) -> tuple[str, ...]:
        """Return it in words."""
        quick, slow = (duration(self.hours(seconds)) for seconds in (0.01, 0.1))
        timed = f"{self.queries:,} queries in {self.rounds} rounds for latency, warm-up included"
        return (
            f"{self.artifacts} artifacts; {self.samples:,} samples for scores, {timed}",
            f"on each device {quick} where a query takes 10 ms, {slow} where it takes 100 ms",
        )


def estimate(studies: Sequence[Study], plan: Plan, datasets: Sequence[Dataset]) -> Estimate:
    """Count what the runs of a study do.

    Args:
        studies: One for each scenario.
        plan: Of its artifacts.
        datasets: What is evaluated.
    """
    samples = queries = rounds = 0
    for study in studies:
        variants = len(study.variants)
        if "accuracy" in study.modes:
            samples += variants * sum(dataset.samples for dataset in datasets)
        if "performance" in study.modes:
            settings = study.performance
            timed = variants + (study.control_name is not None)
            rounds += settings.rounds
            again = 0
            if settings.scenario == "single-stream":
                again = settings.queries // settings.turn_queries
            each = settings.queries + settings.warmup_queries + again
            queries += settings.rounds * timed * each
    return Estimate(
        artifacts=sum(len(job.outputs) for job in plan.jobs),
        samples=samples,
        queries=queries,
        rounds=rounds,
    )


def duration(hours: float) -> str:
    """Return a duration as roughly as it is known."""
    minutes = hours * 60
    if minutes < 1:
        return f"{minutes * 60:.0f} s"
    return f"{minutes:.0f} min" if minutes < 100 else f"{hours:.1f} h"
