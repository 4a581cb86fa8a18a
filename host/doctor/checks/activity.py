"""What else the device does now: foreign load makes rounds invalid."""

from __future__ import annotations

from collections.abc import Iterator

from device_agent.measure.gates import MAX_FOREIGN_CPU_SHARE
from host.doctor.finding import Finding
from host.doctor.inspection import Inspection


def check(found: Inspection) -> Iterator[Finding]:
    """Tell the busiest programs that are not ours, and what share of the processor they take."""
    share = sum(one.core_share for one in found.processes) / (found.cores or 1)
    names = ", ".join(
        f"{one.name} ({one.core_share:.0%} of a core, pid {one.pid})" for one in found.processes
    )
    told = f"{share:.0%} of the processor{': ' if names else ''}{names}"
    if share > MAX_FOREIGN_CPU_SHARE:
        yield Finding(
            "other load",
            "warning",
            told,
            f"Rounds with more than {MAX_FOREIGN_CPU_SHARE:.0%} foreign load do not count.",
            "Stop it or let it end; on the device, `top` shows it.",
        )
    elif share > MAX_FOREIGN_CPU_SHARE / 5:
        meaning = "Rounds count, and scatter more."
        yield Finding("other load", "note", told, meaning, "Stop what is not needed.")
    else:
        yield Finding("other load", "ok", told)
