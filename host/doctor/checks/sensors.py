"""Which sensors there are: what is missing is unsupported in results, and never zero."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from device_agent.measure.gates import WATCHED
from host.doctor.finding import Finding

_UNSUPPORTED = "unsupported: "


def check(sensors: Mapping[str, str]) -> Iterator[Finding]:
    """Tell those that work, and each that does not with its reason."""
    there = [_name(name) for name, state in sensors.items() if state == "ok"]
    yield Finding("sensors", "ok" if there else "note", ", ".join(there) or "none")
    for name, state in sensors.items():
        if state != "ok":
            yield Finding(
                f"sensor {_name(name)}",
                "note",
                state,
                _meaning(name),
            )


def _meaning(name: str) -> str:
    if name == "power":
        return "Energy is unsupported: no joules are told for this board."
    if name in WATCHED:
        return "The validity gate cannot watch it; reports say so."
    return "Results do not tell it."


def _name(name: str) -> str:
    return name.replace("_", " ")
