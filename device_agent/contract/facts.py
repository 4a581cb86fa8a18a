"""What `device-agent probe` tells about a device; None where the device does not say."""

from __future__ import annotations

from typing import ClassVar, Literal

from device_agent.contract.codec import Document


class DeviceFacts(Document):
    """The device as it is: part of every bundle, because numbers mean nothing without it."""

    SCHEMA: ClassVar[str] = "facts/1.0"

    schema: Literal["facts/1.0"] = "facts/1.0"
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
    providers: tuple[str, ...]
    packages: dict[str, str]
    sensors: dict[str, str]
