"""Chooses the supervisor of a place."""

from __future__ import annotations

from host.deploy.place import Place
from host.deploy.process import ProcessSupervisor
from host.deploy.supervisor import Supervisor
from host.deploy.systemd import SystemdSupervisor


def supervisor_of(place: Place, device: str) -> Supervisor:
    """Return who keeps the agent of that place running."""
    if place.service == "process":
        return ProcessSupervisor()
    return SystemdSupervisor(place.service, device)
