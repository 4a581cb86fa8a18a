"""A TCP proxy that cuts or freezes what goes through it, as cables and boards do."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class CuttingProxy:
    """Forwards 127.0.0.1:`port` to a port of the same machine.

    Args:
        target_port: Where to forward to.
        cut_after_bytes: Cut every connection once the client has sent so much; None never.

    Attributes:
        sent_bytes: What clients have sent over all connections.
        connections: How many were made.
    """

    def __init__(self, target_port: int, *, cut_after_bytes: int | None = None) -> None:
        self.cut_after_bytes = cut_after_bytes
        self.sent_bytes = 0
        self.connections = 0
        self._target_port = target_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._frozen = threading.Event()
        self._streams: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """The port to connect to."""
        return int(self._listener.getsockname()[1])

    def cut(self) -> None:
        """Cut the connections that are open now."""
        for stream in self._streams:
            with suppress(OSError):
                stream.shutdown(socket.SHUT_RDWR)
        self._streams.clear()

    def freeze(self) -> None:
        """Take in what comes and pass nothing on; TCP itself notices nothing."""
        self._frozen.set()

    def close(self) -> None:
        """Cut everything and listen no more."""
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target_port))
            except OSError:
                return
            self._streams += [client, server]
            self.connections += 1
            for pump in (
                (client, server, self.cut_after_bytes, True),
                (server, client, None, False),
            ):
                threading.Thread(target=self._pump, args=pump, daemon=True).start()

    def _pump(
        self,
        source: socket.socket,
        target: socket.socket,
        limit: int | None,
        is_counted: bool,
    ) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(1 << 16):
                if self._frozen.is_set():
                    continue
                target.sendall(data)
                passed += len(data)
                if is_counted:
                    self.sent_bytes += len(data)
                if limit is not None and passed >= limit:
                    break
        for stream in (source, target):
            with suppress(OSError):
                stream.shutdown(socket.SHUT_RDWR)
