"""`device-agent`: what the host calls over SSH, and what the service manager starts."""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath
from typing import NoReturn

import click

from device_agent.contract import codec
from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.failure import Failure
from device_agent.layout import Layout, default_state
from device_agent.os_failure import explain
from device_agent.version import __version__


class _Group(click.Group):
    """Turns expected errors into text and an exit code, in this one place."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except XtremeEdgeError as error:
            _tell(ctx, error)
        except BrokenPipeError:
            # The host hung up: nothing is left to tell anybody.
            sys.stderr.close()
            ctx.exit(1)
        except OSError as error:
            _tell(ctx, explain(error, "on the device"))


def _tell(ctx: click.Context, error: XtremeEdgeError) -> NoReturn:
    as_json = ctx.params["errors"] == "json"
    failure = Failure(message=error.message, remedy=error.remedy)
    text = codec.encode(failure).decode() if as_json else f"error: {error}"
    click.echo(text, err=True)
    ctx.exit(1)


_state = click.option(
    "--state",
    "layout",
    type=click.Path(),
    callback=lambda _ctx, _param, value: Layout(
        PurePosixPath(Path(value).absolute()) if value else default_state()
    ),
    help="State folder; default $XTREME_EDGE_STATE, else ~/.local/state/xtreme-edge.",
)


def _digests(
    _context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]
) -> tuple[str, ...]:
    for each in given:
        if not codec.is_digest(each):
            raise click.BadParameter(f"{each[:80]!r} is no SHA-256 in lower-case hexadecimal")
    return given


@click.group(cls=_Group)
@click.version_option(__version__, prog_name="device-agent")
@click.option(
    "--errors",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How expected failures are told on standard error.",
)
def main(errors: str) -> None:
    """Run benchmarks on this device and answer the host.

    Example: device-agent status --state /var/lib/xtreme-edge
    """
    del errors  # read where failures are caught


@main.command()
@_state
def serve(layout: Layout) -> None:
    """Work off submitted runs until SIGTERM.

    Example: device-agent serve --state /var/lib/xtreme-edge
    """
    from device_agent.service.daemon import serve as serve_forever
    from device_agent.service.journald import set_up_logging

    set_up_logging()
    serve_forever(layout)


@main.command()
@_state
def submit(layout: Layout) -> None:
    """Queue the run whose spec comes on standard input, and print its status.

    Example: device-agent submit < spec.json
    """
    from device_agent.service.runs import Runs

    _print(Runs(layout).submit(sys.stdin.buffer.read()))


@main.command()
@_state
def status(layout: Layout) -> None:
    """Print the agent and its runs as JSON.

    Example: device-agent status
    """
    from device_agent.contract.status import AgentStatus
    from device_agent.service.lock import serving_pid
    from device_agent.service.room import usage
    from device_agent.service.runs import Runs
    from device_agent.signing import public_key

    pid = serving_pid(layout)
    key = public_key(layout)
    current = Path(layout.current)
    overview = Runs(layout).overview()
    _print(
        AgentStatus(
            agent_version=__version__,
            serving=pid is not None,
            pid=pid,
            release=current.readlink().name if current.is_symlink() else None,
            runs=overview.runs,
            unreadable=overview.unreadable,
            bundle_key=key.text if key else None,
            usage=usage(layout) if current.is_symlink() else None,
        )
    )


@main.command()
@click.argument("run_id")
@click.option("--after", default=0, show_default=True, help="Only events with a greater seq.")
@click.option("--follow/--no-follow", default=True, show_default=True, help="Until the run ends.")
@_state
def stream(layout: Layout, run_id: str, after: int, *, follow: bool) -> None:
    """Print the run's events as JSON Lines, in order; other lines are signs of life.

    Example: device-agent stream demo-1 --after 120
    """
    from device_agent.contract.events import Event
    from device_agent.service.lock import serving_pid
    from device_agent.service.queue import runs_before
    from device_agent.service.runs import Runs
    from device_agent.service.streaming import stream_events

    runs = Runs(layout)
    folder = runs.intact(run_id)
    output = sys.stdout.buffer
    with folder.read_journal() as journal:
        for line in stream_events(
            journal,
            after,
            follow=follow,
            serving=lambda: serving_pid(layout) is not None,
            ahead=lambda: runs_before(runs, folder),
        ):
            output.write(b"\n" if line is None else codec.encode(line) + b"\n")
            if not isinstance(line, Event):
                output.flush()


@main.command()
@click.argument("run_id")
@_state
def cancel(layout: Layout, run_id: str) -> None:
    """End a run; what it has measured is kept and sealed.

    Example: device-agent cancel demo-1
    """
    from device_agent.service.runs import Runs

    _print(Runs(layout).cancel(run_id))


@main.command()
@click.argument("run_id")
@_state
def bundle(layout: Layout, run_id: str) -> None:
    """Write the sealed run to standard output as tar.

    Example: device-agent bundle demo-1 | tar x
    """
    from device_agent.service.runs import Runs
    from device_agent.service.sealing import seal_here, write_tar

    runs = Runs(layout)
    folder = runs.folder(run_id)
    if not folder.is_sealed:
        with runs.intact(run_id).read_journal() as journal:
            seal_here(folder, journal, layout)
    write_tar(folder.bundle, sys.stdout.buffer)


@main.command()
@click.argument("artifacts", nargs=-1, required=True, metavar="DIGEST...", callback=_digests)
@_state
def golden(layout: Layout, artifacts: tuple[str, ...]) -> None:
    """Run artifacts' golden sets here and print a JSON line each: passed, or why not.

    What has passed with this release, runtime and processor is not run again.

    Example: device-agent golden 3b1f… --state /var/lib/xtreme-edge
    """
    from device_agent.golden_check.isolated import check_all
    from device_agent.probe import usable_cores

    for finding in check_all(layout, artifacts, usable_cores()):
        sys.stdout.buffer.write(codec.encode(finding) + b"\n")
        sys.stdout.buffer.flush()


@main.command()
@click.argument("run_id")
@click.argument("manifest", metavar="DIGEST")
@_state
def collected(layout: Layout, run_id: str, manifest: str) -> None:
    """Note that a host has the bundle of that manifest, verified: the run may then be evicted.

    Example: device-agent collected demo-1 3b1f…
    """
    from device_agent.service.collected import mark_collected
    from device_agent.service.runs import Runs

    mark_collected(Runs(layout).folder(run_id), manifest)


@main.command()
@_state
def room(layout: Layout) -> None:
    """Make room for what standard input says is coming, and print what had to go.

    Only runs that a host has collected go, then blobs that nothing names any more.

    Example: device-agent room < wanted.json
    """
    from device_agent.contract.room import RoomWanted
    from device_agent.service.room import make_room

    wanted = codec.decode(sys.stdin.buffer.read(), RoomWanted, source="room wanted")
    _print(make_room(layout, wanted))


@main.command()
@_state
def probe(layout: Layout) -> None:
    """Print the device's facts as JSON; changes nothing.

    Example: device-agent probe
    """
    from device_agent.probe import probe as facts

    _print(facts(layout.root))


def _print(document: object) -> None:
    sys.stdout.buffer.write(codec.encode_pretty(document))


if __name__ == "__main__":
    main()
