"""Ctrl-C at any moment: one word and exit code 130, never a traceback."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from host.cli.interruption import Interruption

# From the moment on that the package is there, Ctrl-C is ours; what is before it is Python's own.
# Where the tests run in the background, SIGINT is ignored, and children would inherit that.
_PROGRAM = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
import host.cli
print("here", flush=True)
from host.cli import main
main(sys.argv[1:])
"""
_WORDS = {
    "export": ["export", "/no/checkpoint", "--recipe", "fp32"],
    "deploy": ["deploy", "--target", "here"],
}


@pytest.mark.parametrize("delay_s", [0.02, 0.05, 0.1])
@pytest.mark.parametrize("command", sorted(_WORDS))
def test_ctrl_c_soon_after_the_start_is_no_traceback(
    tmp_path: Path, command: str, delay_s: float
) -> None:
    """In the middle of imports too, whatever the imported library makes of it."""
    (tmp_path / "devices.yaml").write_text(
        # Nothing answers there, so a deploy that is quicker than the signal starts no agent.
        "devices:\n  here: {address: 127.0.0.1, port: 1}\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *_WORDS[command]],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"XTREME_EDGE_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(delay_s)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    assert process.returncode == 130, err
    assert err.splitlines()[-1] == "interrupted"


@pytest.fixture
def attended() -> Iterator[None]:
    """SIGINT as at a terminal, also where the tests run in the background and ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("attended")
def test_an_interruption_is_remembered_whatever_becomes_of_the_exception() -> None:
    """A library may turn KeyboardInterrupt into an error of its own."""
    with Interruption() as interruption:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert interruption.happened


@pytest.mark.usefixtures("attended")
def test_an_interruption_that_python_drops_comes_again(capsys: pytest.CaptureFixture[str]) -> None:
    """In a weak reference's callback, as in the import system, an exception goes nowhere."""

    class Watched:
        pass

    watched = Watched()
    reference = weakref.ref(watched, lambda _: signal.raise_signal(signal.SIGINT))
    with Interruption() as interruption:
        del watched
        assert interruption.happened
        with pytest.raises(KeyboardInterrupt):
            time.sleep(10)
    assert reference() is None
    assert capsys.readouterr().err == ""


def test_ctrl_c_while_submitting_tells_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run may be on the device by then, so its name and what to do with it are told."""
    from click.testing import CliRunner

    from host.cli import main
    from host.inventory import local_device
    from host.runs import start
    from host.runs.record import RunRecord

    record = RunRecord(run_id="s-pi5-1", device="pi5", study_file="s.yaml", workspace="/")

    def interrupted(
        *_: object, submitting: Callable[[RunRecord], None], **_options: object
    ) -> None:
        submitting(record)
        raise KeyboardInterrupt

    monkeypatch.setattr(start, "start_run", interrupted)
    monkeypatch.setattr("host.studies.load.load_study", lambda _: SimpleNamespace(name="s"))
    monkeypatch.setattr("host.cli.run.find_devices", lambda *_: [local_device()])
    done = CliRunner().invoke(main, ["run", str(tmp_path / "s.yaml")])
    assert done.exit_code == 130
    assert "host attach s-pi5-1" in done.stderr
    assert done.stderr.splitlines()[-1] == "interrupted"
