"""The one error root: what went wrong, and what to do about it."""

from __future__ import annotations


class XtremeEdgeError(Exception):
    """An expected failure, told to the user without a traceback.

    Args:
        message: What happened, to which thing, found against expected.
        remedy: One imperative sentence, with the command where there is one.
    """

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n  remedy: {self.remedy}"


class ContractError(XtremeEdgeError):
    """A document is not of the form, or not of the version, that it must have."""


class DataError(XtremeEdgeError):
    """A benchmark file is missing, malformed, or at odds with another."""


class DeviceError(XtremeEdgeError):
    """The device cannot do what it was asked: disk, memory, missing blob, missing provider."""


class RunError(XtremeEdgeError):
    """A run does not exist, or is not in a state that allows what was asked."""
