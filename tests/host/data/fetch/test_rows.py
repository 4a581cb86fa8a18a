"""Tests of what a fetched row may say."""

from __future__ import annotations

import pytest

from device_agent.contract.errors import DataError
from host.data.fetch.rows import class_name, class_names, one_line


def test_a_class_is_known_by_its_name() -> None:
    """A number stands for itself where its name is a number; -1 stands for none."""
    assert class_name({"label": "neutral"}, "label", ("neutral",)) == "neutral"
    assert class_name({"label": 1}, "label", ("0", "1")) == "1"
    assert class_name({"label": -1}, "label", ("0", "1")) is None


def test_a_class_without_its_name_is_refused() -> None:
    """A bare number could mean any class: XNLI's order on the hub is not the official one."""
    with pytest.raises(DataError, match="Column label: found 2, expected one of neutral"):
        class_name({"label": 2}, "label", ("neutral",))
    with pytest.raises(DataError, match="found 'B-MISC'"):
        class_names({"tags": ["O", "B-MISC"]}, "tags", ("O",))


def test_a_line_has_no_ends_and_no_columns_in_it() -> None:
    """They would become other lines and columns."""
    assert one_line("a\tb\r\nc\u2028") == "a b  c\u2028"
