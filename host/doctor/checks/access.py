"""How the device is reached, and as what the agent may run there."""

from __future__ import annotations

from host.deploy.place import Place
from host.doctor.finding import Finding
from host.inventory.device import Device


def reached(device: Device, seconds: float) -> Finding:
    """Tell that the device answers."""
    if device.is_local:
        return Finding("connection", "ok", "this machine, without SSH")
    user = f"{device.user}@" if device.user else ""
    told = f"SSH to {user}{device.address} in {seconds:.1f} s, with its pinned host key"
    return Finding("connection", "ok", told)


def service(device: Device, place: Place) -> Finding:
    """Tell as what the agent runs, or would."""
    told = f"{_CALLED[place.service]} in {place.layout.root}: {place.reason}"
    if place.service == "system":
        return Finding("service", "ok", told)
    if place.service == "user":
        return Finding(
            "service",
            "note",
            told,
            "It is not as well shielded as a system service, and may end at logout.",
            "Allow sudo without a password for the deploy, or let it linger: "
            "`sudo loginctl enable-linger $USER` on the device.",
        )
    return Finding(
        "service",
        "ok" if device.is_local else "note",
        told,
        "" if device.is_local else "After a reboot it stays down until the next deploy.",
    )


_CALLED = {"system": "a system service", "user": "a user service", "process": "a plain process"}
