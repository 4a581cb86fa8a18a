"""What `device-agent probe` tells about a device; None where the device does not say."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from device_agent.contract.codec import Document


class DeviceFacts(Document):
    """The device as it is: part of every bundle, because numbers mean nothing without it.

    Attributes:
        runtimes: Version of each that can be imported here.
        broken_runtimes: Why each that is installed cannot be; older agents tell of none.
        chip: As the device tree names it; like what follows, older agents do not tell it.
        power_mode: The board's own ("15W", "MAXN"); None where it has none.
        platform: Versions of what the board's maker ships: l4t, jetpack, cuda, tensorrt.
        limits_since_boot: What has throttled the board since it booted, as its firmware says.
        sensors: Of each "ok", or "unsupported: why".
    """

    SCHEMA: ClassVar[str] = "facts/1.1"

    schema: Literal["facts/1.0", "facts/1.1"] = "facts/1.1"
    agent_version: str
    board: str
    model: str | None
    architecture: str
    kernel: str
    libc: str | None
    python: str
    cpu: str | None
    cores: int
    isa_flags: tuple[str, ...]
    memory_bytes: int | None
    page_bytes: int
    disk_free_bytes: int
    governor: str | None
    max_frequency_khz: int | None
    boot_id: str
    clock_source: str | None
    runtimes: dict[str, str]
    broken_runtimes: dict[str, str] = msgspec.field(default_factory=dict)
    providers: tuple[str, ...]
    packages: dict[str, str]
    sensors: dict[str, str]
    chip: str | None = None
    power_mode: str | None = None
    platform: dict[str, str] = msgspec.field(default_factory=dict)
    limits_since_boot: tuple[str, ...] = ()
