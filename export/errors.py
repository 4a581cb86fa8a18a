"""What can go wrong between a checkpoint and its artifact."""

from __future__ import annotations

from device_agent.contract.errors import XtremeEdgeError


class ExportError(XtremeEdgeError):
    """The checkpoint cannot become the wanted artifact, or there is no room for it."""


class ParityError(ExportError):
    """The artifact's outputs differ from the checkpoint's by more than its recipe may cost."""
