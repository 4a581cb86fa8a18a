"""Whether the device's clock is right: a label in results, never part of a duration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from host.doctor.finding import Finding
from host.doctor.inspection import Clock

_TOLERATED_S = 2.0
_SYNCHRONISE = "Have it set on the device: `sudo timedatectl set-ntp true`."


@dataclass(frozen=True)
class Drift:
    """How far the device's clock is ahead of the host's, give or take, in seconds."""

    ahead_s: float
    uncertainty_s: float

    @property
    def is_certain(self) -> bool:
        """Whether it is more than the tolerated difference, whatever the connection took."""
        return abs(self.ahead_s) - self.uncertainty_s > _TOLERATED_S


def drift(asked_ns: int, answered_ns: int, clock: Clock) -> Drift:
    """Compare clocks: the device read its own between the host's question and the answer.

    Args:
        asked_ns: The host's clock before.
        answered_ns: The host's clock after.
        clock: What the device told.
    """
    earliest_ns = asked_ns + clock.before_ns
    middle_ns = (earliest_ns + answered_ns) / 2
    return Drift((clock.utc_ns - middle_ns) / 1e9, max(answered_ns - earliest_ns, 0) / 2e9)


def check(clock: Clock, found: Drift) -> Iterator[Finding]:
    """Tell how right the clock is, and what keeps it so."""
    told = f"{_signed(found)} s against this host, within {found.uncertainty_s:.2f} s"
    if found.is_certain:
        yield Finding(
            "clock",
            "warning",
            told,
            "Times of day in results would be wrong; durations are not, they come from the "
            "monotonic clock.",
            _SYNCHRONISE,
        )
    else:
        yield Finding("clock", "ok", told)
    kept = [] if clock.has_rtc else ["no real-time clock"]
    kept += {False: ["not synchronised"], None: ["synchronisation unknown"], True: []}[
        clock.synchronised
    ]
    if kept:
        yield Finding(
            "time keeping",
            "note",
            ", ".join(kept),
            "The time of day may jump at boot; it is a label alone.",
            _SYNCHRONISE if clock.synchronised is False else None,
        )
    else:
        yield Finding("time keeping", "ok", "real-time clock, synchronised")


def _signed(found: Drift) -> str:
    return f"{found.ahead_s:+.2f}"
