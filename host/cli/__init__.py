"""`host`: the command line. One file per command, imported when it is called."""

from __future__ import annotations

import sys

# As `typing` has it, which takes a while to import: until `main` is there Ctrl-C is a traceback.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from host.cli.root import main as main


def __getattr__(name: str) -> object:
    """Import `main` when it is asked for, so that Ctrl-C meanwhile is no traceback.

    Raises:
        SystemExit: It was interrupted.
    """
    if name != "main":
        raise AttributeError(name)
    try:
        from host.cli.root import main
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(130)
    return main
