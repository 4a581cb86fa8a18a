"""One JSON object a line."""

from __future__ import annotations

import msgspec
import pytest

from device_agent.contract.errors import DataError
from device_agent.tasks.reading.json_lines import read_json_lines, stream_json_lines


class Form(msgspec.Struct):
    """What the tests read."""

    text: str
    label: int = 0


def test_objects_come_in_order_and_other_keys_are_passed_over(tmp_path) -> None:
    """CRLF ends do not matter, nor do keys that nobody asked for."""
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"text": "a", "changed": true}\r\n{"text": "b", "label": 1}\r\n')
    assert read_json_lines(path, Form) == [Form("a"), Form("b", 1)]


@pytest.mark.parametrize("bad", ['{"label": 1}', '{"text": 3}', "[]", "{", ""])
def test_a_line_of_another_form_is_named(tmp_path, bad) -> None:
    """The number of the line, what is wrong, and what was expected."""
    path = tmp_path / "x.jsonl"
    path.write_text(f'{{"text": "a"}}\n{bad}\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"x.jsonl, line 2: found .* expected .* text") as caught:
        read_json_lines(path, Form)
    assert caught.value.remedy


def test_lines_are_read_one_at_a_time(tmp_path) -> None:
    """What nobody has asked for yet may be anything."""
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": "a"}\n{\n', encoding="utf-8")
    rows = stream_json_lines(path, Form)
    assert next(rows) == Form("a")
    with pytest.raises(DataError, match="x.jsonl, line 2"):
        next(rows)
