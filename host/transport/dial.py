"""Opens the byte stream to a device: TCP, or the proxy command of `~/.ssh/config`."""

from __future__ import annotations

import errno
import socket
import subprocess

from host.transport.endpoint import Endpoint
from host.transport.session import TransportError

_BUFFER_BYTES = 4 << 20


def dial(endpoint: Endpoint, timeout_s: float) -> socket.socket:
    """Connect, and return the socket.

    Raises:
        TransportError: The name does not resolve, or nothing answers there.
    """
    if endpoint.proxy_command is not None:
        return _through_proxy(endpoint.proxy_command)
    try:
        connection = socket.create_connection((endpoint.host, endpoint.port), timeout_s)
    except socket.gaierror as error:
        raise TransportError(
            f"{endpoint.device}: the name {endpoint.host!r} does not resolve: {error.strerror}.",
            remedy="Check the spelling and the network, or use the IP address: "
            f"`host devices add {endpoint.device} ADDRESS`.",
        ) from error
    except OSError as error:
        raise _unreachable(endpoint, error, timeout_s) from error
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
    return connection


def _unreachable(endpoint: Endpoint, error: OSError, timeout_s: float) -> TransportError:
    where = f"{endpoint.host} port {endpoint.port}"
    if isinstance(error, ConnectionRefusedError):
        return TransportError(
            f"{endpoint.device}: {where} refuses the connection: nothing listens there.",
            remedy="Start the SSH server on the device (`sudo systemctl enable --now ssh`), "
            "or correct the port in the inventory.",
        )
    if isinstance(error, TimeoutError) or error.errno == errno.ETIMEDOUT:
        reason = f"does not answer within {timeout_s:g} s"
    else:
        reason = f"cannot be reached: {error.strerror or error}"
    return TransportError(
        f"{endpoint.device}: {where} {reason}.",
        remedy=f"Check power, cable and address of the device (`ping {endpoint.host}`).",
    )


def _through_proxy(command: str) -> socket.socket:
    """Run the command with one end of a socket pair as its stdin and stdout.

    A real socket tells of the command's end, which a pair of pipes behind an object would not.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command}"],
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
            start_new_session=True,
        )
    return ours
