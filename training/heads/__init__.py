"""How each form of task is learned: one file a head, named as the device's heads are."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from device_agent.contract.artifact import HeadName
    from training.heads.protocol import Learner


def get(name: HeadName) -> Learner:
    """Return what learns that head's tasks."""
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    return cast("Learner", module.LEARNER)
