"""The systemd unit of a release, as text: pure, so that every line of it can be tested."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from host.deploy.graphics import NONE, Graphics

UNIT_NAME = "xtreme-edge.service"
SERVICE_USER = "xtreme-edge"
"""User and group of the system service; whoever may deploy is made a member of the group."""

Scope = Literal["system", "user"]

# A daemon that died starts again at once, one that dies at every start is given up: after more
# starts than the agent itself needs to end a run that kills it (five).
_HEAD = """\
[Unit]
Description=xtreme-edge agent: runs evaluations and keeps their results
StartLimitIntervalSec=120
StartLimitBurst=10

[Service]
Type=notify
NotifyAccess=main
ExecStart={launcher} serve --state {state}
Restart=on-failure
RestartSec=1
TimeoutStartSec=120
TimeoutStopSec=60
WatchdogSec=60
TimeoutAbortSec=10
LimitCORE=0
MemoryMax={memory_percent}%
TasksMax=512
"""
MEMORY_PERCENT = 85
"""Of the device's memory: what kills the agent must not be what the board itself needs."""

# What a service manager without root can enforce as well.
_EVERYWHERE = """\
NoNewPrivileges=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
KeyringMode=private
"""
# ProtectProc hides processes, not /proc/stat: the foreign load of a round can still be seen.
_SYSTEM = """\
User={user}
Group={user}
UMask=0007
ReadWritePaths={state}
ReadOnlyPaths={releases}
CapabilityBoundingSet=
AmbientCapabilities=
PrivateNetwork=yes
PrivateTmp=yes
PrivateIPC=yes
PrivateUsers=yes
ProtectSystem=strict
ProtectHome=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
IPAddressDeny=any
RemoveIPC=yes
DevicePolicy=closed
"""
_WITHOUT_GRAPHICS = """\
PrivateDevices=yes
MemoryDenyWriteExecute=yes
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
"""
# A driver compiles kernels at run time and binds memory to nodes.
_WITH_GRAPHICS = """\
PrivateDevices=no
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
"""
_TAIL = """
[Install]
WantedBy={target}
"""


@dataclass(frozen=True)
class Unit:
    """The unit that a release is started by."""

    scope: Scope
    text: str


def make_unit(scope: Scope, state: PurePosixPath, graphics: Graphics = NONE) -> Unit:
    """Render the unit.

    Args:
        scope: The system's service manager, or that of the login user, which has no root.
        state: The agent's state folder.
        graphics: Device nodes and groups of a GPU; empty on a board without one.
    """
    text = _HEAD.format(
        launcher=_quoted(state / "current" / "device-agent"),
        state=_quoted(state),
        memory_percent=MEMORY_PERCENT,
    )
    text += _EVERYWHERE
    if scope == "system":
        text += _SYSTEM.format(
            user=SERVICE_USER, state=_quoted(state), releases=_quoted(state / "releases")
        )
        text += _devices(graphics)
    else:
        text += "UMask=0077\nSystemCallFilter=@system-service\n"
    target = "multi-user.target" if scope == "system" else "default.target"
    return Unit(scope, text + _TAIL.format(target=target))


def _devices(graphics: Graphics) -> str:
    if not graphics.nodes:
        return _WITHOUT_GRAPHICS
    lines = [f"DeviceAllow={node} rw" for node in graphics.nodes]
    if graphics.groups:
        lines.append(f"SupplementaryGroups={' '.join(graphics.groups)}")
    return _WITH_GRAPHICS + "".join(f"{line}\n" for line in lines)


def _quoted(path: PurePosixPath) -> str:
    """Quote a path for a unit file, whose own specifiers and variables must not be seen in it."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text.replace("%", "%%").replace("$", "$$")}"'
