"""The journal: durable, gapless, exactly once."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from pathlib import Path

import pytest

from device_agent.contract.errors import DeviceError
from device_agent.contract.events import (
    Conditions,
    Resumed,
    RoundDone,
    SampleDone,
    StateChanged,
    Timing,
)
from device_agent.journal import Journal


def sample(sample_id: str, variant: str = "a") -> SampleDone:
    return SampleDone(
        variant=variant,
        task="xnli",
        language="de",
        sample_id=sample_id,
        prediction="neutral",
        credit=1.0,
        timing=Timing(tokens=7, tokenise_ns=1, infer_ns=2, decode_ns=3),
    )


def round_done(number: int, *invalid: str) -> RoundDone:
    nothing = Conditions(
        foreign_cpu_share=None,
        frequency_ratio=None,
        temperature_celsius=None,
        throttled=None,
        memory_pressure=None,
        swapped_pages=None,
    )
    return RoundDone(round=number, invalid=invalid, conditions=nothing, blocks=())


def test_events_come_back_in_order_without_gaps(tmp_path: Path) -> None:
    """What is appended in several batches is read as seq 1, 2, 3 …, from any seq on."""
    with Journal(tmp_path / "j", writable=True) as journal:
        journal.append([StateChanged(state="queued")])
        assert journal.append([sample("1"), sample("2")]) == 3
        assert [e.seq for e in journal.events_after(0)] == [1, 2, 3]
        assert [e.body for e in journal.events_after(1, limit=1)] == [sample("1")]


def test_a_sample_has_one_result_and_a_refused_batch_leaves_nothing(tmp_path: Path) -> None:
    """A second result for a sample is refused by the database, with its whole batch."""
    with Journal(tmp_path / "j", writable=True) as journal:
        journal.append([sample("1")])
        with pytest.raises(DeviceError, match="UNIQUE"):
            journal.append([sample("2"), sample("1")])
        assert journal.finished("a", "xnli", "de") == (1, "1")
        assert journal.last_seq() == 1
        journal.append([sample("1", variant="b")])
        assert journal.samples_done() == 2


def test_what_is_finished_has_its_count_and_its_last_sample(tmp_path: Path) -> None:
    """The last one is the one that was written last, whatever its id; others do not count."""
    with Journal(tmp_path / "j", writable=True) as journal:
        assert journal.finished("a", "xnli", "de") == (0, None)
        journal.append([sample("9"), sample("1"), sample("5")])
        journal.append([sample("7", variant="b")])
        assert journal.finished("a", "xnli", "de") == (3, "5")


def test_a_transaction_has_one_stamp(tmp_path: Path) -> None:
    """Events that become durable together were written at one time of one boot."""
    with Journal(tmp_path / "j", writable=True) as journal:
        journal.append([sample("1"), sample("2")])
        journal.append([sample("3")])
        first, second, third = (e.monotonic_ns for e in journal.all_events())
        assert first == second < third


def test_a_journal_of_an_earlier_release_is_written_on(tmp_path: Path) -> None:
    """Its table of samples had a column for vectors, which stays empty."""
    with sqlite3.connect(tmp_path / "j") as database:
        database.execute(
            "CREATE TABLE sample (variant TEXT, task TEXT, language TEXT, sample_id TEXT, "
            "seq INTEGER, vector BLOB, PRIMARY KEY (variant, task, language, sample_id))"
        )
    with Journal(tmp_path / "j", writable=True) as journal:
        journal.append([sample("1")])
        assert journal.finished("a", "xnli", "de") == (1, "1")


def test_rounds_count_valid_ones_apart(tmp_path: Path) -> None:
    """Invalid rounds are kept, and counted as tried but not as valid."""
    with Journal(tmp_path / "j", writable=True) as journal:
        journal.append([round_done(0), round_done(1, "hot"), round_done(2)])
        assert journal.rounds() == (3, 2)


def test_crashes_are_counted_since_the_last_progress(tmp_path: Path) -> None:
    """Only restarts after the last result count as deaths at one place."""
    again = Resumed(samples_done=0, rounds_done=0)
    with Journal(tmp_path / "j", writable=True) as journal:
        journal.append([StateChanged(state="running"), again, again])
        assert journal.crashes_without_progress() == 2
        journal.append([sample("1")])
        assert journal.crashes_without_progress() == 0
        journal.append([again])
        assert journal.crashes_without_progress() == 1


def test_crashes_are_counted_anew_once_a_failed_run_is_submitted_again(tmp_path: Path) -> None:
    """Else the first crash after that would be one too many."""
    again = Resumed(samples_done=0, rounds_done=0)
    with Journal(tmp_path / "j", writable=True) as journal:
        journal.append([StateChanged(state="running"), *[again] * 5, StateChanged(state="failed")])
        journal.append([StateChanged(state="queued"), StateChanged(state="running"), again])
        assert journal.crashes_without_progress() == 1


def test_a_missing_journal_is_a_clear_error(tmp_path: Path) -> None:
    """A reader never makes a journal; it says which one is not there."""
    with pytest.raises(DeviceError, match="absent.*cannot open"):
        Journal(tmp_path / "absent", writable=False)


def test_a_damaged_journal_is_a_clear_error(tmp_path: Path) -> None:
    """A file that is no database is told as such, with a remedy."""
    (tmp_path / "j").write_bytes(b"not a database, but long enough to be read as one" * 100)
    with pytest.raises(DeviceError, match="not a database") as caught:
        Journal(tmp_path / "j", writable=True)
    assert "free space" in caught.value.remedy


def test_a_full_disk_refuses_the_batch_and_keeps_what_was_there(tmp_path: Path) -> None:
    """When the database cannot grow, the append fails whole and earlier events stay."""
    with Journal(tmp_path / "j", writable=True) as journal:
        journal.append([sample("1")])
        database = journal._database
        pages = database.execute("PRAGMA page_count").fetchone()[0]
        database.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(DeviceError, match="full"):
            journal.append([sample(str(i)) for i in range(2, 2000)])
        assert journal.samples_done() == 1
        database.execute("PRAGMA max_page_count = 100000")
        assert journal.append([sample("2")]) == 2


def _append_for_ever(path: Path) -> None:
    with Journal(path, writable=True) as journal:
        for number in range(1_000_000):
            journal.append([sample(str(number)), sample(f"{number}b")])


def test_a_kill_at_any_instant_leaves_whole_batches(tmp_path: Path) -> None:
    """After SIGKILL in mid-write the journal opens, has no gap, and no half batch."""
    path = tmp_path / "j"
    writer = multiprocessing.get_context("spawn").Process(target=_append_for_ever, args=(path,))
    writer.start()
    count = 0
    while count < 20:
        try:
            with sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True) as database:
                count = database.execute("SELECT count(*) FROM event").fetchone()[0]
        except sqlite3.OperationalError:
            continue
    assert writer.pid is not None
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    with Journal(path, writable=True) as journal:
        seqs = [event.seq for event in journal.all_events()]
        assert seqs == list(range(1, len(seqs) + 1))
        assert len(seqs) % 2 == 0
        assert journal.samples_done() == len(seqs)
        assert journal.append([StateChanged(state="running")]) == len(seqs) + 1
