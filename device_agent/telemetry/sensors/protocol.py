"""What a sensor is: one kernel source, read below a root."""

from __future__ import annotations


class UnsupportedError(Exception):
    """This machine has no such source; the message says which one was looked for."""
