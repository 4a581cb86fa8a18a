"""What would make rounds invalid: supply, heat, current, clock limits and governor."""

from __future__ import annotations

from collections.abc import Iterator

from device_agent.measure.gates import MIN_FREQUENCY_RATIO
from host.doctor.finding import Finding
from host.doctor.inspection import Inspection

_SUPPLY = "Use the board's own power supply and a short cable: a Pi 5 wants 5 V and 5 A."
_HOT_CELSIUS = 75.0
_GOVERNORS = "/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"
_SET_PERFORMANCE = f"Let the cores keep their clock: `echo performance | sudo tee {_GOVERNORS}`."


def check(found: Inspection) -> Iterator[Finding]:
    """Tell what limits the board now, what has since boot, and how its clocks are governed."""
    yield from _supply_and_firmware(found)
    yield from _heat(found)
    if found.over_current_events is not None:
        yield _current(found.over_current_events)
    yield _governor(found)
    yield from _ceiling(found)
    if found.power_mode is not None:
        yield _power_mode(found)


def _supply_and_firmware(found: Inspection) -> Iterator[Finding]:
    now = list(found.limits_now or ())
    if found.supply_is_low and "under-voltage" not in now:
        now.insert(0, "under-voltage")
    if now:
        cure = _SUPPLY if "under-voltage" in now else "Cool the board: a heat sink and a fan."
        yield Finding("throttling", "failure", f"now: {', '.join(now)}", _INVALID, cure)
    elif found.limits_since_boot:
        told = ", ".join(found.limits_since_boot)
        yield Finding(
            "throttling",
            "warning",
            f"not now, but since boot: {told}",
            "It will probably come back under load, and rounds in which it does do not count.",
            _SUPPLY if "under-voltage" in told else "Cool the board, then `sudo reboot`.",
        )
    elif found.limits_now is not None:
        yield Finding("throttling", "ok", "none now, none since boot")
    elif found.supply_is_low is not None:
        yield Finding(
            "throttling",
            "note",
            "the supply's voltage is right",
            "This kernel shows no firmware bits, so what happened since boot is not known.",
            "Ask the firmware on the device: `vcgencmd get_throttled` (0x0 is well).",
        )


def _heat(found: Inspection) -> Iterator[Finding]:
    celsius = found.temperature_celsius
    told = "temperature unknown" if celsius is None else f"{celsius:.0f} °C"
    cool = "Give it a heat sink and a fan, and a place with moving air."
    if found.slowed_for_heat:
        names = ", ".join(found.slowed_for_heat)
        yield Finding("heat", "failure", f"{told}, slowed down by {names}", _INVALID, cool)
    elif celsius is not None and celsius >= _HOT_CELSIUS:
        meaning = "It is hot before it has anything to do: it will throttle under load."
        yield Finding("heat", "warning", told, meaning, cool)
    elif celsius is not None:
        yield Finding("heat", "ok", told)


def _current(events: int) -> Finding:
    if not events:
        return Finding("current", "ok", "no over-current event since boot")
    return Finding(
        "current",
        "warning",
        f"{events} over-current events since boot",
        "The board draws more than its supply gives and slows down; such rounds do not count.",
        "Use a stronger supply, or a lower power mode: `sudo nvpmodel -q` lists them.",
    )


def _governor(found: Inspection) -> Finding:
    if found.governor is None:
        meaning = "The validity gate cannot watch the clock here."
        return Finding("governor", "note", "no cpufreq", meaning)
    clock = f", up to {found.max_frequency_khz / 1e6:.2f} GHz" if found.max_frequency_khz else ""
    told = f"{found.governor}{clock}"
    if found.governor == "performance":
        return Finding("governor", "ok", told)
    if found.governor == "powersave" and found.board in ("rpi4", "rpi5", "jetson"):
        meaning = "The cores stay at their lowest clock."
        return Finding("governor", "warning", told, meaning, _SET_PERFORMANCE)
    return Finding(
        "governor",
        "note",
        told,
        "Clocks rise with the load, so the first queries of a turn are slower and rounds scatter "
        "more.",
        _SET_PERFORMANCE,
    )


def _ceiling(found: Inspection) -> Iterator[Finding]:
    most, allowed = found.max_frequency_khz, found.allowed_frequency_khz
    if most and allowed and allowed < most * MIN_FREQUENCY_RATIO:
        yield Finding(
            "clock limit",
            "warning",
            f"{allowed / 1e6:.2f} of {most / 1e6:.2f} GHz are allowed",
            "Latency is that of a slower board.",
            "Choose the mode without it: `sudo nvpmodel -m 0` on a Jetson, else look for "
            "`arm_freq` in the boot configuration or for who writes scaling_max_freq.",
        )


def _power_mode(found: Inspection) -> Finding:
    others = [name for name in found.power_modes if name != found.power_mode]
    return Finding(
        "power mode",
        "note" if others else "ok",
        found.power_mode or "",
        f"Only runs in one and the same mode can be compared; there are also {', '.join(others)}."
        if others
        else "",
        "Choose one for the whole study: `sudo nvpmodel -m ID`, then `sudo jetson_clocks`."
        if others and found.board == "jetson"
        else None,
    )


_INVALID = "Rounds in which it holds do not count: a run would use up its attempts."
