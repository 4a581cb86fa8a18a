"""Jobs side by side: none waits for another, and none stops another."""

from __future__ import annotations

import threading

import pytest

from device_agent.contract.errors import DeviceError
from host.runs.side_by_side import side_by_side


def fail() -> str:
    raise DeviceError("pi4: it is off.", remedy="Turn it on.")


def test_jobs_run_at_the_same_time() -> None:
    """Each of three waits for the other two, which one after the other would never end."""
    barrier = threading.Barrier(3, timeout=20)
    found = side_by_side(dict.fromkeys("abc", barrier.wait))
    assert sorted(outcome.value for outcome in found.values()) == [0, 1, 2]  # type: ignore[type-var]
    assert list(found) == ["a", "b", "c"]


def test_one_that_fails_stops_no_other() -> None:
    """Its error is told beside the others' values."""
    found = side_by_side({"pi4": fail, "pi5": lambda: "done"})
    assert str(found["pi4"].error).startswith("pi4: it is off.")
    assert found["pi5"].value == "done"


def test_what_the_system_refuses_is_an_error_with_a_remedy() -> None:
    """A file that is not there ends one job, not the command."""

    def read() -> str:
        with open("/nowhere/at/all", encoding="utf-8") as file:  # noqa: PTH123
            return file.read()

    error = side_by_side({"pi5": read, "pi4": lambda: ""})["pi5"].error
    assert error is not None
    assert error.remedy


def test_a_mistake_of_ours_is_raised() -> None:
    """It must not look like a device's failure."""

    def mistake() -> str:
        raise TypeError("ours")

    with pytest.raises(TypeError, match="ours"):
        side_by_side({"pi5": mistake, "pi4": lambda: ""})


def test_interrupted_jobs_are_asked_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C reaches every job, and is passed on once they have stopped."""
    stop = threading.Event()
    ended: list[str] = []

    def work() -> None:
        stop.wait(20)
        ended.append(threading.current_thread().name)
        raise KeyboardInterrupt

    def interrupt(_: float) -> None:
        if not stop.is_set():
            raise KeyboardInterrupt

    monkeypatch.setattr("host.runs.side_by_side.time.sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        side_by_side({"pi4": work, "pi5": work}, stop=stop.set)
    assert sorted(ended) == ["pi4", "pi5"]
