"""One thing that was looked at: how bad it is, what it means, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["ok", "note", "warning", "failure"]
"""A failure stops a deploy or a run; a warning spoils numbers; a note explains them."""

SEVERITIES: tuple[Severity, ...] = ("failure", "warning", "note", "ok")
"""Worst first."""


@dataclass(frozen=True)
class Finding:
    """One thing about a device.

    Attributes:
        subject: What was looked at, in a few words.
        found: What is there.
        meaning: What follows from it; "" where it is as it should be.
        remedy: What to do, with the command; None where nothing is to be done.
    """

    subject: str
    severity: Severity
    found: str
    meaning: str = ""
    remedy: str | None = None


def summary(device: str, findings: Sequence[Finding]) -> str:
    """Say in a sentence what the findings come to."""
    counts = {severity: _of(severity, findings) for severity in SEVERITIES}
    rest = [
        f"{len(found)} {severity}{'s' if len(found) > 1 else ''}"
        for severity, found in counts.items()
        if found and severity in ("warning", "note")
    ]
    also = f"; {' and '.join(rest)}" if rest else ""
    if failures := counts["failure"]:
        names = ", ".join(dict.fromkeys(finding.subject for finding in failures))
        noun = "thing" if len(failures) == 1 else "things"
        return f"{device} is not ready: {len(failures)} {noun} would fail ({names}){also}."
    return f"{device} is ready: nothing that was looked at would fail{also}."


def _of(severity: Severity, findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == severity]
