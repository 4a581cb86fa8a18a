"""Watches several devices at once and holds the state that every front end shows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from types import TracebackType

from host.inventory import Device
from host.runs.record import RunRecords
from host.watch.device_fold import DeviceFold
from host.watch.feed import DeviceFeed
from host.watch.news import News
from host.watch.reports import has_report
from host.watch.state import DeviceState


@dataclass(frozen=True)
class Seen:
    """All devices at one moment.

    Attributes:
        version: Grows with every word from any device.
        changed: Version at which each device last changed, in the devices' order.
    """

    version: int
    devices: tuple[DeviceState, ...]
    changed: tuple[int, ...]


class Watcher:
    """A context manager: the devices are watched for as long as it lasts; runs are left alone.

    Args:
        devices: At least one.
        run_id: A run to follow even where it has ended.
        records: Of the runs that were started from here; None is beside the inventory.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        devices: Sequence[Device],
        *,
        run_id: str | None = None,
        records: RunRecords | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        known = records or RunRecords()
        self._clock = clock
        self._changed = threading.Condition()
        self._version = 0
        self._versions = {device.name: 0 for device in devices}
        self._folds = {
            device.name: DeviceFold(device, partial(has_report, known), run_id=run_id)
            for device in devices
        }
        self._feeds = [
            DeviceFeed(device, self._teller(device.name), run_id=run_id, records=known)
            for device in devices
        ]

    def __enter__(self) -> Watcher:
        for feed in self._feeds:
            feed.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for feed in self._feeds:
            feed.stop()

    def seen(self) -> Seen:
        """Return the state now."""
        with self._changed:
            now_s = self._clock()
            return Seen(
                self._version,
                tuple(fold.view(now_s) for fold in self._folds.values()),
                tuple(self._versions.values()),
            )

    def wait(self, version: int, timeout_s: float) -> bool:
        """Wait until something is newer than `version`; False says that the time is over."""
        with self._changed:
            return self._changed.wait_for(lambda: self._version > version, timeout_s)

    def settle(self, timeout_s: float) -> bool:
        """Wait until each device has told all that a first look wants to know, or is not there."""

        def settled() -> bool:
            now_s = self._clock()
            return all(fold.is_settled(now_s) for fold in self._folds.values())

        with self._changed:
            return self._changed.wait_for(settled, timeout_s)

    def tell(self, name: str, word: News) -> None:
        """Take in a word from a device."""
        with self._changed:
            self._version += 1
            self._versions[name] = self._version
            self._folds[name].add(word, self._clock())
            self._changed.notify_all()

    def _teller(self, name: str) -> Callable[[News], None]:
        return lambda word: self.tell(name, word)
