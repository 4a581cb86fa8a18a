"""The journal of one run: SQLite in WAL mode, one writer, the only source of results.

A transaction is durable once `append` returns (synchronous=FULL), so a power cut costs at most
what was not yet appended. A sample's key is unique: a second result for it is refused by the
database itself, whatever the caller does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from device_agent import clock
from device_agent.contract import codec
from device_agent.contract.errors import DeviceError
from device_agent.contract.events import (
    Body,
    Event,
    Ranked,
    SampleDone,
    Scored,
    StateChanged,
)
from device_agent.contract.samples import Prediction

_Kind = TypeVar("_Kind", StateChanged, Ranked, Scored)

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
    vector BLOB,
    PRIMARY KEY (variant, task, language, sample_id)
) WITHOUT ROWID;
"""

Vectors = Mapping[str, npt.NDArray[np.float32]]
"""Sample id to its embedding, float32 [hidden]."""


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

    def append(self, bodies: Sequence[Body], vectors: Vectors | None = None) -> int:
        """Write events in one durable transaction and return the last seq.

        Args:
            bodies: In order.
            vectors: Embeddings of `SampleDone` bodies among them, by sample id.

        Raises:
            DeviceError: Disk full, read-only, or a sample that already has a result; then
                nothing of the batch is written.
        """
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                seq = self.last_seq()
                for body in bodies:
                    seq += 1
                    self._insert(seq, body, vectors or {})
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._failure("write", error) from error
        return seq

    def _insert(self, seq: int, body: Body, vectors: Vectors) -> None:
        self._database.execute(
            "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)",
            (
                seq,
                type(body).__struct_config__.tag,
                clock.boot_id(),
                clock.monotonic_ns(),
                clock.utc_label(),
                codec.encode(body).decode(),
            ),
        )
        if isinstance(body, SampleDone):
            vector = vectors.get(body.sample_id)
            self._database.execute(
                "INSERT INTO sample VALUES (?, ?, ?, ?, ?, ?)",
                (
                    body.variant,
                    body.task,
                    body.language,
                    body.sample_id,
                    seq,
                    None if vector is None else vector.astype("<f4").tobytes(),
                ),
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
        body = self._last("state", StateChanged)
        if body is None:
            raise DeviceError(
                f"{self._path}: the journal has no state.", remedy="Submit the run again."
            )
        return body

    def crashes_without_progress(self) -> int:
        """Count the times the run was taken up again since it last got anything done."""
        rows = self._fetch(
            "SELECT count(*) FROM event WHERE kind = 'resumed' AND seq > (SELECT "
            "coalesce(max(seq), 0) FROM event WHERE kind IN ('sample', 'round', 'ranked'))"
        )
        return int(rows[0][0])

    def samples_done(self) -> int:
        """Count the finished samples of accuracy mode over all variants."""
        return int(self._fetch("SELECT count(*) FROM sample")[0][0])

    def sample_ids(self, variant: str, task: str, language: str) -> set[str]:
        """Return the ids that already have a result."""
        rows = self._fetch(
            "SELECT sample_id FROM sample WHERE variant = ? AND task = ? AND language = ?",
            (variant, task, language),
        )
        return {row[0] for row in rows}

    def predictions(self, variant: str, task: str, language: str) -> dict[str, Prediction]:
        """Return the predictions by sample id, in the order they were made."""
        rows = self._fetch(
            "SELECT event.body FROM sample JOIN event USING (seq) "
            "WHERE variant = ? AND task = ? AND language = ? ORDER BY seq",
            (variant, task, language),
        )
        samples = (codec.decode(row[0], SampleDone, source=self._path.name) for row in rows)
        return {s.sample_id: s.prediction for s in samples if s.prediction is not None}

    def vectors(self, variant: str, task: str, language: str) -> dict[str, npt.NDArray[np.float32]]:
        """Return the embeddings by sample id; float32 [hidden]."""
        rows = self._fetch(
            "SELECT sample_id, vector FROM sample WHERE variant = ? AND task = ? "
            "AND language = ? AND vector IS NOT NULL ORDER BY seq",
            (variant, task, language),
        )
        return {row[0]: np.frombuffer(row[1], dtype="<f4") for row in rows}

    def ranked(self, variant: str, task: str, language: str) -> Ranked | None:
        """Return retrieval's rankings of one language, once they are there."""
        return self._of_language("ranked", Ranked, variant, task, language)

    def scored(self, variant: str, task: str, language: str) -> Scored | None:
        """Return the score of one language, once it is there."""
        return self._of_language("scored", Scored, variant, task, language)

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

    def _of_language(
        self, kind: str, type_: type[_Kind], variant: str, task: str, language: str
    ) -> _Kind | None:
        rows = self._fetch(
            "SELECT body FROM event WHERE kind = ? AND json_extract(body, '$.variant') = ? "
            "AND json_extract(body, '$.task') = ? AND json_extract(body, '$.language') = ? "
            "ORDER BY seq DESC LIMIT 1",
            (kind, variant, task, language),
        )
        return codec.decode(rows[0][0], type_, source=self._path.name) if rows else None

    def _last(self, kind: str, type_: type[_Kind]) -> _Kind | None:
        rows = self._fetch(
            "SELECT body FROM event WHERE kind = ? ORDER BY seq DESC LIMIT 1", (kind,)
        )
        return codec.decode(rows[0][0], type_, source=self._path.name) if rows else None

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
