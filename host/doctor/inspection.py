"""What the program that is sent to a device answers; the device may have any Python from 3.8 on."""

from __future__ import annotations

import msgspec

from device_agent.contract.errors import DeviceError
from device_agent.inspection.report import MARK


class Storage(msgspec.Struct, frozen=True):
    """The state folder's file system, in bytes; `used_bytes` is of the folder itself."""

    state: str
    free_bytes: int
    total_bytes: int
    read_only: bool
    used_bytes: int | None


class Process(msgspec.Struct, frozen=True):
    """A program that is not ours; 1.0 is all of one core."""

    pid: int
    name: str
    core_share: float


class Clock(msgspec.Struct, frozen=True):
    """The device's clock; `before_ns` is how long it had looked at other things until `utc_ns`."""

    has_rtc: bool
    synchronised: bool | None
    source: str | None
    before_ns: int
    utc_ns: int


class Inspection(msgspec.Struct, frozen=True):
    """The device as it is; None for what it does not tell.

    Attributes:
        limits_now, limits_since_boot: As a Raspberry Pi's firmware names them.
        slowed_for_heat: Cooling devices that hold a clock down now.
        over_current_events: Since boot, on a Jetson.
        sensors: Of each "ok", or "unsupported: why".
    """

    board: str
    model: str | None
    chip: str | None
    architecture: str
    kernel: str
    libc: str | None
    python: str
    page_bytes: int
    systemd: bool
    platform: dict[str, str]
    power_mode: str | None
    power_modes: tuple[str, ...]
    sensors: dict[str, str]
    cpu: str | None
    cores: int | None
    isa_flags: tuple[str, ...]
    memory_bytes: int | None
    available_bytes: int | None
    swap_bytes: int | None
    governor: str | None
    max_frequency_khz: int | None
    allowed_frequency_khz: int | None
    temperature_celsius: float | None
    limits_now: tuple[str, ...] | None
    limits_since_boot: tuple[str, ...] | None
    supply_is_low: bool | None
    slowed_for_heat: tuple[str, ...] | None
    over_current_events: int | None
    load_1min: float | None
    storage: Storage
    processes: tuple[Process, ...]
    clock: Clock


def parse(answer: bytes) -> Inspection:
    """Find the object between what a login shell may have printed, and read it.

    Raises:
        DeviceError: There is none, or it is another one.
    """
    mark = MARK.encode()
    for line in answer.splitlines():
        if line.startswith(mark):
            try:
                return msgspec.json.decode(line[len(mark) :], type=Inspection)
            except msgspec.DecodeError as error:
                raise _senseless(str(error)) from error
    raise _senseless(repr(answer[-200:]))


def _senseless(found: str) -> DeviceError:
    return DeviceError(
        f"The probe's answer makes no sense: {found}",
        remedy="Check that the login shell prints nothing of its own; report it if it does not.",
    )
