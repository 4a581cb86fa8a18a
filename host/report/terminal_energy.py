"""Energy per sentence in the terminal: a line a variant, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator

from host.analysis.energy.difference import EnergyComparison
from host.analysis.energy.use import EnergyUse
from host.analysis.results import RunComparison
from host.report import numbers


def energy_lines(run: RunComparison) -> Iterator[tuple[str, str]]:
    """Yield a line and its verdict per variant, the verdict empty for the baseline.

    Above idle where the idle baseline is known, else of the whole board; the first line says
    which, and how it was read.
    """
    uses = [(v.name, v.energy) for v in run.variants if isinstance(v.energy, EnergyUse)]
    differences = {one.name: one.energy for one in run.candidates}
    for index, (name, use) in enumerate(uses):
        told = f"{name}  {_figures(use)}"
        if index == 0:
            yield f"energy     {told}, {how_read(use)}", ""
            continue
        found = differences.get(name)
        yield f"           {told}{_difference(found)}", found.verdict if found else ""


def no_energy(run: RunComparison) -> str | None:
    """Return why no variant has an energy; None where one has, or nothing was timed."""
    if not run.timed or isinstance(run.baseline.energy, EnergyUse):
        return None
    return f"energy {run.baseline.energy}"


def how_read(use: EnergyUse) -> str:
    """Return what the figures are of, and how often the power was read."""
    idle = "" if use.idle_watts is None else f", idle {use.idle_watts:.2f} W"
    above = "whole board" if use.above_idle_joules is None else "above idle"
    return f"{above}{idle}; {' + '.join(use.rails)}, {use.readings_per_second:.0f} readings/s"


def _figures(use: EnergyUse) -> str:
    value, interval = use.joules_per_sentence, use.interval
    if use.above_idle_joules is not None and use.above_idle_interval is not None:
        value, interval = use.above_idle_joules, use.above_idle_interval
    return f"{numbers.millijoules(value)} mJ ({numbers.millijoules_interval(interval)})"


def _difference(found: EnergyComparison | None) -> str:
    if found is None or found.difference_joules is None or found.difference_interval is None:
        return ""
    signed = numbers.signed_millijoules(found.difference_joules)
    low, high = (
        numbers.signed_millijoules(end)
        for end in (found.difference_interval.low, found.difference_interval.high)
    )
    return f", {signed} ({low} to {high})"
