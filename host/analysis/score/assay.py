"""What a verdict is worth where nobody learned a task.

A task that nobody learned shows no difference, whatever was changed: it cannot tell "no worse" from
"could not have been worse".

Source: ICH E10, "Choice of control group in clinical trials" (2000), 1.5, assay sensitivity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from device_agent.measure.decision import Interval
from host.analysis.figures import signed_interval
from host.analysis.score.few_samples import CONFIDENCE, percentile_interval, worth
from host.analysis.score.resampling import ResampledCell

Verdict = TypeVar("Verdict", bound=str)

_ALSO: Mapping[str, frozenset[str]] = {"NON-INFERIOR": frozenset({"BETTER"})}
"""What the learned tasks alone may say instead of a verdict."""


@dataclass(frozen=True)
class Assay:
    """What is left of an effect on the average without the tasks that nobody learned.

    Attributes:
        unlearned: Tasks in which none of those compared is shown to score above guessing.
        difference, interval: The effect over the other tasks; None where there is none.
    """

    unlearned: tuple[str, ...] = ()
    difference: float | None = None
    interval: Interval | None = None

    def judge(
        self, effect: Interval, decide: Callable[[Interval], tuple[Verdict, str]]
    ) -> tuple[Verdict | Literal["INCONCLUSIVE"], str]:
        """Return verdict and reason, INCONCLUSIVE where these data could not have told otherwise.

        A verdict must hold over the learned tasks alone too: the others thin a loss out, and a
        difference between two that guess is nobody's gain.

        Args:
            effect: The interval over all tasks.
            decide: From an interval to verdict and reason.
        """
        verdict, reason = decide(effect)
        if verdict == "INCONCLUSIVE":
            return verdict, reason
        if self.interval is None:
            return "INCONCLUSIVE", "nobody is shown to score above guessing in any task"
        if decide(self.interval)[0] not in {verdict, *_ALSO.get(verdict, ())}:
            reason = (
                f"without {', '.join(self.unlearned)}, where nobody is shown to score above "
                f"guessing, the 95 % interval is {signed_interval(self.interval)}"
            )
            return "INCONCLUSIVE", reason
        return verdict, reason


def above_guessing(cells: Sequence[ResampledCell], variants: Sequence[str]) -> bool:
    """Whether a task is shown to be learned: on average over languages, or in one of them.

    It must score above guessing, and be shown to know what it answers to. A model of one language
    does there and nowhere else; the level is Bonferroni's.

    Args:
        cells: A task's languages.
        variants: One, or those of several seeds, whose mean score it is.
    """
    gains = [
        float(np.mean([cell.parts[name].score - cell.chance[name] for name in variants]))
        for cell in cells
    ]
    above = [
        float(np.mean([cell.parts[name].score for name in variants])) - cell.guessed
        for cell in cells
    ]
    drawn = [
        np.mean([cell.drawn[name] - cell.drawn_chance[name] for name in variants], axis=0)
        for cell in cells
    ]
    together = percentile_interval(
        float(np.mean(gains)),
        np.mean(drawn, axis=0),
        worth({cell.cell: cell.units for cell in cells}),
        CONFIDENCE,
    )
    if together.low > 0 and np.mean(above) > 0:
        return True
    confidence = 1 - (1 - CONFIDENCE) / len(cells)
    return any(
        percentile_interval(gain, draws, cell.units, confidence).low > 0 and more > 0
        for gain, more, draws, cell in zip(gains, above, drawn, cells, strict=True)
    )
