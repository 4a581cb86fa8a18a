"""One core is kept free of queries where there is one."""

from __future__ import annotations

import os

import pytest

from device_agent.measure.spare_core import spare_core

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity"), reason="this system has no affinities"
)


def test_a_core_that_no_query_needs_is_left_alone() -> None:
    """With fewer threads than cores the last one is spared, and given back."""
    usable = os.sched_getaffinity(0)
    if len(usable) < 2:
        pytest.skip("this machine has one core")
    with spare_core(1) as core:
        assert core == max(usable)
        assert os.sched_getaffinity(0) == usable - {core}
    assert os.sched_getaffinity(0) == usable


def test_queries_on_all_cores_spare_none() -> None:
    """Nothing is moved; what the readings cost is measured instead."""
    usable = os.sched_getaffinity(0)
    with spare_core(len(usable)) as core:
        assert core is None
        assert os.sched_getaffinity(0) == usable
