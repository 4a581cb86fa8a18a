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


def test_a_plan_without_a_scenario_is_single_stream() -> None:
    """As in specs from before there were scenarios."""
    plan = b'{"rounds":1,"attempts":1,"queries":1,"warmup_queries":0}'
    found = codec.decode(plan, Performance, source="plan")
    assert (found.scenario, found.batch_size) == ("single-stream", 1)
