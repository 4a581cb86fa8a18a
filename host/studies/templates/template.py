"""What one of the five studies is made of, before seeds, folders and bases are filled in."""

from __future__ import annotations

from dataclasses import dataclass, field

from device_agent.contract.artifact import Regime
from device_agent.contract.design import Covariate, Factor
from device_agent.contract.runspec import Scenario

XTREME_R = (
    *("xnli", "xcopa", "udpos", "panx", "xquad", "mlqa", "tydiqa"),
    *("tatoeba", "mewslix", "lareqa"),
)
"""The tasks of XTREME-R's average."""


@dataclass(frozen=True)
class Level:
    """One way of intermediate training."""

    regime: Regime
    intermediate_tasks: tuple[str, ...] = ()
    name: str = ""

    @property
    def label(self) -> str:
        """The first part of its variants' names."""
        return self.name or self.regime


@dataclass(frozen=True)
class Template:
    """A study without its data and checkpoints.

    Attributes:
        why: What the design does about the question, as comments at the top of the file.
        levels: The first is the baseline's.
        bases: Pre-trained models; several make a trend over sizes.
        tasks: By name.
        limits: What stands behind a task's `limit:`.
        targets: Several run side by side, each with an answer of its own.
    """

    name: str
    question: str
    why: str
    factor: Factor
    reference: str
    levels: tuple[Level, ...]
    tasks: tuple[str, ...]
    trend: Covariate | None = None
    bases: tuple[str, ...] = ("xlm-roberta-base",)
    scenarios: tuple[Scenario, ...] = ("single-stream", "offline")
    margin: float = 0.02
    score_margin: float = 1.0
    targets: tuple[str, ...] = ("pi5",)
    limits: dict[str, str] = field(default_factory=dict)
