"""Libraries keep quiet while they work, and nothing of that stays behind."""

from __future__ import annotations

import contextlib
import logging
import warnings

import pytest

from export.quiet import quiet


def test_warnings_and_log_records_are_not_heard(
    capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    """Neither Python's warnings nor the root logger's reach the terminal."""
    with quiet():
        warnings.warn("deprecated", stacklevel=1)
        logging.warning("consider")
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list


def test_the_root_logger_is_as_before() -> None:
    """A handler that a library's call installed would make our own logging speak twice."""
    handlers, disabled = list(logging.root.handlers), logging.root.manager.disable
    with contextlib.suppress(ZeroDivisionError), quiet():
        logging.root.handlers.append(logging.NullHandler())
        _ = 1 / 0
    assert logging.root.handlers == handlers
    assert logging.root.manager.disable == disabled
