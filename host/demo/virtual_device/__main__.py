"""`python -m host.demo.virtual_device --root DIR`: serves until SIGTERM.

Prints one JSON line with port, host key and user once it listens.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path

import click

from host.demo.virtual_device.launch import layout_below, stop_agent
from host.demo.virtual_device.places import Places, ensure_key
from host.demo.virtual_device.server import USER, Server


@click.command()
@click.option("--root", type=click.Path(path_type=Path), required=True, help="Its folder.")
@click.option("--port", default=0, show_default=True, help="On 127.0.0.1; 0 takes a free one.")
@click.option("--until-eof", is_flag=True, help="End, agent included, when stdin ends.")
def main(root: Path, port: int, *, until_eof: bool) -> None:
    """Serve SSH on loopback with ROOT/home as the home folder.

    Example: python -m host.demo.virtual_device --root /tmp/device --port 2222
    """
    places = Places(root.absolute())
    places.home.mkdir(parents=True, exist_ok=True)
    ensure_key(places.host_key)
    ensure_key(places.client_key)
    server = Server(places, port)
    stop = threading.Event()
    orphaned = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if until_eof:
        threading.Thread(target=_watch_stdin, args=(stop, orphaned), daemon=True).start()
    click.echo(json.dumps({"port": server.port, "host_key": server.host_key, "user": USER}))
    server.start()
    stop.wait()
    server.stop()
    if orphaned.is_set():
        stop_agent(layout_below(places.root))


def _watch_stdin(stop: threading.Event, orphaned: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    # Whoever started the device is gone without having stopped it.
    orphaned.set()
    stop.set()


if __name__ == "__main__":
    main()
