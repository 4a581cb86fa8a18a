"""The page over HTTP: who gets it, what it may do, and how it follows the devices."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from device_agent.contract.errors import RunError
from host.runs.record import RunRecord, RunRecords
from host.watch import news
from host.watch.server import LiveServer
from host.watch.watcher import Watcher
from tests.host.watch.made import DEVICE, reading, small_run, words_of

RUN = small_run()


@pytest.fixture
def records(tmp_path: Path) -> RunRecords:
    """Two runs of which one has a report; beside it a file that is nobody's."""
    records = RunRecords(tmp_path / "records")
    for run_id in ("with", "without", "linked"):
        workspace = tmp_path / "results"
        records.save(
            RunRecord(run_id=run_id, device="pi5", study_file="s", workspace=str(workspace))
        )
    reports = tmp_path / "results" / "reports"
    reports.mkdir(parents=True)
    (reports / "with.html").write_text("<p>the report</p>", encoding="utf-8")
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    (reports / "linked.html").symlink_to(tmp_path / "secret.html")
    return records


@pytest.fixture
def watcher(records: RunRecords) -> Watcher:
    """Watches a device that is not there: tests tell its news."""
    return Watcher([DEVICE], records=records)


@pytest.fixture
def server(watcher: Watcher, records: RunRecords) -> Iterator[LiveServer]:
    """A server of its own."""
    server = LiveServer(watcher, records=records)
    server.start()
    yield server
    server.stop()


@contextmanager
def asked(
    server: LiveServer, path: str, method: str = "GET", **headers: str
) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=named)
    try:
        yield connection.getresponse()
    finally:
        connection.close()


def read(server: LiveServer, path: str, **headers: str) -> tuple[int, str]:
    with asked(server, path, **headers) as response:
        return response.status, response.read().decode()


def test_the_page_with_the_token(server: LiveServer) -> None:
    """It names its device, and needs nothing from elsewhere."""
    with asked(server, server.access.home) as response:
        page = response.read().decode()
        policy = response.headers["Content-Security-Policy"]
        assert response.status == 200
    assert 'data-device="pi5"' in page
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http://" not in page
    assert "https://" not in page
    assert "style=" not in page
    assert "onclick" not in page
    for name, kind in (("live.js", "text/javascript"), ("live.css", "text/css")):
        with asked(server, server.access.home + name) as response:
            assert response.headers["Content-Type"] == f"{kind}; charset=utf-8"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert b"http" not in response.read()


def test_nothing_without_the_token(server: LiveServer) -> None:
    """Neither page nor stream nor report, and the answer says nothing."""
    for path in ("/", "/events", "/live.js", "/reports/with", "/wrong/", "/wrong/events"):
        status, text = read(server, path)
        assert (status, text) == (403, "403 Forbidden\n"), path


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
)
def test_nothing_for_another_site_that_has_the_token(
    server: LiveServer, headers: dict[str, str]
) -> None:
    """DNS rebinding, and requests that another page sends."""
    for path in ("", "events", "reports/with"):
        assert read(server, server.access.home + path, **headers)[0] == 403


def test_two_hosts_are_refused(server: LiveServer) -> None:
    """What stands between might take the other one."""
    host = f"127.0.0.1:{server.server_port}"
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as plain:
        lines = [f"GET {server.access.home} HTTP/1.1", f"Host: {host}", "Host: evil", "", ""]
        plain.sendall("\r\n".join(lines).encode())
        assert plain.recv(100).startswith(b"HTTP/1.0 403")


def test_nothing_can_be_written(server: LiveServer) -> None:
    """The server only reads; other methods are not there."""
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        with asked(server, server.access.home, method) as response:
            assert response.status == 501


def test_it_listens_on_loopback_alone(server: LiveServer) -> None:
    """Whatever other addresses this machine has."""
    assert server.socket.getsockname()[0] == "127.0.0.1"


