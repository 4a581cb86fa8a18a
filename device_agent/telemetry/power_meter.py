"""Energy of the timed regions: the board's power, read beside them and integrated over time.

A thread reads the rails ten times a second while a region lasts; an INA3221 takes about a
millisecond to answer over its bus, in which the thread holds no lock that the queries need. What
a board has no monitor for is unsupported: nothing is estimated from load or clock.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from device_agent import clock
from device_agent.contract.events import Energy, VariantEnergy
from device_agent.telemetry.sensors import power
from device_agent.telemetry.sensors.protocol import UnsupportedError

INTERVAL_S = 0.1
REST_S = 1.0
# A region with a longer gap between readings has no energy: what was drawn in it is not known.
_LONGEST_GAP_NS = int(5 * INTERVAL_S * 1e9)

Reading = tuple[int, float]
"""Monotonic time in nanoseconds, power in watts."""


@dataclass
class _Use:
    """What one variant's regions of a round have drawn so far."""

    joules: float | None = 0.0
    duration_ns: int = 0
    readings: int = 0


@dataclass
class _Round:
    idle_watts: float | None = None
    uses: dict[str, _Use] = field(default_factory=dict)


class PowerMeter:
    """Measures one round after the other; does nothing on a machine without monitors.

    Attributes:
        core: Where the reading thread runs; None leaves it to the kernel.
    """

    def __init__(self, root: Path, interval_s: float = INTERVAL_S) -> None:
        self._interval_s = interval_s
        self._round = _Round()
        self.core: int | None = None
        try:
            self._rails = power.rails(root)
        except UnsupportedError:
            self._rails = ()

    @property
    def is_there(self) -> bool:
        """Whether this machine has a monitor."""
        return bool(self._rails)

    def rest(self, seconds: float = REST_S) -> None:
        """Take the idle baseline: what the board draws while the agent waits."""
        if not self._rails:
            return
        with self._reading() as readings:
            threading.Event().wait(seconds)
        joules = integrate_joules(readings)
        if joules is not None:
            self._round.idle_watts = joules / ((readings[-1][0] - readings[0][0]) / 1e9)

    @contextmanager
    def timed(self, variant: str) -> Iterator[None]:
        """Measure while the context lasts, for one variant's account."""
        if not self._rails:
            yield
            return
        with self._reading() as readings:
            yield
        use = self._round.uses.setdefault(variant, _Use())
        joules = integrate_joules(readings)
        use.joules = None if joules is None or use.joules is None else use.joules + joules
        use.duration_ns += readings[-1][0] - readings[0][0] if readings else 0
        use.readings += len(readings)

    def take(self) -> Energy | None:
        """Return the round's energy, and begin the next round's; None without monitors."""
        done, self._round = self._round, _Round()
        if not self._rails:
            return None
        return Energy(
            rails=tuple(rail.label for rail in self._rails),
            interval_ns=round(self._interval_s * 1e9),
            idle_watts=done.idle_watts,
            variants=tuple(
                VariantEnergy(
                    variant=name,
                    joules=use.joules,
                    duration_ns=use.duration_ns,
                    readings=use.readings,
                )
                for name, use in done.uses.items()
            ),
        )

    @contextmanager
    def _reading(self) -> Iterator[list[Reading]]:
        readings: list[Reading] = []
        ended = threading.Event()

        def look() -> None:
            watts = power.total_watts(self._rails)
            if watts is not None:
                readings.append((clock.monotonic_ns(), watts))

        def watch() -> None:
            if self.core is not None:
                # Of this thread alone.
                os.sched_setaffinity(0, {self.core})
            while not ended.wait(self._interval_s):
                look()

        # At both ends outside the thread, so that the readings span the whole region.
        look()
        thread = threading.Thread(target=watch, name="power", daemon=True)
        thread.start()
        try:
            yield readings
        finally:
            ended.set()
            thread.join()
            look()


def integrate_joules(readings: list[Reading]) -> float | None:
    """Return the power's integral by the trapezoidal rule; None where readings are missing."""
    if len(readings) < 2:
        return None
    joules = 0.0
    for (start_ns, start), (end_ns, end) in pairwise(readings):
        if end_ns - start_ns > _LONGEST_GAP_NS:
            return None
        joules += (start + end) / 2 * (end_ns - start_ns) / 1e9
    return joules
