"""Names what a reader must know before using a bundle's numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from device_agent.contract.events import RoundDone, SessionOpened
from device_agent.measure.gates import WATCHED
from host.analysis.bundle import Bundle
from host.analysis.score.data_limits import data_limits, lookups, mined
from host.analysis.timing.invalid import count_reasons
from host.analysis.timing.latency import Control
from host.analysis.timing.rounds import valid
from host.analysis.upkeep import upkeep_caveats
from host.analysis.verdict import OF_A_STUDY, ONE_CHECKPOINT


@dataclass(frozen=True)
class Caveat:
    """One limit of the numbers.

    Attributes:
        grave: It belongs beside the verdict, not below the tables.
        details: Its cases, a line each.
    """

    text: str
    grave: bool
    details: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """All of it in one line."""
        return " ".join((self.text, "; ".join(self.details))).rstrip()


def bundle_caveats(
    bundle: Bundle, control: Control | None, unlearned: Mapping[str, float]
) -> tuple[Caveat, ...]:
    """Return what limits one bundle's numbers, the grave ones first.

    Args:
        bundle: What was measured.
        control: The A/A control; None where there is none.
        unlearned: Tasks that no variant is shown to have learned, with what guessing scores.
    """
    grave = (*_incomplete(bundle), *_control(bundle, control), *_providers(bundle))
    known = (
        *_unmeasured(bundle),
        *_slight_preference(control),
        *_blind(bundle),
        *upkeep_caveats(bundle),
        *_precision(bundle),
        *_regimes(bundle),
    )
    # Where there is nothing but scores, what they are over stands beside the verdict.
    only_scores = "performance" not in bundle.spec.modes
    data = [Caveat(text, grave=only_scores, details=lines) for text, lines in data_limits(bundle)]
    if unlearned:
        where = ", ".join(unlearned)
        text = f"Nobody is shown above guessing in {where}: differences there support no verdict."
        lines = tuple(f"{task}: guessing scores {score:.1f}" for task, score in unlearned.items())
        data.append(Caveat(text, grave=True, details=lines))
    known_data = [Caveat(text, grave=False, details=lines) for text, lines in mined(bundle)]
    return (
        *(Caveat(text, grave=True) for text in grave),
        *_invalid(bundle),
        *data,
        *(Caveat(text, grave=False) for text in known),
        *known_data,
    )


def _incomplete(bundle: Bundle) -> Iterator[str]:
    manifest = bundle.manifest
    if manifest.state != "finished":
        reason = f": {manifest.reason}" if manifest.reason else ""
        yield f"The run is {manifest.state}{reason}. Its numbers cover only what was done."
    if manifest.missing:
        yield f"Not all that was planned is there: {'; '.join(manifest.missing)}."


def _control(bundle: Bundle, control: Control | None) -> Iterator[str]:
    if "performance" not in bundle.spec.modes:
        return
    if not any(variant.control_of for variant in bundle.spec.variants):
        yield "There is no A/A control to tell this run's noise: no latency verdict is given."
    elif control is None:
        rounds = list(bundle.bodies(RoundDone))
        # Where all of them are invalid, that is told with the reasons.
        if valid(rounds) or not rounds:
            yield "There are too few valid rounds for a latency verdict."
    elif control.differs:
        yield (
            f"The A/A control took {control.ratio:.3f} times as long as the same artifact under "
            "its other name: this run favours one of two equal things, and no latency claim "
            "is made from it."
        )


def _unmeasured(bundle: Bundle) -> Iterator[str]:
    if "performance" not in bundle.spec.modes:
        yield "Latency was not measured (accuracy mode only): nothing is said about it."
    if "accuracy" not in bundle.spec.modes:
        yield "Nothing was scored (performance mode only): nothing is said about scores."


def _slight_preference(control: Control | None) -> Iterator[str]:
    if control is not None and control.significant and not control.differs:
        yield (
            f"The A/A control's ratio of {control.ratio:.3f} is not 1 by chance alone; it lies "
            "inside the margin, and the noise floor contains it."
        )


def _providers(bundle: Bundle) -> Iterator[str]:
    used = {session.providers for session in bundle.bodies(SessionOpened)}
    if len(used) > 1:
        names = " and ".join(sorted(" + ".join(providers) for providers in used))
        yield f"Not all artifacts ran on the same execution providers: {names}."


def _invalid(bundle: Bundle) -> Iterator[Caveat]:
    """Count the rounds that are left out, with the reasons; grave where that is all of them."""
    rounds = list(bundle.bodies(RoundDone))
    left_out = len(rounds) - len(valid(rounds))
    details = tuple(reason.line for reason in count_reasons(done.invalid for done in rounds))
    if left_out and left_out == len(rounds):
        text = f"None of {left_out} rounds passed the validity gate: nothing is said about latency."
        yield Caveat(text, grave=True, details=details)
    elif left_out:
        text = (
            f"{left_out} of {len(rounds)} rounds did not pass the validity gate and are left out."
        )
        yield Caveat(text, grave=False, details=details)


def _blind(bundle: Bundle) -> Iterator[str]:
    absent = sorted(
        name for name, state in bundle.facts.sensors.items() if state != "ok" and name in WATCHED
    )
    if absent and "performance" in bundle.spec.modes:
        names = ", ".join(name.replace("_", " ") for name in absent)
        yield f"This device has no sensor for {names}: the validity gate could not watch it."


def _precision(bundle: Bundle) -> Iterator[str]:
    """Say of whose vectors digits were dropped."""
    halved = sorted({r.task for r, lookup in lookups(bundle) if lookup.precision == "float16"})
    if halved:
        yield (
            f"Vectors of {', '.join(halved)} were stored as float16: candidates that are nearly as "
            "near as one another may stand in another order than in float32."
        )


def _regimes(bundle: Bundle) -> Iterator[str]:
    if bundle.spec.design is not None:
        yield OF_A_STUDY
    elif len({variant.regime for variant in bundle.compared}) > 1:
        yield ONE_CHECKPOINT