def test_a_ticket_leads_to_the_page_once(server: LiveServer) -> None:
    """The browser is started with it."""
    path = "/" + server.access.ticket_url().partition("://")[2].partition("/")[2]
    with asked(server, path) as response:
        assert (response.status, response.headers["Location"]) == (303, server.access.home)
    assert read(server, path)[0] == 403


@pytest.mark.parametrize(
    "name",
    [
        "without",
        "linked",
        "unknown",
        "",
        "../secret",
        "..%2Fsecret",
        "with/../../../secret",
        "/etc/passwd",
        "with.html",
        "with%00",
        "with/",
    ],
)
def test_reports_and_nothing_else(server: LiveServer, name: str) -> None:
    """A run's own report; no path out of its folder, no link out of its workspace."""
    status, text = read(server, f"{server.access.home}reports/{name}")
    assert status == 404
    assert "secret" not in text


def test_a_report_is_served_without_an_origin(server: LiveServer) -> None:
    """Whatever stands in it, it cannot read the page that leads to it."""
    with asked(server, f"{server.access.home}reports/with") as response:
        assert response.read() == b"<p>the report</p>"
        assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def messages(response: http.client.HTTPResponse) -> Iterator[dict[str, str]]:
    """Yield what a browser would make of the stream."""
    found: dict[str, str] = {}
    for line in response:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            found[name] = value
        elif found:
            yield found
            found = {}


def test_the_stream_delivers_what_happens(server: LiveServer, watcher: Watcher) -> None:
    """A device's fragment at once, another at each change, and none where nothing is new."""
    with asked(server, f"{server.access.home}events") as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        stream = messages(response)
        first = next(stream)
        assert first["event"] == "device"
        assert "connecting" in json.loads(first["data"])["html"]
        assert next(stream)["event"] == "tick"
        for word in words_of(RUN, 30):
            watcher.tell("pi5", word)
        changed = next(one for one in stream if one["event"] == "device")
        assert "30/" not in first["data"]
        html = json.loads(changed["data"])["html"]
        assert RUN.spec.run_id in html
        assert "52 °C" in html
        watcher.tell("pi5", news.Disconnected("pi5: cut.", "Wait."))
        lost = next(one for one in stream if one["event"] == "device" and "LOST" in one["data"])
        assert "pi5: cut." in json.loads(lost["data"])["html"]
        watcher.tell("pi5", news.Connected())
        assert next(one for one in stream if 'class=\\"link good\\"' in one.get("data", ""))


def test_a_browser_that_comes_again_gets_what_is_new(server: LiveServer, watcher: Watcher) -> None:
    """By the last id that it has; one of another process means nothing."""
    watcher.tell("pi5", news.Connected())
    watcher.tell("pi5", news.ReadingCame(reading()))
    path = f"{server.access.home}events"
    with asked(server, path) as response:
        last = next(one for one in messages(response) if "id" in one)["id"]
    with asked(server, path, Last_Event_ID=last) as response:
        assert next(messages(response))["event"] == "tick"
    for other in ("0-5", "nonsense", "-1", last.replace(last[0], "x")):
        with asked(server, path, Last_Event_ID=other) as response:
            assert next(messages(response))["event"] == "device"
    watcher.tell("pi5", news.ReadingCame(reading(temperature_celsius=80.0)))
    with asked(server, path, Last_Event_ID=last) as response:
        assert "80 °C" in json.loads(next(messages(response))["data"])["html"]


def test_too_many_connections_are_hung_up_on(server: LiveServer) -> None:
    """Nobody can fill the host with threads; the page is there again once they are gone."""
    address = ("127.0.0.1", server.server_port)
    held = [socket.create_connection(address, timeout=10) for _ in range(32)]
    try:
        with socket.create_connection(address, timeout=10) as more:
            assert more.recv(1) == b""
    finally:
        for one in held:
            one.close()


def test_a_port_that_is_taken(server: LiveServer, watcher: Watcher) -> None:
    """Is an error with a remedy."""
    with pytest.raises(RunError, match="cannot be listened on"):
        LiveServer(watcher, server.server_port)
