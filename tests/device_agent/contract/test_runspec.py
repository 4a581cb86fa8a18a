"""What a plan of performance mode may say."""

from __future__ import annotations

import pytest

from device_agent.contract import codec
from device_agent.contract.errors import ContractError
from device_agent.contract.runspec import Performance


def test_batches_belong_to_scenario_offline() -> None:
    """A plan that batches one query after another contradicts itself."""
    plan = b'{"rounds":1,"attempts":1,"queries":1,"warmup_queries":0,"batch_size":8}'
    with pytest.raises(ContractError, match="single-stream has batches of 1, found 8"):
        codec.decode(plan, Performance, source="plan")


def test_a_plan_of_an_older_host_asks_for_nothing_new() -> None:
    """What it warms up, holds and measures beside rounds is what it always was."""
    plan = b'{"rounds":1,"attempts":1,"queries":1,"warmup_queries":3}'
    found = codec.decode(plan, Performance, source="plan")
    assert (found.steady_queries, found.null_queries, found.on_off_pairs) == (0, 0, 0)
    assert (found.hold_conditions, found.temperature_band_k, found.sustained_s) == (
        False,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (b'"temperature_band_k":3', "a temperature band goes with hold_conditions"),
        (b'"temperature_band_k":0,"hold_conditions":true', "Expected `float` > 0"),
        (b'"sustained_s":1', "Expected `int` >= 2"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(key: bytes, message: str) -> None:
    """A band needs a reference, and two stretches need two seconds."""
    plan = b'{"rounds":1,"attempts":1,"queries":1,"warmup_queries":0,' + key + b"}"
    with pytest.raises(ContractError, match=message):
        codec.decode(plan, Performance, source="plan")


def test_a_plan_without_a_scenario_is_single_stream() -> None:
    """As in specs from before there were scenarios."""
    plan = b'{"rounds":1,"attempts":1,"queries":1,"warmup_queries":0}'
    found = codec.decode(plan, Performance, source="plan")
    assert (found.scenario, found.batch_size) == ("single-stream", 1)
