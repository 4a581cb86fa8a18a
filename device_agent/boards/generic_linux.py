"""Any other Linux machine."""

from __future__ import annotations

from pathlib import Path

from device_agent.telemetry.sensors import kernel_file

PREFERRED_PROVIDERS = ("CPUExecutionProvider",)
_ACPI = "sys/firmware/acpi"


def family(model: str, architecture: str) -> str | None:
    """Return the family's name; this one takes every machine, so it is asked last."""
    del model
    return "generic-arm64" if architecture == "aarch64" else f"generic-{architecture}"


def power_mode(root: Path) -> str | None:
    """Return the firmware's platform profile ("balanced"), where there is one."""
    return kernel_file.line(root / _ACPI / "platform_profile")


def power_modes(root: Path) -> tuple[str, ...]:
    """Return the profiles that the firmware offers."""
    return tuple((kernel_file.line(root / _ACPI / "platform_profile_choices") or "").split())


def software(root: Path) -> dict[str, str]:
    """Return nothing that is not told of any Linux."""
    del root
    return {}
