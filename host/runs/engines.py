"""Refuses a run whose artifacts the agent in force has no runtime for, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from device_agent import runtimes
from device_agent.contract.errors import DeviceError
from device_agent.contract.facts import DeviceFacts


def require_runtimes(
    facts: DeviceFacts, formats: Iterable[str], device: str, study_file: Path
) -> None:
    """Return where each format has a runtime that works on the device.

    Args:
        facts: What the device's agent says of itself.
        formats: Of the study's artifacts.
        device: Its name.
        study_file: For the remedy.

    Raises:
        DeviceError: A runtime is not there, or is and cannot be imported.
    """
    for name in sorted(set(formats)):
        runtime = runtimes.OF_FORMAT[name]
        if runtime in facts.runtimes:
            continue
        broken = facts.broken_runtimes.get(runtime)
        if broken is not None:
            raise DeviceError(
                f"{device}: the runtime of format {name} cannot be imported there: {broken}",
                remedy="Choose another `format` in the study file, or name with `python` in the "
                "device's entry an interpreter with a build that runs on this processor.",
            )
        raise DeviceError(
            f"{device}: the release in force has no runtime for format {name} "
            f"(it has {', '.join(sorted(facts.runtimes))}).",
            remedy=f"Run `host deploy {study_file} --target {device}`: with a study that holds "
            f"such artifacts it ships {runtimes.DISTRIBUTIONS[runtime][0]} too.",
        )
