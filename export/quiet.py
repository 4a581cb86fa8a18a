"""Keep the talk of libraries off the user's terminal while they work."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Silence Python warnings and log records up to WARNING; errors still raise.

    onnxruntime's quantizer logs through `logging.warning`, which installs a handler on the root
    logger as a side effect; that handler is taken off again.
    """
    disabled = logging.root.manager.disable
    handlers = list(logging.root.handlers)
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(disabled)
        logging.root.handlers[:] = handlers


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Silence what native code and progress bars write to the process's own output too.

    For LiteRT's converter and engine, whose messages pass every switch; errors still raise.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for descriptor in (1, 2):
            os.dup2(nowhere, descriptor)
        with (
            quiet(),
            Path(os.devnull).open("w", encoding="utf-8") as hole,
            contextlib.redirect_stdout(hole),
            contextlib.redirect_stderr(hole),
        ):
            yield
    finally:
        for descriptor, before in zip((1, 2), kept, strict=True):
            os.dup2(before, descriptor)
            os.close(before)
        os.close(nowhere)
