"""Argv lists as one line for the device's shell: quoted once, here and nowhere else."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from host.transport.session import TransportError

_SHOWN_CHARACTERS = 80


def command_line(argv: Sequence[str]) -> str:
    r"""Quote an argv list for a POSIX shell, whatever is in it.

    Raises:
        TransportError: An argument holds a NUL byte, which no argument can.
    """
    for argument in argv:
        if "\0" in argument:
            raise TransportError(
                f"The argument {argument!r} holds a NUL byte.",
                remedy="Leave the NUL byte out of the name.",
            )
    return shlex.join(argv)


def shown(argv: Sequence[str]) -> str:
    """Return the beginning of the command line for a message: one line, whatever is in it."""
    return " ".join(command_line(argv).split())[:_SHOWN_CHARACTERS]
