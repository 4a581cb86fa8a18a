"""What a run's view says while no event comes."""

from __future__ import annotations

import pytest

from device_agent.contract.events import Event, SampleDone, StateChanged, Timing
from device_agent.contract.status import SignOfLife
from host.cli.live import RunView, alive_text
from tests.device_agent.service.small_runs import small_spec


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [(0, "no run is before it"), (1, "1 run before it"), (3, "3 runs before it")],
)
def test_a_waiting_run_says_what_it_waits_for(ahead: int, expected: str) -> None:
    """The number of runs before it is told."""
    text = alive_text("waiting", SignOfLife(ahead=ahead))
    assert text.startswith("waiting: ")
    assert expected in text


def test_signs_of_life_are_shown_at_once_and_not_again_and_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without a terminal the first sign is a line; the same one is not repeated each time."""
    with RunView(small_spec("r"), "pi5") as view:
        for _ in range(5):
            view.alive(SignOfLife(ahead=2))
        view.alive(SignOfLife(ahead=1))
    lines = [line for line in capsys.readouterr().err.splitlines() if "waiting" in line]
    assert [line.strip() for line in lines] == [
        "waiting: 2 runs before it on the device",
        "waiting: 1 run before it on the device",
    ]


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("xnli", "accuracy so far 50.0 %"),
        ("xquad", "F1 so far 50.0 %"),
        ("udpos", "share right so far 50.0 %"),
    ],
)
def test_what_is_right_so_far_has_the_name_of_what_it_is(
    capsys: pytest.CaptureFixture[str], task: str, expected: str
) -> None:
    """A sample's credit is not always what the task's average is made of."""
    body = SampleDone(
        variant="a",
        task=task,
        language="de",
        sample_id="1",
        prediction="p",
        credit=0.5,
        timing=Timing(tokens=1, tokenise_ns=1, infer_ns=1, decode_ns=1),
    )
    assert expected in shown(capsys, body)


def test_a_run_that_has_not_begun_shows_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    """What it waits for is told by signs of life; a lone word helps nobody."""
    assert shown(capsys, StateChanged(state="queued")) == ""


def shown(capsys: pytest.CaptureFixture[str], body: SampleDone | StateChanged) -> str:
    event = Event(seq=1, boot_id="a", monotonic_ns=1, utc="", body=body)
    with RunView(small_spec("r"), "pi5") as view:
        list(view.watch([event]))
    return capsys.readouterr().err
