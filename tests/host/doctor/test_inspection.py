"""The probe's answer is found between anything else, and nonsense is told as such."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract.errors import DeviceError
from device_agent.inspection.report import MARK
from host.doctor.inspection import parse


@given(answer=st.binary(max_size=200), is_marked=st.booleans())
def test_any_bytes_are_an_error_and_never_a_crash(answer: bytes, *, is_marked: bool) -> None:
    """A device may send whatever it likes."""
    with pytest.raises(DeviceError, match="makes no sense"):
        parse(MARK.encode() + answer if is_marked else answer)
