"""Serves the live view to a browser on this machine: a page, a stream of updates, reports."""

from __future__ import annotations

import socketserver
import sys
import threading
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

from device_agent.contract.errors import RunError
from host.runs.record import RunRecords
from host.watch.access import LOOPBACK, Access
from host.watch.page import render_page
from host.watch.reports import find_report
from host.watch.updates import Updates
from host.watch.watcher import Watcher

_STALL_S = 30.0
_MAX_CONNECTIONS = 32
_LOOK_EVERY_S = 0.1
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A report is a page of its own kind, with its styles and pictures inside: without an origin, it
# can read nothing of what is served here, whatever stands in it.
_REPORT_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_STATIC = {"live.css": "text/css", "live.js": "text/javascript"}


class LiveServer(ThreadingHTTPServer):
    """Listens on loopback alone; a context manager that ends it.

    Args:
        watcher: What is shown.
        port: 0 takes a free one.
        records: Of the runs whose reports may be read; None is beside the inventory.

    Raises:
        RunError: The port is taken.
    """

    daemon_threads = True
    request_queue_size = _MAX_CONNECTIONS

    def __init__(self, watcher: Watcher, port: int = 0, records: RunRecords | None = None) -> None:
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except OSError as error:
            raise RunError(
                f"Port {port} on {LOOPBACK} cannot be listened on: {error.strerror}.",
                remedy="Leave --port out: then a free one is taken.",
            ) from error
        self.access = Access(self.server_address[1])
        self.watcher = watcher
        self.records = records or RunRecords()
        self.ended = threading.Event()
        self._room = threading.BoundedSemaphore(_MAX_CONNECTIONS)

    def server_bind(self) -> None:
        """Bind without looking up this machine's name, which may take as long as a resolver."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, or hang up where there are too many already."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, then make room for the next one."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that hangs up; anything else is a mistake of ours."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def start(self) -> None:
        """Serve in a thread."""
        serving = partial(self.serve_forever, poll_interval=_LOOK_EVERY_S)
        threading.Thread(target=serving, name="live page", daemon=True).start()

    def stop(self) -> None:
        """End all streams, then the server."""
        self.ended.set()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Answers one request; whatever is not right gets a status and nothing else."""

    server: LiveServer
    timeout = _STALL_S
    server_version = "xtreme-edge"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer, or refuse."""
        # What stands between might take the other one of two.
        has_one_host = len(self.headers.get_all("Host", [])) == 1
        if not has_one_host or not self.server.access.allows(dict(self.headers)):
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        path = self.path.partition("?")[0]
        if self.server.access.redeem(path):
            self._send(HTTPStatus.SEE_OTHER, b"", {"Location": self.server.access.home})
            return
        below = self.server.access.below(path)
        if below is None:
            self._refuse(HTTPStatus.FORBIDDEN)
        else:
            self._answer(below)

    def _answer(self, path: str) -> None:
        if path == "":
            page = render_page(self.server.watcher.seen().devices)
            self._text(page, "text/html", _PAGE_POLICY)
        elif path in _STATIC:
            text = (files("host.watch") / "static" / path).read_text(encoding="utf-8")
            self._text(text, _STATIC[path], _PAGE_POLICY)
        elif path == "events":
            self._stream()
        elif path.startswith("reports/"):
            run_id = unquote(path.removeprefix("reports/"))
            report = find_report(self.server.records, run_id)
            if report is None:
                self._refuse(HTTPStatus.NOT_FOUND)
            else:
                self._text(report.read_text(encoding="utf-8"), "text/html", _REPORT_POLICY)
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def _stream(self) -> None:
        self._head(HTTPStatus.OK, {"Content-Type": "text/event-stream"})
        updates = Updates(self.server.watcher, self.headers.get("Last-Event-ID"))
        while not self.server.ended.is_set():
            self.wfile.write(updates.next())
            self.wfile.flush()

    def _text(self, text: str, kind: str, policy: str) -> None:
        headers = {"Content-Type": f"{kind}; charset=utf-8", "Content-Security-Policy": policy}
        self._send(HTTPStatus.OK, text.encode(), headers)

    def _refuse(self, status: HTTPStatus) -> None:
        self._send(status, f"{status.value} {status.phrase}\n".encode(), {})

    def _send(self, status: HTTPStatus, body: bytes, headers: Mapping[str, str]) -> None:
        self._head(status, {"Content-Type": "text/plain", **headers}, len(body))
        self.wfile.write(body)

    def _head(
        self, status: HTTPStatus, headers: Mapping[str, str], length: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Connection": "close",
            **headers,
        }.items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Say nothing: an address in a log would give the token away."""
