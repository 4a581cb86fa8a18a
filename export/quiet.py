"""Keep the talk of libraries off the user's terminal while they work."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator


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
