"""Sees to it that what is coming fits on the device, before anything of it is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from device_agent.contract.errors import DeviceError
from device_agent.contract.room import Room, RoomWanted
from device_agent.layout import Layout
from host.agent import Agent
from host.deploy.audit import who
from host.deploy.present import Present
from host.inventory.device import Device
from host.transport.session import Session


def make_room(
    session: Session,
    layout: Layout,
    device: Device,
    *,
    coming_bytes: int,
    release: Iterable[str] = (),
    study: Iterable[str] = (),
    only_look: bool = False,
) -> Room | None:
    """Let the agent evict collected runs and forgotten blobs where the quota or the disk asks it.

    Args:
        session: The connection.
        layout: Where the agent lies.
        device: The inventory's entry.
        coming_bytes: What will be added.
        release: Digests of the blobs of the release that is coming, sent or not.
        study: The same of a study.
        only_look: Change nothing.

    Returns:
        What went; None where no agent is there yet, and so nothing that could go.

    Raises:
        DeviceError: There is no room, and nothing more may be evicted.
    """
    quota = device.quota_bytes
    wanted = RoomWanted(
        coming_bytes=coming_bytes,
        quota_bytes=quota,
        release=tuple(sorted(set(release))),
        study=tuple(sorted(set(study))),
        by=who(),
        only_look=only_look,
    )
    room = Agent(session, layout, device.name).make_room(wanted)
    if room is None and quota is not None and coming_bytes > quota:
        raise DeviceError(
            f"{device.name}: {coming_bytes / 1e6:.1f} MB are to be sent, and its quota is "
            f"{quota / 1e6:.1f} MB.",
            remedy="Give the device's entry a larger `quota`.",
        )
    return room


def with_room(found: Present, room: Room | None) -> Present:
    """Return what is on the device once that room is made."""
    if room is None:
        return found
    free_bytes = max(room.usage.free_bytes, found.free_bytes + room.freed_bytes)
    return replace(found, free_bytes=free_bytes)


def room_text(room: Room | None) -> str | None:
    """Return what was evicted, in words; None where nothing was."""
    if room is None or not room.freed_bytes:
        return None
    runs = f"collected runs {', '.join(room.runs)}" if room.runs else ""
    blobs = f"{room.blobs} blobs that nothing names any more" if room.blobs else ""
    what = " and ".join(part for part in (runs, blobs) if part)
    return f"made room for what is coming: evicted {what} ({room.freed_bytes / 1e6:.1f} MB)"
