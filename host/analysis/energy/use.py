"""Energy per sentence of one variant, from the board's own power monitor, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from device_agent.contract.events import Energy, RoundDone, VariantEnergy
from device_agent.measure.decision import Interval
from host.analysis.timing.equivalence import spread
from host.analysis.timing.rounds import block

CONFIDENCE = 0.95
MIN_ROUNDS = 3
MIN_READINGS = 10
"""Of the power in a variant's turns of one round: fewer do not follow what it drew."""


@dataclass(frozen=True)
class EnergyUse:
    """What the whole board draws while the variant works.

    Attributes:
        rails: Supply lines that were added up.
        readings_per_second: How often power was really read in timed regions.
        rounds: Rounds that count and have energy.
        joules_per_sentence: Mean over rounds.
        interval: Student's, of that mean.
        above_idle_joules: The same less what the idle board draws in that time; None without a
            baseline in every round.
        above_idle_interval: Student's, of that mean; None with it.
        idle_watts: Mean baseline.
        caveats: What the figures do not say.
    """

    rails: tuple[str, ...]
    readings_per_second: float
    rounds: int
    joules_per_sentence: float
    interval: Interval
    above_idle_joules: float | None
    above_idle_interval: Interval | None
    idle_watts: float | None
    caveats: tuple[str, ...]


@dataclass(frozen=True)
class Unsupported:
    """There is no energy, which is not an energy of zero."""

    reason: str

    def __str__(self) -> str:
        return f"unsupported: {self.reason}"


@dataclass(frozen=True)
class RoundEnergy:
    """What a variant drew in one round while its queries were timed."""

    number: int
    sentences: int
    joules: float
    seconds: float
    readings: int
    energy: Energy

    @property
    def joules_per_sentence(self) -> float:
        """Of the whole board."""
        return self.joules / self.sentences

    @property
    def above_idle_joules(self) -> float | None:
        """Per sentence, less what the idle board draws in that time; None without a baseline."""
        idle = self.energy.idle_watts
        return None if idle is None else (self.joules - idle * self.seconds) / self.sentences


Found: TypeAlias = EnergyUse | Unsupported


def measure_energy(rounds: Sequence[RoundDone], variant: str, sensor: str = "") -> Found:
    """Return one variant's energy per sentence over valid rounds.

    Args:
        rounds: Those that count.
        variant: Its name.
        sensor: What the device's facts say of its power sensor, for the reason.
    """
    measured = [done for done in rounds if done.energy is not None]
    if not measured:
        reason = sensor.removeprefix("unsupported: ")
        return Unsupported(reason if reason not in ("", "ok") else "no round has energy")
    used = list(round_energies(measured, variant))
    if len(used) < MIN_ROUNDS:
        return Unsupported(
            f"{len(used)} of {len(rounds)} rounds have at least {MIN_READINGS} readings of the "
            f"power without a gap, expected {MIN_ROUNDS}; more queries a round give more readings"
        )
    gross = spread(np.array([one.joules_per_sentence for one in used]))
    known = [one.energy.idle_watts for one in used if one.energy.idle_watts is not None]
    above = [one.above_idle_joules for one in used if one.above_idle_joules is not None]
    net = spread(np.array(above)) if len(above) == len(used) else None
    rails = used[0].energy.rails
    return EnergyUse(
        rails=rails,
        readings_per_second=sum(one.readings for one in used) / sum(one.seconds for one in used),
        rounds=len(used),
        joules_per_sentence=gross.mean,
        interval=gross.interval(CONFIDENCE),
        above_idle_joules=None if net is None else net.mean,
        above_idle_interval=None if net is None else net.interval(CONFIDENCE),
        idle_watts=float(np.mean(known)) if known else None,
        caveats=tuple(_caveats(rails, len(rounds) - len(used), has_baseline=net is not None)),
    )


def round_energies(rounds: Sequence[RoundDone], variant: str) -> Iterator[RoundEnergy]:
    """Yield what a variant drew in each round whose power was followed."""
    for done in rounds:
        for one in done.energy.variants if done.energy is not None else ():
            sentences = len(block(done, variant).sample_ids) if one.variant == variant else 0
            if sentences and one.joules is not None and _is_followed(one):
                assert done.energy is not None
                yield RoundEnergy(
                    number=done.round,
                    sentences=sentences,
                    joules=one.joules,
                    seconds=one.duration_ns / 1e9,
                    readings=one.readings,
                    energy=done.energy,
                )


def _is_followed(one: VariantEnergy) -> bool:
    return one.readings >= MIN_READINGS and one.duration_ns > 0


def _caveats(rails: tuple[str, ...], left_out: int, *, has_baseline: bool) -> Iterator[str]:
    whole = rails == ("VDD_IN",)
    if whole:
        yield (
            "Energy is that of the whole module (rail VDD_IN), the idle board included, and "
            "without the carrier board and the losses of the power supply."
        )
    else:
        yield (
            f"Energy is the sum of the rails {', '.join(rails)}: what the board draws beside them "
            "is not in it."
        )
    yield (
        "The monitor is read ten times a second and is accurate to some percent: compare variants "
        "of one device, not devices."
    )
    if not has_baseline:
        yield "The idle baseline is missing in some rounds, so nothing is told above idle."
    if left_out:
        yield f"{left_out} rounds that count have no energy: readings of the power are missing."
