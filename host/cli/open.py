"""`host open`: what the devices do, live in a browser; or the report of a run."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from pathlib import Path

import click

from host.cli.console import data, talk

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


@click.command()
@click.argument("names", metavar="[TARGET|RUN|REPORT.html]...", nargs=-1)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="On 127.0.0.1; 0 takes a free one.",
)
@click.option("--no-browser", is_flag=True, help="Print the address, and start no browser.")
def command(names: tuple[str, ...], port: int, *, no_browser: bool) -> None:
    """Show what the devices do in a browser, live, until Ctrl-C; the runs go on.

    The page is what `host watch` shows. It is served to this machine alone, at an address with a
    secret in it: whoever has the address can read the page. Over SSH, forward the port:
    `ssh -L PORT:127.0.0.1:PORT HOST`.

    With a RUN whose bundle is here, its report is opened instead, and made where there is none;
    with a REPORT.html, that file.

    \b
    Examples:
      host open
      host open pi5 --port 8765 --no-browser
      host open demo-20260101-120000
    """
    report, run_id = _report(names)
    if report is not None:
        _show(report.absolute().as_uri(), no_browser=no_browser)
        return
    _serve(names, run_id, port, no_browser=no_browser)


def _report(names: tuple[str, ...]) -> tuple[Path | None, str | None]:
    """Return the report that is asked for, or the run that has none yet."""
    from host.runs.record import RunRecords
    from host.watch.reports import make_report

    if len(names) != 1:
        return None, None
    (name,) = names
    path = Path(name)
    if path.suffix == ".html":
        if not path.is_file():
            raise click.UsageError(f"{path}: there is no such report.")
        return path, None
    records = RunRecords()
    if records.device_of(name) is None:
        return None, None
    record = records.find(name)
    if record.place.bundle(name).is_dir():
        return make_report(record), None
    return None, name


def _serve(names: tuple[str, ...], run_id: str | None, port: int, *, no_browser: bool) -> None:
    from host.cli.watch import watched_devices
    from host.watch.server import LiveServer
    from host.watch.watcher import Watcher

    devices = watched_devices(run_id, () if run_id else names)
    if not devices:
        talk("No devices yet: `host devices add NAME ADDRESS`, or `host deploy --target local`.")
        return
    with Watcher(devices, run_id=run_id) as watcher:
        server = LiveServer(watcher, port)
        server.start()
        try:
            data(server.access.url)
            talk("Ctrl-C ends the page; the runs go on. Who has the address can read it.")
            if not no_browser:
                _browse(server.access.ticket_url())
            threading.Event().wait()
        except KeyboardInterrupt:
            talk("No longer shown; the runs go on.")
            raise
        finally:
            server.stop()


def _show(address: str, *, no_browser: bool) -> None:
    data(address)
    if not no_browser:
        _browse(address)


def _browse(address: str) -> None:
    # Without a display a browser for the terminal would start, on top of what is printed here.
    has_display = sys.platform == "darwin" or any(map(os.environ.get, _DISPLAYS))
    if not has_display or not webbrowser.open(address):
        talk("No browser could be started: open the address above in one.")
