"""What a study sets out to compare, registered in the run spec before anything is measured."""

from __future__ import annotations

from typing import Literal

from device_agent.contract.codec import Document, Identifier, Line

Factor = Literal["regime", "intermediate-tasks"]
Covariate = Literal["parameters", "intermediate-tasks"]


class Member(Document):
    """One variant's place in the design.

    Attributes:
        level: Of the factor: a regime, or a number of intermediate tasks.
        seed: Which repetition it belongs to; members of one seed and stratum are paired. None
            where nobody said.
        stratum: What it shares with those it may be compared with: base model, recipe, format.
        x: Where a trend is looked for: its place on the axis.
    """

    variant: Identifier
    level: Line
    seed: int | None
    stratum: Line
    x: float | None = None


class Design(Document):
    """The comparison that answers the question.

    Attributes:
        question: In one sentence.
        factor: What the levels are levels of.
        reference: The level that the others are compared with.
        trend: What the gap, or with intermediate tasks the value, is followed over.
    """

    question: Line
    factor: Factor
    reference: Line
    trend: Covariate | None = None
    members: tuple[Member, ...]

    def __post_init__(self) -> None:
        """Refuse what cannot be compared."""
        names = [member.variant for member in self.members]
        if len(set(names)) != len(names):
            raise ValueError("a variant stands in the design twice")
        places = [(member.level, member.seed, member.stratum) for member in self.members]
        if len(set(places)) != len(places):
            raise ValueError("two variants have the same level, seed and stratum")
        if self.reference not in {member.level for member in self.members}:
            raise ValueError(f"no variant is of the level {self.reference!r}")
        if self.trend and any(member.x is None for member in self.members):
            raise ValueError(f"a trend over {self.trend} needs each variant's place on it")
        if self.trend == "parameters" and min(member.x or 0 for member in self.members) <= 0:
            raise ValueError("a trend over parameters needs numbers of them above 0")
