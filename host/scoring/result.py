"""The scores of a folder of predictions: per language, per task and overall, all in percent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from host.analysis.averages import cell_score, mean, overall
from host.scoring.benchmark import SuiteName

Metrics = Mapping[str, float]


@dataclass(frozen=True)
class TaskResult:
    """One task with at least one scored language.

    Attributes:
        metrics: Official names in the order in which they are shown; averages take the first.
        per_language: The metrics of every scored language.
        languages: How many languages the suite counts, scored or not.
    """

    name: str
    metrics: tuple[str, ...]
    per_language: Mapping[str, Metrics]
    languages: int

    @property
    def average(self) -> dict[str, float]:
        """Each metric's unweighted mean over the scored languages."""
        return {
            metric: _mean([found[metric] for found in self.per_language.values()])
            for metric in self.metrics
        }

    @property
    def average_metric(self) -> float:
        """What stands for the task: its first metric, for QA (mean EM + mean F1) / 2."""
        return _mean([cell_score(f, self.metrics[0]) for f in self.per_language.values()])


@dataclass(frozen=True)
class Unscored:
    """One task in one language that has no score, and why."""

    task: str
    language: str
    reason: str


@dataclass(frozen=True)
class Note:
    """What was accepted in one language although it is not as it should be."""

    task: str
    language: str
    text: str


@dataclass(frozen=True)
class SuiteResult:
    """All scores of a suite.

    Attributes:
        planned: How many tasks the suite has, scored or not.
    """

    suite: SuiteName
    planned: int
    tasks: tuple[TaskResult, ...]
    unscored: tuple[Unscored, ...]
    notes: tuple[Note, ...]

    @property
    def overall(self) -> float | None:
        """The unweighted mean over the scored tasks; None where there are none."""
        return overall(task.average_metric for task in self.tasks)

    def to_json(self) -> dict[str, object]:
        """Return plain values for `host score --json`."""
        return {
            "tasks": {
                task.name: {
                    "avg_metric": task.average_metric,
                    "avg": task.average,
                    "per_language": {
                        lang: dict(found) for lang, found in task.per_language.items()
                    },
                }
                for task in self.tasks
            },
            "overall": self.overall,
            "unscored": [asdict(one) for one in self.unscored],
        }


def _mean(values: list[float]) -> float:
    found = mean(values)
    assert found is not None, "a task without any scored language has no result"
    return found
