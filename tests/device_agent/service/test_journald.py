"""Log records reach systemd's journal with their fields."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.service.journald import JournalHandler, encode, writes_to_journal


def decode(data: bytes) -> dict[str, str]:
    """Read a datagram as the protocol says, to check `encode` against it."""
    fields = {}
    while data:
        head, _, rest = data.partition(b"\n")
        name, has_value, value = head.partition(b"=")
        if has_value:
            data = rest
        else:
            size = int.from_bytes(rest[:8], "little")
            value, data = rest[8 : 8 + size], rest[9 + size :]
        fields[name.decode()] = value.decode()
    return fields


@given(
    st.dictionaries(
        st.sampled_from(["MESSAGE", "PRIORITY", "LOGGER"]),
        st.text(st.characters(exclude_categories=["Cs"])),
    )
)
def test_every_field_comes_back(fields: dict[str, str]) -> None:
    """Line ends, equals signs and any script survive."""
    assert decode(encode(fields)) == fields


def test_record_has_level_and_run(tmp_path: Path) -> None:
    """An error of a run is one record with its priority, its run and all lines of its message."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
        journal.bind(str(tmp_path / "journal"))
        log = logging.getLogger("test.journald")
        log.addHandler(JournalHandler(tmp_path / "journal"))
        log.propagate = False
        log.error("two\nlines", extra={"run": "tiny-1"})
        found = decode(journal.recv(4096))
    assert found["MESSAGE"] == "two\nlines"
    assert (found["PRIORITY"], found["XTREME_EDGE_RUN"]) == ("3", "tiny-1")
    assert found["SYSLOG_IDENTIFIER"] == "xtreme-edge"


def test_record_that_the_journal_does_not_take_is_not_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a journal the line goes to standard error, with its level in front."""
    record = logging.LogRecord("name", logging.WARNING, "file", 1, "careful", None, None)
    JournalHandler(tmp_path / "nobody").emit(record)
    assert capsys.readouterr().err == "<4>careful\n"


def test_a_stream_of_another_is_no_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable of a parent says nothing where standard error was redirected."""
    monkeypatch.setenv("JOURNAL_STREAM", "0:1")
    assert not writes_to_journal()
