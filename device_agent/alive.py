"""Whether a process is still there."""

from __future__ import annotations

import os


def is_alive(process: int) -> bool:
    """Say whether a process of that id runs, whosever it is; yes where that cannot be told."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        # Somebody else's, or an id that no process has: nothing is concluded from it.
        return True
    return True
