"""A folder to work in: gone at the end, and gone at the next start where its process was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from host.runs.scratch import scratch_folder

_HOLD = """
import sys
from pathlib import Path
from host.runs.scratch import scratch_folder
with scratch_folder(Path(sys.argv[1])) as folder:
    (folder / "bundle.tar").touch()
    print(folder, flush=True)
    sys.stdin.read()
"""


def held(parent: Path) -> tuple[subprocess.Popen[str], Path]:
    """Start a process that works in a scratch folder, and return it with the folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(parent)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_nothing_is_left(tmp_path: Path) -> None:
    """At the end of the context the folder is gone with all that is in it."""
    with scratch_folder(tmp_path) as folder:
        (folder / "file").touch()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_and_a_living_ones_is_not(tmp_path: Path) -> None:
    """The next one cleans up, without disturbing those that are at work."""
    killed, left = held(tmp_path)
    living, used = held(tmp_path)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    with scratch_folder(tmp_path):
        assert not left.exists()
        assert (used / "bundle.tar").exists()
    living.communicate()
    assert living.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_those_that_begin_together_leave_one_another_alone(tmp_path: Path) -> None:
    """A folder that was made this moment is nobody's leftover."""

    def work(_: int) -> None:
        with scratch_folder(tmp_path) as folder:
            (folder / "file").touch()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(300)))
    assert list(tmp_path.iterdir()) == []
