"""How the agent tells the host of an expected failure, on standard error with `--errors json`."""

from __future__ import annotations

from typing import ClassVar, Literal

from device_agent.contract.codec import Document


class Failure(Document):
    """An `XtremeEdgeError` on the wire."""

    SCHEMA: ClassVar[str] = "failure/1.0"

    schema: Literal["failure/1.0"] = "failure/1.0"
    message: str
    remedy: str
