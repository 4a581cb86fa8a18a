"""Holds the board's temperature: every round begins as warm as the first one began."""

from __future__ import annotations

from collections.abc import Callable

from device_agent import clock

_LOOK_S = 1.0
_SETTLE_S = 20.0
_SETTLE_K = 1.0


class ThermalBand:
    """Waits where the board is too hot, works where it is too cold, and never for long.

    Args:
        celsius: Reads the hottest zone; None without a sensor.
        work: Keeps the board busy for a second or so, untimed.
        rest: Lets so many seconds pass; raises where the run must end.
        longest_s: Spent on one call at most.
        now_ns: The monotonic clock.
    """

    def __init__(
        self,
        celsius: Callable[[], float | None],
        work: Callable[[], object],
        rest: Callable[[float], object],
        longest_s: float,
        now_ns: Callable[[], int] = clock.monotonic_ns,
    ) -> None:
        self._celsius = celsius
        self._work = work
        self._rest = rest
        self._longest_ns = longest_s * 1e9
        self._now_ns = now_ns

    def condition(self) -> float | None:
        """Work until the temperature has risen by less than a kelvin in 20 s; return it.

        What it is then is where the rounds' own work keeps it, so that holding it costs little.
        """
        found = self._celsius()
        began_ns = self._now_ns()
        mark_ns, mark = began_ns, found
        while found is not None and mark is not None:
            now_ns = self._now_ns()
            if now_ns - began_ns >= self._longest_ns:
                break
            if now_ns - mark_ns >= _SETTLE_S * 1e9:
                if found - mark < _SETTLE_K:
                    break
                mark_ns, mark = now_ns, found
            self._work()
            found = self._celsius()
        return found

    def hold(self, reference: float | None, band_k: float) -> None:
        """Bring the board back into the band; what is outside when time is up, the gate tells.

        Args:
            reference: The temperature of the first round; None holds nothing.
            band_k: Kelvin around it.
        """
        end_ns = self._now_ns() + self._longest_ns
        while reference is not None and self._now_ns() < end_ns:
            found = self._celsius()
            if found is None or abs(found - reference) <= band_k:
                return
            if found > reference:
                self._rest(_LOOK_S)
            else:
                self._work()
