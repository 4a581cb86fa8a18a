"""Says in words what state a run is in, and why."""

from __future__ import annotations


def state_text(state: str, reason: str | None) -> str:
    """Return the state and its reason, as the end of a sentence without its full stop.

    A reason may hold the state already ("cancelled by the user"): then it is all of the text.
    """
    reason = (reason or "").rstrip(".")
    if not reason:
        return state
    return reason if reason.startswith(state) else f"{state}: {reason}"
