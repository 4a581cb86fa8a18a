"""Who may read the page: whoever has the token, from this machine, and asks it by its own name.

A page of another site can make a browser send requests here, and can have its own name lead here
(DNS rebinding); such a request has no token, and another Host or Origin.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping

LOOPBACK = "127.0.0.1"
_TOKEN_BYTES = 32


class Access:
    """The token of one server, and a ticket that lets the browser in without showing it.

    The browser's command line can be read by other users of the machine: it has the ticket, which
    is good once.

    Args:
        port: Of the server.
    """

    def __init__(self, port: int) -> None:
        self._token = secrets.token_urlsafe(_TOKEN_BYTES)
        self._hosts = {f"{LOOPBACK}:{port}", f"localhost:{port}"}
        self._base = f"http://{LOOPBACK}:{port}"
        self._ticket: str | None = None
        self._lock = threading.Lock()

    @property
    def home(self) -> str:
        """The page's path."""
        return f"/{self._token}/"

    @property
    def url(self) -> str:
        """The page's address."""
        return self._base + self.home

    def ticket_url(self) -> str:
        """Return an address that leads to the page once."""
        with self._lock:
            self._ticket = secrets.token_urlsafe(_TOKEN_BYTES)
            return f"{self._base}/open/{self._ticket}"

    def redeem(self, path: str) -> bool:
        """Say whether the path is the ticket's; then it is used up."""
        with self._lock:
            ticket = self._ticket
            if ticket is None or not _same(path, f"/open/{ticket}"):
                return False
            self._ticket = None
            return True

    def allows(self, headers: Mapping[str, str]) -> bool:
        """Say whether a request with these headers may be answered, whatever it asks for."""
        found = {name.lower(): value for name, value in headers.items()}
        origin = found.get("origin")
        return (
            found.get("host") in self._hosts
            and (origin is None or origin in {f"http://{host}" for host in self._hosts})
            and found.get("sec-fetch-site", "none") in ("none", "same-origin")
        )

    def below(self, path: str) -> str | None:
        """Return what a path names below the token; None where it has no such token."""
        token, slash, rest = path.removeprefix("/").partition("/")
        return rest if slash and _same(token, self._token) else None


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode(), wanted.encode())
