"""The journal of one run: SQLite in WAL mode, one writer, the only source of results.

A transaction is durable once `append` returns (synchronous=FULL), so a power cut costs at most
what was not yet appended. A sample's key is unique: a second result for it is refused by the
database itself, whatever the caller does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, TypeVar

from device_agent import clock
from device_agent.contract import codec
from device_agent.contract.codec import Document
from device_agent.contract.errors import DeviceError
from device_agent.contract.events import (
    Body,
    Event,
    RoundDone,
    SampleDone,
    Scored,
    StateChanged,
)
from device_agent.contract.samples import Prediction

_SCHEMA = """
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    monotonic_ns INTEGER NOT NULL,
    utc TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS event_kind ON event (kind, seq);
CREATE TABLE IF NOT EXISTS sample (
    variant TEXT NOT NULL,
    task TEXT NOT NULL,
    language TEXT NOT NULL,
    sample_id TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES event (seq),
    PRIMARY KEY (variant, task, language, sample_id)
) WITHOUT ROWID;
"""

Body_ = TypeVar("Body_", bound=Document)


class Finished(NamedTuple):
    """How far one variant came in one language: samples run, and the id of the last one."""

    samples: int
    last_id: str | None


class Journal:
    """One run's events; a context manager that closes the database.

    Args:
        path: The database file, made where it does not exist and `writable`.
        writable: Readers pass False; they never block the writer.

    Raises:
        DeviceError: The file cannot be opened or is damaged.
    """

    def __init__(self, path: Path, *, writable: bool) -> None:
        self._path = path
        try:
            mode = "rwc" if writable else "rw"
            uri = f"{path.absolute().as_uri()}?mode={mode}"
            self._database = sqlite3.connect(uri, uri=True, timeout=30.0, isolation_level=None)
            if writable:
                self._database.execute("PRAGMA journal_mode=WAL")
                self._database.execute("PRAGMA synchronous=FULL")
                self._database.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise self._failure("open", error) from error

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; closing twice is harmless."""
        self._database.close()

    def append(self, bodies: Sequence[Body]) -> int:
        """Write events in one durable transaction, in order, and return the last seq.

        Raises:
            DeviceError: Disk full, read-only, or a sample that already has a result; then
                nothing of the batch is written.
        """
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                first = self.last_seq() + 1
                self._insert(first, bodies)
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._failure("write", error) from error
        return first + len(bodies) - 1

    def _insert(self, first: int, bodies: Sequence[Body]) -> None:
        # One stamp a transaction: reading the boot id took half of the time of each event.
        stamp = (clock.boot_id(), clock.monotonic_ns(), clock.utc_label())
        self._database.executemany(
            "INSERT INTO event (seq, kind, boot_id, monotonic_ns, utc, body) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [
                (seq, type(body).__struct_config__.tag, *stamp, codec.encode(body).decode())
                for seq, body in enumerate(bodies, first)
            ],
        )
        self._database.executemany(
            "INSERT INTO sample (variant, task, language, sample_id, seq) VALUES (?, ?, ?, ?, ?)",
            [
                (body.variant, body.task, body.language, body.sample_id, seq)
                for seq, body in enumerate(bodies, first)
                if isinstance(body, SampleDone)
            ],
        )

    def last_seq(self) -> int:
        """Return the last event's seq; 0 for an empty journal."""
        row = self._fetch("SELECT coalesce(max(seq), 0) FROM event")
        return int(row[0][0])

    def events_after(self, seq: int, *, limit: int = 500) -> list[Event]:
        """Return up to `limit` events with a greater seq, in order."""
        rows = self._fetch(
            "SELECT seq, boot_id, monotonic_ns, utc, body FROM event WHERE seq > ? "
            "ORDER BY seq LIMIT ?",
            (seq, limit),
        )
        return [
            Event(
                seq=number,
                boot_id=boot,
                monotonic_ns=monotonic,
                utc=utc,
                body=codec.decode(body, Body, source=f"{self._path.name} event {number}"),  # type: ignore[arg-type]
            )
            for number, boot, monotonic, utc, body in rows
        ]

    def all_events(self) -> Iterator[Event]:
        """Yield every event in order, holding a bounded number in memory."""
        seq = 0
        while batch := self.events_after(seq):
            yield from batch
            seq = batch[-1].seq

    def state(self) -> StateChanged:
        """Return the last state event; a journal begins with `queued`."""
        rows = self._fetch("SELECT body FROM event WHERE kind = 'state' ORDER BY seq DESC LIMIT 1")
        if not rows:
            raise DeviceError(
                f"{self._path}: the journal has no state.", remedy="Submit the run again."
            )
        return codec.decode(rows[0][0], StateChanged, source=self._path.name)

    def crashes_without_progress(self) -> int:
        """Count the times the agent died since the run last got anything done.

        A stop that was asked for (a restart, a reboot) is no death, and submitting a run
        that has failed begins anew: whoever does has changed something.
        """
        rows = self._fetch(
            "SELECT count(*) FROM event WHERE kind = 'resumed' AND "
            "NOT coalesce(json_extract(body, '$.in_order'), 0) AND seq > (SELECT "
            "coalesce(max(seq), 0) FROM event WHERE kind IN ('sample', 'round', 'ranked', 'state'))"
        )
        return int(rows[0][0])

    def samples_done(self) -> int:
        """Count the finished samples of accuracy mode over all variants."""
        return int(self._fetch("SELECT count(*) FROM sample")[0][0])

    def finished(self, variant: str, task: str, language: str) -> Finished:
        """Return how many samples have a result, and the one that was written last."""
        # SQLite takes the bare column from the row of the maximum.
        rows = self._fetch(
            "SELECT count(*), max(seq), sample_id FROM sample "
            "WHERE variant = ? AND task = ? AND language = ?",
            (variant, task, language),
        )
        return Finished(samples=rows[0][0], last_id=rows[0][2])

    def predictions(self, variant: str, task: str, language: str) -> dict[str, Prediction]:
        """Return the predictions by sample id, in the order they were made."""
        rows = self._fetch(
            "SELECT event.body FROM sample JOIN event USING (seq) "
            "WHERE variant = ? AND task = ? AND language = ? ORDER BY seq",
            (variant, task, language),
        )
        samples = (codec.decode(row[0], SampleDone, source=self._path.name) for row in rows)
        return {s.sample_id: s.prediction for s in samples if s.prediction is not None}

    def scored(self, variant: str, task: str, language: str) -> Scored | None:
        """Return the score of one language, once it is there."""
        rows = self._fetch(
            "SELECT body FROM event WHERE kind = 'scored' AND json_extract(body, '$.variant') = ? "
            "AND json_extract(body, '$.task') = ? AND json_extract(body, '$.language') = ? "
            "ORDER BY seq DESC LIMIT 1",
            (variant, task, language),
        )
        return codec.decode(rows[0][0], Scored, source=self._path.name) if rows else None

    def golden_digests(self) -> set[tuple[str, str]]:
        """Return (variant, artifact digest) of every golden set that was repeated."""
        rows = self._fetch(
            "SELECT json_extract(body, '$.variant'), json_extract(body, '$.artifact') "
            "FROM event WHERE kind = 'golden'"
        )
        return {(row[0], row[1]) for row in rows}

    def rounds(self) -> tuple[int, int]:
        """Return how many rounds were tried and how many of them are valid."""
        rows = self._fetch(
            "SELECT count(*), coalesce(sum(json_array_length(body, '$.invalid') = 0), 0) "
            "FROM event WHERE kind = 'round'"
        )
        return int(rows[0][0]), int(rows[0][1])

    def round_bodies(self) -> Iterator[RoundDone]:
        """Yield every round in order; as `bodies`."""
        return self.bodies(RoundDone)

    def bodies(self, kind: type[Body_]) -> Iterator[Body_]:
        """Yield every event of one kind in order, one held at a time.

        Raises:
            DeviceError: The journal cannot be read.
        """
        try:
            for (body,) in self._database.execute(
                "SELECT body FROM event WHERE kind = ? ORDER BY seq",
                (kind.__struct_config__.tag,),
            ):
                yield codec.decode(body, kind, source=self._path.name)
        except sqlite3.Error as error:
            raise self._failure("read", error) from error

    def _fetch(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._failure("read", error) from error

    def _failure(self, verb: str, error: sqlite3.Error) -> DeviceError:
        return DeviceError(
            f"{self._path}: cannot {verb} the journal: {error}",
            remedy="Check free space and write permission on the device (`df -h`, `mount`), "
            "then start the agent again; the run goes on where it was.",
        )
