"""What can go wrong while training."""

from __future__ import annotations

from device_agent.contract.errors import XtremeEdgeError


class TrainingError(XtremeEdgeError):
    """The data or the base do not allow what was asked, or there is no room for the result."""
