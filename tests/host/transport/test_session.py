"""What every session promises: over SSH to either server, and on this machine."""

from __future__ import annotations

import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path, PurePosixPath

import pytest

from device_agent.digest import digest_file
from host.transport.session import ConnectionLost, Session, TransportError

ODD_ARGUMENTS = (
    "two words",
    "it's",
    'say "hi"',
    "$HOME `id` $(id) \\ * ? ; & | < > # !",
    "line one\nline two",
    "日本語 العربية ไทย é",
    "-n",
    "",
    "\t\x07",
)


def test_run_returns_streams_and_status(session: Session) -> None:
    """Stdout, stderr, stdin and a non-zero exit status all come through."""
    done = session.run(["sh", "-c", "cat; echo oops >&2; exit 7"], stdin="grüße\n".encode())
    assert (done.stdout, done.stderr, done.exit_status) == ("grüße\n".encode(), "oops\n", 7)


@pytest.mark.parametrize("argument", ODD_ARGUMENTS)
def test_arguments_arrive_as_they_are(session: Session, argument: str) -> None:
    """No character of an argument means anything to a shell on the way."""
    done = session.run(["printf", "%s|", argument, "end"])
    assert done.stdout == f"{argument}|end|".encode()


def test_nul_in_argument_is_refused(session: Session) -> None:
    """An argument that no system call could carry is an error with a remedy."""
    with pytest.raises(TransportError, match="NUL"):
        session.run(["echo", "a\0b"])


def test_script_in_a_message_is_one_line(session: Session) -> None:
    """What did not end in time is named by its beginning, without the line breaks in it."""
    with pytest.raises(ConnectionLost) as caught:
        session.run(["sh", "-c", "\n# waits\nexec sleep 30\n"], timeout_s=0.2)
    assert "`sh -c ' # waits exec sleep 30 '`" in caught.value.message


def test_large_streams_do_not_block_each_other(session: Session) -> None:
    """Megabytes on stdin, stdout and stderr at once all arrive."""
    data = bytes(range(256)) * 20_000
    script = "head -c 5000000 /dev/zero >&2 & cat; wait"
    done = session.run(["sh", "-c", script], stdin=data)
    assert done.stdout == data
    assert len(done.stderr) >= 200_000


def test_missing_command_has_status_127(session: Session) -> None:
    """A program that is not there is told by its status, as a shell would."""
    assert session.run(["/no/such/program"]).exit_status == 127


def test_killed_command_is_not_a_success(session: Session) -> None:
    """A command that a signal ended has a non-zero status."""
    assert session.run(["sh", "-c", "kill -9 $$"]).exit_status > 128


def test_overlong_command_is_lost(session: Session) -> None:
    """A command that outlasts its timeout is given up on."""
    with pytest.raises(ConnectionLost, match=r"did not end within 0\.3 s"):
        session.run(["sleep", "30"], timeout_s=0.3)


def test_lines_come_as_they_are_written(session: Session, tmp_path: Path) -> None:
    """A line is yielded while the command still runs."""
    gate = tmp_path / "gate"
    script = f'echo first; while [ ! -e "{gate}" ]; do sleep 0.01; done; printf "\\nlast"'
    with closing(session.lines(["sh", "-c", script])) as lines:
        assert next(lines) == b"first"
        gate.touch()
        assert list(lines) == [b"", b"last"]


def test_lines_of_failed_command_raise_with_its_stderr(session: Session) -> None:
    """What came before a failure is yielded; the failure is an error that says why."""
    lines = session.lines(["sh", "-c", "echo one; echo 'no such run' >&2; exit 1"])
    assert next(lines) == b"one"
    with pytest.raises(TransportError, match="no such run"):
        next(lines)


