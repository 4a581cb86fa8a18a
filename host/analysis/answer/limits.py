"""What a study's answer cannot say, in words: of seeds, sizes, devices and data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from device_agent.contract.design import Design
from device_agent.contract.events import RoundDone
from host.analysis.answer.contrasts import Contrast, Trend, untold
from host.analysis.answer.levels import LevelSummary
from host.analysis.bundle import Bundle
from host.analysis.score.data_limits import data_limits
from host.analysis.timing.invalid import count_reasons

_FEW_SEEDS = 3


def limits_of(
    bundle: Bundle,
    design: Design,
    levels: Sequence[LevelSummary],
    guessed: Mapping[str, float],
    contrasts: Sequence[Contrast],
) -> tuple[str, ...]:
    """Return the limits, the gravest first.

    Args:
        bundle: What was measured.
        design: What was registered.
        levels: What each of them scores.
        guessed: What guessing scores in each task.
        contrasts: What was estimated.
    """
    return (
        *_seeds(design, min((len(contrast.units) for contrast in contrasts), default=0)),
        *untold(design),
        *_left_out(contrasts),
        *_guessing(levels, guessed),
        *_invalid(list(bundle.bodies(RoundDone))),
        *_scope(bundle, design),
    )


def _left_out(contrasts: Sequence[Contrast]) -> Iterator[str]:
    for contrast in contrasts:
        if contrast.incomplete:
            about = "Trend of " * isinstance(contrast, Trend) + contrast.level
            seeds = ", ".join("not said" if s is None else str(s) for s in contrast.incomplete)
            yield (
                f"{about} ({contrast.stratum}): left out for want of a variant to pair with are "
                f"seeds {seeds}."
            )


def _invalid(rounds: Sequence[RoundDone]) -> Iterator[str]:
    reasons = count_reasons(done.invalid for done in rounds)
    if reasons:
        count = sum(bool(done.invalid) for done in rounds)
        told = "; ".join(reason.line for reason in reasons)
        yield f"Rounds that did not count: {count} of {len(rounds)}. {told}."


def _guessing(levels: Sequence[LevelSummary], guessed: Mapping[str, float]) -> Iterator[str]:
    for task, score in guessed.items():
        if not any(task in level.above_guessing for level in levels):
            best = max(level.tasks[task] for level in levels)
            yield (
                f"{task}: no level is shown to score above guessing's {score:.1f} "
                f"(the best has {best:.1f}), so differences there support no verdict."
            )


def _seeds(design: Design, seeds: int) -> Iterator[str]:
    if seeds == 0:
        yield f"Nothing can be compared: no variant shares seed and size with {design.reference}."
    elif seeds == 1:
        yield (
            "One seed a level: what differs may be the seed's doing. This is about these "
            f"checkpoints, and claims nothing about the {_factor(design)}."
        )
    elif seeds < _FEW_SEEDS:
        yield (
            f"{seeds} seeds a level: how much seeds differ is hardly known, so take each interval "
            "for the least that it may be."
        )


def _scope(bundle: Bundle, design: Design) -> Iterator[str]:
    if bundle.manifest.missing:
        yield f"Not all that was planned is there: {'; '.join(bundle.manifest.missing)}."
    yield (
        f"This device, {bundle.spec.runtime.threads} threads, {_recipes(design)}. Another board or "
        "recipe may answer otherwise: run the study there."
    )
    sizes = [m.parameters for m in bundle.artifacts.values()]
    if sizes:
        ends = list(dict.fromkeys(_millions(size) for size in (min(sizes), max(sizes))))
        yield f"Models of {' to '.join(ends)} parameters: nothing follows for others."
    if design.trend:
        places = sorted({m.x for m in design.members if m.x is not None})
        if len(places) == 2:
            yield "Two points make a line whatever lies between them: a trend needs three."
        elif design.trend == "intermediate-tasks":
            yield (
                "The number of intermediate tasks is confounded with which they are and in which "
                "order, unless the study varies both."
            )
    for text, details in data_limits(bundle):
        yield " ".join((text, "; ".join(details))).strip()


def _factor(design: Design) -> str:
    return "regimes" if design.factor == "regime" else "number of intermediate tasks"


def _recipes(design: Design) -> str:
    strata = list(dict.fromkeys(member.stratum for member in design.members))
    return "; ".join(strata)


def _millions(parameters: int) -> str:
    value = parameters / 1e6
    return f"{np.format_float_positional(value, precision=3, fractional=False, trim='-')} M"
