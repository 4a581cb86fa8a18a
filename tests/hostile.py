"""Damages bytes as a hostile or broken sender would, between JSON that nearly fits and garbage."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from tests.host.analysis.evidence.mutations import mutate

HOSTILE_VALUES = (
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"9" * 30,
    b"-" + b"9" * 5000,
    b"[" * 50_000,
    b'{"a":' * 50_000,
    b'"\xff\xfe"',
    b'"\\ud800"',
    b'"' + b"x" * 10_000 + b'"',
    b"",
)
"""What no reader should be hurt by in the place of a value: depth, size, and what is no number."""


@st.composite
def damaged(draw: st.DrawFn, documents: tuple[bytes, ...]) -> bytes:
    """Draw one of the documents and change it in one way."""
    data = draw(st.sampled_from(documents))
    kind = draw(st.sampled_from(["value", "hostile", "twice", "bytes", "cut", "any"]))
    if kind == "value":
        return mutate(draw, data)
    if kind == "hostile":
        return _with_value(draw, data)
    if kind == "twice":
        first = data.index(b"{") + 1
        return data[:first] + b'"schema": "x/1.0", ' + data[first:]
    if kind == "any":
        return draw(st.binary(max_size=200))
    at = draw(st.integers(0, len(data)))
    if kind == "cut":
        return data[:at]
    return data[:at] + draw(st.binary(max_size=8)) + data[at + draw(st.integers(0, 3)) :]


def _with_value(draw: st.DrawFn, data: bytes) -> bytes:
    marker = "\x01here\x01"
    root = json.loads(data)
    if not isinstance(root, dict) or not root:
        return draw(st.sampled_from(HOSTILE_VALUES))
    parent: Any = root
    key: Any = draw(st.sampled_from(sorted(root)))
    while isinstance(parent[key], (dict, list)) and parent[key] and draw(st.booleans()):
        parent = parent[key]
        names = sorted(parent) if isinstance(parent, dict) else list(range(len(parent)))
        key = draw(st.sampled_from(names))
    parent[key] = marker
    text = json.dumps(root).encode()
    return text.replace(json.dumps(marker).encode(), draw(st.sampled_from(HOSTILE_VALUES)), 1)