def test_lines_end_when_the_reader_leaves(session: Session, tmp_path: Path) -> None:
    """A command whose reader stops early ends instead of running on."""
    mark = tmp_path / "pid"
    script = f'echo $$ > "{mark}"; while echo tick; do sleep 0.02; done'
    with closing(session.lines(["sh", "-c", script])) as lines:
        next(lines)
    pid = mark.read_text().strip()
    deadline_s = time.monotonic() + 10
    while is_running(pid):
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def test_download_writes_the_whole_output(session: Session, tmp_path: Path) -> None:
    """The file is the command's stdout, byte for byte."""
    source = tmp_path / "source"
    source.write_bytes(bytes(range(256)) * 30_000)
    session.download(["cat", str(source)], tmp_path / "copy", limit_bytes=1 << 30)
    assert (tmp_path / "copy").read_bytes() == source.read_bytes()


def test_failed_download_leaves_no_file(session: Session, tmp_path: Path) -> None:
    """A file whose command failed never appears."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    with pytest.raises(TransportError, match="broken"):
        session.download(
            ["sh", "-c", "echo half; echo broken >&2; exit 1"], folder / "copy", limit_bytes=99
        )
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("offset", [0, 1, 100_000, 3_000_000])
def test_upload_continues_from_offset(session: Session, tmp_path: Path, offset: int) -> None:
    """What stands before the offset stays, everything behind it is replaced by the rest."""
    source = tmp_path / "source"
    source.write_bytes(bytes(range(250)) * 12_000)
    remote = tmp_path / "a folder" / "it's ü"
    remote.parent.mkdir()
    remote.write_bytes(source.read_bytes()[:offset] + b"left over from another attempt")
    told: list[int] = []
    session.upload(source, PurePosixPath(remote), offset=offset, progress=told.append)
    assert remote.read_bytes() == source.read_bytes()
    assert told == sorted(told)
    assert (told[-1] if told else 0) == 3_000_000 - offset


def test_upload_tells_the_digest_of_what_was_written(session: Session, tmp_path: Path) -> None:
    """Whoever writes a whole file hashes it on the way; a continued one has to be read for that."""
    source = tmp_path / "source"
    source.write_bytes(bytes(range(250)) * 12_000)
    remote = PurePosixPath(tmp_path / "remote")
    assert session.upload(source, remote) == digest_file(source)
    assert session.upload(source, remote, offset=1_000) is None


def test_progress_of_an_upload_comes_in_small_steps(session: Session, tmp_path: Path) -> None:
    """Nobody looks at 0 % for long: no step is larger than a mebibyte."""
    source = tmp_path / "source"
    source.write_bytes(bytes(8_000_000))
    told = [0]
    session.upload(source, PurePosixPath(tmp_path / "remote"), progress=told.append)
    assert max(after - before for before, after in pairwise(told)) <= 1 << 20


def test_full_disk_is_told_with_remedy(session: Session, tmp_path: Path) -> None:
    """A device that has no room says so, and what to do about it."""
    source = tmp_path / "source"
    source.write_bytes(bytes(4_000_000))
    with pytest.raises(TransportError, match="No space left on device") as caught:
        session.upload(source, PurePosixPath("/dev/full"))
    assert "Free space" in caught.value.remedy
    assert not isinstance(caught.value, ConnectionLost)


def test_missing_folder_is_told(session: Session, tmp_path: Path) -> None:
    """An upload into a folder that is not there says which."""
    source = tmp_path / "source"
    source.write_bytes(b"x")
    with pytest.raises(TransportError, match="no/such/folder"):
        session.upload(source, PurePosixPath(tmp_path / "no/such/folder/file"))


def test_session_works_on_after_an_error(session: Session) -> None:
    """One failed command does not spoil the session for the next."""
    with pytest.raises(TransportError):
        list(session.lines(["false"]))
    assert session.run(["true"]).exit_status == 0


def is_running(pid: str) -> bool:
    """Say whether the process is there and not just waiting to be reaped."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_renewed_session_goes_on(session: Session) -> None:
    """After a new login the session is the same to whoever uses it."""
    session.renew()
    assert session.run(["echo", "here"]).stdout == b"here\n"


def test_download_without_end_is_cut_off(session: Session, tmp_path: Path) -> None:
    """A device that never stops sending fills no disk, and nothing of it is kept."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    with pytest.raises(TransportError, match="sent more than 100000 bytes"):
        session.download(["cat", "/dev/zero"], folder / "copy", limit_bytes=100_000)
    assert list(folder.iterdir()) == []
