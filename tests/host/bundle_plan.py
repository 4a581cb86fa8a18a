"""What a made bundle is to be like: which variants, and what is true of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from device_agent import tasks
from device_agent.contract.design import Design

LANGUAGES = ("en", "de", "es", "ru", "hi", "zh", "tr", "vi")
CELLS: dict[str, tuple[str, ...]] = {
    "xnli": LANGUAGES,
    "xcopa": ("tr", "vi", "zh"),
    "udpos": LANGUAGES,
    "xquad": LANGUAGES,
    "tatoeba": LANGUAGES[1:],
}
"""Five tasks, one of each head, in those of the eight languages that they have."""

RETRIEVAL = ("bucc2018", "tatoeba", "mewslix", "lareqa")


def all_cells() -> dict[str, tuple[str, ...]]:
    """Return all twelve tasks in every language of either suite, English first."""
    found = {}
    for name in tasks.names():
        task = tasks.get(name)
        languages = {*task.languages_xtreme, *task.languages_xtreme_r}
        found[name] = tuple(sorted(languages, key=lambda language: (language != "en", language)))
    return found


@dataclass(frozen=True)
class VariantPlan:
    """One variant's true properties.

    Attributes:
        speed: Its time over the baseline's, for the same queries: 1.03 is 3 % slower.
        gain: Points of chance that a sample is right, above the plan's level.
        gains: More of that, per language.
    """

    name: str
    regime: str | None = "english"
    recipe: str = "int8-dynamic"
    speed: float = 1.0
    gain: float = 0.0
    gains: Mapping[str, float] = field(default_factory=dict)
    control_of: str | None = None


VARIANTS = (
    VariantPlan("english-int8"),
    VariantPlan(
        "multilingual-int8",
        "multilingual",
        gain=1.0,
        gains={"hi": 9.0, "zh": 5.0, "tr": 5.0, "vi": 3.0},
    ),
    VariantPlan("english-fp32", recipe="fp32", speed=2.15, gain=0.6),
    VariantPlan(
        "multilingual-fp32",
        "multilingual",
        recipe="fp32",
        speed=2.14,
        gain=1.6,
        gains={"hi": 9.0, "zh": 5.0, "tr": 5.0, "vi": 3.0},
    ),
    VariantPlan("english-int8-again", control_of="english-int8"),
)


@dataclass(frozen=True)
class Plan:
    """What a made bundle is to be like.

    Attributes:
        round_noise: Deviation of the log time of a variant's block, on top of the round's mood.
        round_mood: Deviation of the log time that all variants of a round share.
        throttled: Numbers of rounds in which the board throttles.
        no_gold: Cells whose data has no gold.
        stop_after: Events after which the run was cancelled; None if it finished.
        session: Other than 0, the rounds are drawn anew: another session with the same data,
            predictions and scores.
        session_mood: Deviation of the log time that a variant keeps for a whole session.
        parallel: Rows say the same in all languages: labels are alike, a row is as long in
            all of them but for the language's own factor, and rounds run it in all.
        sized: Blocks tell characters and bytes, as older agents did not.
        watts: What the board draws above idle while a variant works; None without a monitor.
    """

    variants: tuple[VariantPlan, ...] = VARIANTS
    baseline: str = "english-int8"
    cells: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(CELLS))
    samples: int = 40
    available: int | None = 1000
    rounds: int = 20
    until_decided: bool = False
    queries: int = 36
    round_noise: float = 0.006
    round_mood: float = 0.05
    throttled: tuple[int, ...] = (6, 13)
    no_gold: tuple[tuple[str, str], ...] = ()
    margin: float = 0.02
    score_margin: float = 1.0
    modes: tuple[str, ...] = ("accuracy", "performance")
    model: str = "Raspberry Pi 5 Model B Rev 1.0"
    run_id: str = "edge-20261121-0551"
    stop_after: int | None = None
    seed: int = 7
    session: int = 0
    session_mood: float = 0.0
    parallel: bool = False
    sized: bool = True
    watts: float | None = None
    design: Design | None = None


SMALL = Plan(
    variants=(VARIANTS[0], VARIANTS[1], VARIANTS[4]),
    cells={"xnli": ("en", "hi"), "xcopa": ("tr",), "udpos": ("en",), "xquad": ("de",),
           "tatoeba": ("zh",)},
    samples=8,
    rounds=6,
    queries=6,
    throttled=(2,),
)  # fmt: skip
"""Every task and event kind, and yet made, loaded and verified within a tenth of a second."""


def with_speed(plan: Plan, name: str, speed: float) -> Plan:
    """Return the plan with one variant's true latency ratio changed."""
    return replace(
        plan,
        variants=tuple(replace(v, speed=speed) if v.name == name else v for v in plan.variants),
    )
