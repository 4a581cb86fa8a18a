"""Says in a line what measuring itself costs, how warm-ups ended, and what heat did."""

from __future__ import annotations

from collections.abc import Iterator

from host.analysis.timing.sustained import Fade, Sustained
from host.analysis.upkeep import HarnessTime, OnOff, Upkeep
from host.report import numbers


def harness_text(found: HarnessTime) -> str:
    """Return the harness's time of a query."""
    share = "" if found.share is None else f" ({numbers.percent(found.share, 2)})"
    return f"{numbers.microseconds(found.median_ns)} µs a query{share}"


def on_off_text(found: OnOff) -> str:
    """Return what telemetry, journal and stream add, with its interval."""
    return numbers.change(found.ratio, found.interval)


def overhead_text(found: Upkeep) -> str:
    """Return both in a few words; empty where neither was measured."""
    parts = []
    if found.harness:
        parts.append(f"harness {harness_text(found.harness)}")
    if found.on_off:
        parts.append(f"telemetry {on_off_text(found.on_off)}")
    return ", ".join(parts)


def warm_up_text(found: Upkeep) -> str:
    """Return how warm-ups ended over all variants."""
    turns = sum(one.turns for one in found.warm_ups)
    steady = turns - sum(one.unsteady for one in found.warm_ups)
    most = max((one.queries for one in found.warm_ups), default=0)
    return f"steady before {steady} of {turns} turns, after {most:g} untimed at the median"


def fade_text(fade: Fade) -> str:
    """Return one variant's change."""
    return f"{fade.variant} {numbers.change(fade.ratio, fade.interval)}"


def sustained_lines(found: Sustained) -> Iterator[str]:
    """Yield what the terminal shows of sustained work."""
    last = len(found.stretches)
    yield f"sustained work, time of a query in {found.unit} {last} against 1: " + ", ".join(
        fade_text(fade) for fade in found.fades
    )
    first, end = found.stretches[0], found.stretches[-1]
    parts = []
    if first.temperature_celsius is not None and end.temperature_celsius is not None:
        parts.append(f"{first.temperature_celsius:.1f} → {end.temperature_celsius:.1f} °C")
    if first.frequency_ratio is not None and end.frequency_ratio is not None:
        clock = (numbers.percent(one.frequency_ratio, 0) for one in (first, end))
        parts.append(f"clock {' → '.join(clock)}")
    throttled = sum(bool(one.throttled) for one in found.stretches)
    if throttled:
        parts.append(f"throttled in {throttled} of {last}")
    shares = [one.foreign_cpu_share for one in found.stretches if one.foreign_cpu_share is not None]
    if shares:
        parts.append(f"others took up to {numbers.percent(max(shares), 0)} of the CPU")
    if first.temperature_celsius is None:
        parts.append("temperature unsupported")
    yield f"  {' · '.join(parts)}"
