"""What is told of a run that was submitted."""

from __future__ import annotations

import json

import pytest

from device_agent.contract.errors import DeviceError
from host.cli.steps import say_submitted
from host.runs.record import RunRecord
from host.runs.start import Started
from tests.device_agent.service.small_runs import small_spec


def started(*, serving: bool) -> Started:
    record = RunRecord(run_id="r-1", device="pi5", study_file="s.yaml", workspace="/")
    return Started(record, small_spec("r-1"), sent_blobs=0, sent_bytes=0, serving=serving)


def test_a_run_that_goes_on_by_itself_says_how_to_see_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The next command is told."""
    say_submitted(started(serving=True), as_json=False)
    assert "host attach r-1" in capsys.readouterr().err


def test_a_run_that_nobody_takes_up_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever waits for it must not go on; machines get its name all the same."""
    with pytest.raises(DeviceError, match="r-1 is queued on pi5, but no agent serves") as caught:
        say_submitted(started(serving=False), as_json=True)
    assert "host deploy --target pi5" in caught.value.remedy
    assert json.loads(capsys.readouterr().out)["serving"] is False
