"""What a comparison of two variants' scores holds: per cell, task and suite, and on average."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from device_agent.measure.decision import Interval
from host.analysis.bundle import Cell
from host.analysis.score.assay import Assay
from host.analysis.score.paired import TestName
from host.analysis.score.suites import SuiteAverage

CellVerdict = Literal["BETTER", "WORSE", "INCONCLUSIVE"]
ScoreVerdict = Literal["BETTER", "NON-INFERIOR", "WORSE", "INCONCLUSIVE"]

MIN_SAMPLES = 6
"""With n samples an exact paired test has a p of at least 2 / 2^n: with five, never below 5 %."""


@dataclass(frozen=True)
class CellDifference:
    """Candidate minus baseline in one task and language, in points.

    Attributes:
        samples: Samples that both were scored on.
        interval: 95 % paired bootstrap interval of the difference, not corrected; None, as both
            p, with fewer than `MIN_SAMPLES`.
        p: Of "no difference", not corrected.
        p_holm: The same after Holm's correction over all tested cells of this comparison.
        verdict: At 5 % after the correction; INCONCLUSIVE means no difference shown.
    """

    task: str
    language: str
    samples: int
    candidate: float
    baseline: float
    difference: float
    interval: Interval | None
    test: TestName
    p: float | None
    p_holm: float | None
    verdict: CellVerdict

    @property
    def too_few(self) -> str | None:
        """Why it has no interval and is not tested; None if it is."""
        return f"too few samples ({self.samples})" if self.interval is None else None


@dataclass(frozen=True)
class TaskDifference:
    """Candidate minus baseline in one task's average over languages, in points.

    Attributes:
        interval: None where a language has too few samples to resample.
        languages: Languages that both have a score in.
        few: Those of them with too few samples.
        better, worse: In how many of them the difference stands after Holm's correction.
        higher: In how many the candidate's score is higher, whether shown or not.
    """

    task: str
    candidate: float
    baseline: float
    difference: float
    interval: Interval | None
    languages: int
    few: tuple[str, ...]
    better: int
    worse: int
    higher: int

    @property
    def no_interval(self) -> str | None:
        """Why there is no interval; None if there is one."""
        if self.interval is not None:
            return None
        return f"no interval: fewer than {MIN_SAMPLES} samples in {' '.join(self.few)}"


@dataclass(frozen=True)
class SuiteDifference:
    """Candidate minus baseline in a suite's average, over the cells that both have a score in.

    Attributes:
        candidate, baseline: The averages over all of these cells, as the benchmark has them.
        difference: Of the averages over the cells with enough samples, as its interval; None
            without any.
        interval: 95 %, paired bootstrap over rows.
        tasks: Over the languages that the suite counts.
        few: Task and language of the cells left out, because they have too few samples.
        over: The candidate's average over those cells, which says what of the suite they are.
    """

    candidate: float
    baseline: float
    difference: float | None
    interval: Interval | None
    tasks: tuple[TaskDifference, ...]
    few: tuple[Cell, ...]
    over: SuiteAverage


@dataclass(frozen=True)
class UnscoredCell:
    """A task and language that one of the two has no score in, and why."""

    task: str
    language: str
    reason: str


@dataclass(frozen=True)
class AccuracyComparison:
    """Candidate against baseline over all tasks and languages that both have a score in.

    A cell with too few samples has its scores and no test, and the verdict is without it.

    Attributes:
        candidate_average, baseline_average, difference: Over the cells with enough samples:
            unweighted over languages, then over tasks; in points.
        interval: 95 %, paired bootstrap over rows.
        margin: How much lower the average may be and still pass as non-inferior, in points.
        assay: What is left without the tasks in which neither is shown to score above guessing.
        more_samples: How many times as many samples would decide if the figures stay as they are;
            None where it is decided, or up to ten times would not.
        suites: The same for the average of each suite that they have any task of.
    """

    candidate: str
    baseline: str
    verdict: ScoreVerdict
    reason: str
    margin: float
    cells: tuple[CellDifference, ...]
    tasks: tuple[TaskDifference, ...]
    unscored: tuple[UnscoredCell, ...]
    suites: tuple[SuiteDifference, ...] = ()
    candidate_average: float | None = None
    baseline_average: float | None = None
    difference: float | None = None
    interval: Interval | None = None
    assay: Assay = field(default_factory=Assay)
    more_samples: float | None = None

    @property
    def unlearned(self) -> tuple[str, ...]:
        """Tasks in which neither is shown to score above guessing."""
        return self.assay.unlearned

    @property
    def held_back(self) -> bool:
        """Whether the interval alone would tell, and the tasks that nobody learned forbid it."""
        return (
            self.verdict == "INCONCLUSIVE"
            and self.interval is not None
            and (self.interval.low > -self.margin or self.interval.high < 0)
        )

    @property
    def few(self) -> tuple[Cell, ...]:
        """Task and language of the cells that the verdict is without: too few samples."""
        return tuple((c.task, c.language) for c in self.cells if c.interval is None)

    @property
    def tested(self) -> tuple[CellDifference, ...]:
        """The cells with enough samples."""
        return tuple(cell for cell in self.cells if cell.interval is not None)
