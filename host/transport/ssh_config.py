"""What `~/.ssh/config` says about one host, with its patterns, tokens and Includes."""

from __future__ import annotations

import glob
import re
from dataclasses import dataclass
from pathlib import Path

import paramiko

from host.transport.session import TransportError

_DEEPEST_INCLUDE = 16


@dataclass(frozen=True)
class HostOptions:
    """The options of one host that a connection needs; None where the file says nothing."""

    host: str
    port: int | None
    user: str | None
    identity_files: tuple[str, ...]
    identities_only: bool
    proxy_command: str | None
    host_key_alias: str | None


def lookup(address: str, port: int | None, user: str | None) -> HostOptions:
    """Look a host up; a port or user from the inventory wins, also in tokens such as `%p`.

    Raises:
        TransportError: The file has a mistake.
    """
    path = Path.home() / ".ssh" / "config"
    # What stands first wins, so that tokens such as %p have the inventory's values too.
    named = [f"Port {port}"] * (port is not None) + [f"User {user}"] * (user is not None)
    try:
        text = "\n".join([*named, *_lines(path, depth=0)])
        found = paramiko.SSHConfig.from_text(text).lookup(address)
        number = int(found.get("port", 0)) or None
    except (paramiko.SSHException, ValueError, OSError) as error:
        raise TransportError(
            f"{path} cannot be understood: {error}",
            remedy=f"Correct it; `ssh -G {address}` shows how OpenSSH reads it.",
        ) from error
    return HostOptions(
        host=found["hostname"],
        port=number,
        user=found.get("user"),
        identity_files=tuple(found.get("identityfile", ())),
        identities_only=found.get("identitiesonly", "no").lower() == "yes",
        proxy_command=_proxy(found),
        host_key_alias=found.get("hostkeyalias"),
    )


def _proxy(found: dict[str, str]) -> str | None:
    """Return the proxy's command; a ProxyJump becomes the one that OpenSSH itself makes of it."""
    command, jump = found.get("proxycommand"), found.get("proxyjump")
    if command and command.lower() != "none":
        return command
    if not jump or jump.lower() == "none":
        return None
    *before, last = (hop.strip() for hop in jump.split(","))
    user_and_host, _, port = last.removeprefix("ssh://").partition(":")
    words = ["ssh", *(["-J", ",".join(before)] if before else []), *(["-p", port] if port else [])]
    target = f"[{found['hostname']}]:{found.get('port', '22')}"
    return " ".join([*words, "-W", f"'{target}'", user_and_host])


def _lines(path: Path, *, depth: int) -> list[str]:
    """Return the file's lines with Includes put in their place, which paramiko leaves out."""
    if not path.is_file() or depth > _DEEPEST_INCLUDE:
        return []
    lines: list[str] = []
    block = "Host *"
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        keyword, _, value = re.sub(r"\s*=\s*", " ", line.strip(), count=1).partition(" ")
        if keyword.lower() in ("host", "match"):
            block = line
        if keyword.lower() != "include":
            lines.append(line)
            continue
        for pattern in value.split():
            absolute = Path.home() / ".ssh" / Path(pattern.strip('"')).expanduser()
            for name in sorted(glob.glob(str(absolute))):  # noqa: PTH207 (absolute patterns)
                lines += _lines(Path(name), depth=depth + 1)
        # A Host line in the included file ends there; what follows belongs to this block again.
        lines.append(block)
    return lines
