"""The journal as a whole: whose it is, that it is complete, and that its clock runs forwards."""

from __future__ import annotations

from collections.abc import Iterator

from device_agent.contract.bundle import JOURNAL_NAME, MANIFEST_NAME
from device_agent.contract.events import StateChanged
from device_agent.contract.runspec import TERMINAL_STATES
from host.analysis.bundle import Bundle
from host.analysis.seal.failure import RUN_AGAIN, Failure


def check_journal(bundle: Bundle) -> Iterator[Failure]:
    """Find a journal of another run, a gap in it, or an end that is none."""
    yield from _identity(bundle)
    yield from _end(bundle)
    yield from _sequence(bundle)
    yield from _clock(bundle)


def _identity(bundle: Bundle) -> Iterator[Failure]:
    manifest, spec = bundle.manifest, bundle.spec
    if manifest.run_id != spec.run_id:
        yield Failure(MANIFEST_NAME, f"is of run {manifest.run_id}, the spec of {spec.run_id}")
    if manifest.events != len(bundle.events):
        message = f"has {len(bundle.events)} events, the manifest says {manifest.events}"
        yield Failure(JOURNAL_NAME, message)


def _end(bundle: Bundle) -> Iterator[Failure]:
    """Only an ended run is sealed, right after it ended."""
    state = bundle.manifest.state
    if state not in TERMINAL_STATES:
        yield Failure(MANIFEST_NAME, f"says the run is {state}, only an ended run has a bundle")
    last = bundle.events[-1] if bundle.events else None
    found = last.body.state if last and isinstance(last.body, StateChanged) else "no state at all"
    if found != state:
        seq = last.seq if last else None
        yield Failure(JOURNAL_NAME, f"ends in {found}, the manifest says {state}", seq=seq)


def _sequence(bundle: Bundle) -> Iterator[Failure]:
    for expected, event in enumerate(bundle.events, 1):
        if event.seq != expected:
            message = f"line {expected} has seq {event.seq}, expected {expected}"
            yield Failure(JOURNAL_NAME, message, seq=event.seq)
            return


def _clock(bundle: Bundle) -> Iterator[Failure]:
    """Within one boot the monotonic clock never goes back, and nobody boots into a former boot.

    In a container a login may see another boot id than a service does. Then both take turns over
    one clock, which goes on.
    """
    latest: dict[str, int] = {}
    before = ""
    for event in bundle.events:
        boot = event.boot_id
        message = None
        if event.monotonic_ns < latest.get(boot, 0):
            message = (
                f"was written at {event.monotonic_ns} ns of boot {boot}, "
                f"after one at {latest[boot]} ns"
            )
        elif boot != before and event.monotonic_ns < latest.get(before, 0) and boot in latest:
            message = f"is of boot {boot}, which had ended before"
        if message:
            yield Failure(JOURNAL_NAME, message, RUN_AGAIN, seq=event.seq)
            return
        latest[boot] = event.monotonic_ns
        before = boot
