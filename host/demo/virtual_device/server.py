"""The SSH server of a virtual device: loopback only, one user, one key, nothing but commands."""

from __future__ import annotations

import logging
import socket
import threading

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

from host.demo.virtual_device.execution import Execution
from host.demo.virtual_device.places import Places

USER = "edge"
_LOOPBACK = "127.0.0.1"
# As OpenSSH's: what a client has sent beyond it is lost when the connection breaks.
_WINDOW_BYTES = 2 << 20
_PACKET_BYTES = 1 << 17


class Server:
    """Accepts connections in a thread of its own.

    Args:
        places: Keys and home.
        port: On 127.0.0.1; 0 takes a free one.
    """

    def __init__(self, places: Places, port: int) -> None:
        logging.getLogger("paramiko").addHandler(logging.NullHandler())
        self._places = places
        self._key = paramiko.Ed25519Key(filename=str(places.host_key))
        self._client = paramiko.Ed25519Key(filename=str(places.client_key)).asbytes()
        self._listener = socket.create_server((_LOOPBACK, port))
        self._connections: list[paramiko.Transport] = []
        self._running: set[Execution] = set()
        self._stopping = False

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._listener.getsockname()[1])

    @property
    def host_key(self) -> str:
        """Its public key, as an inventory pins it."""
        return f"{self._key.get_name()} {self._key.get_base64()}"

    def start(self) -> None:
        """Begin to accept connections."""
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        """Close every connection and end every command."""
        self._stopping = True
        self._listener.close()
        for connection in self._connections:
            connection.close()
        for execution in list(self._running):
            execution.kill()

    def _accept(self) -> None:
        while not self._stopping:
            try:
                stream, _ = self._listener.accept()
            except OSError:
                return
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = paramiko.Transport(
                stream, default_window_size=_WINDOW_BYTES, default_max_packet_size=_PACKET_BYTES
            )
            connection.add_server_key(self._key)
            self._connections = [c for c in self._connections if c.is_active()] + [connection]
            try:
                # With an event it does not wait: one slow client must not hold up the others.
                connection.start_server(event=threading.Event(), server=_Login(self, connection))
            except (paramiko.SSHException, EOFError, OSError):
                connection.close()

    def may_log_in(self, user: str, key: bytes) -> bool:
        """Say whether this user may come in with this public key."""
        return user == USER and key == self._client

    def execute(self, channel: paramiko.Channel, command: str, confirmed: threading.Lock) -> None:
        """Run one command to its end."""
        # An answer to this request can only be read by the thread that confirms the command, so
        # the client has the confirmation before it sees the command's first byte or its end.
        with confirmed:
            channel.get_transport().global_request("started@virtual-device", wait=True)
        execution = Execution(channel, command, self._places.home, USER)
        self._running.add(execution)
        try:
            execution.run()
        finally:
            self._running.discard(execution)


class _Login(paramiko.ServerInterface):
    """What one connection may do."""

    def __init__(self, server: Server, connection: paramiko.Transport) -> None:
        self._server = server
        self._connection = connection
        self._confirmed = threading.Lock()

    def get_allowed_auths(self, username: str) -> str:
        del username
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        if self._server.may_log_in(username, key.asbytes()):
            return AUTH_SUCCESSFUL
        return AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        del chanid
        if kind == "session":
            return OPEN_SUCCEEDED
        return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        threading.Thread(
            target=self._server.execute,
            args=(channel, command.decode("utf-8", errors="surrogateescape"), self._confirmed),
            daemon=True,
        ).start()
        return True
