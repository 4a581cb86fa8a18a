"""Draws a small change of any value in any document of a bundle, keeping or changing its type."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Path_ = tuple[str | int, ...]

_WHOLE = st.sampled_from([-1, 0, 1, 2, 3, 7, 2**31, 2**63 - 1, 2**63, 2**64])
_REAL = st.sampled_from([-1.5, 0.0, 0.5, 1.0, 1.5, 99.0, 1e308, -1e308, 5e-324])
_WORDS = st.sampled_from(
    ["", "x", "en", "xnli", "tatoeba", "bucc2018", "english-int8", "finished", "en-1", "f" * 64]
)
_ANY = st.one_of(
    _WHOLE, _REAL, _WORDS, st.none(), st.booleans(), st.sampled_from([[], {}, ["x"], {"x": 1}])
)


def places(value: Any, path: Path_ = ()) -> list[Path_]:
    """Return the path of every value inside a JSON value."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += places(inner, (*path, index))
    return found


def mutate(draw: st.DrawFn, document: bytes) -> bytes:
    """Change one value of a JSON document: another of its type, of any type, gone or doubled."""
    root = json.loads(document)
    *above, last = draw(st.sampled_from(places(root)))
    parent = root
    for step in above:
        parent = parent[step]
    kind = draw(st.sampled_from(["alike", "alike", "any", "gone", "again"]))
    if kind == "gone":
        del parent[last]
    elif kind == "again" and isinstance(parent, list):
        parent.insert(last, parent[last])
    else:
        parent[last] = draw(_alike(parent[last]) if kind == "alike" else _ANY)
    return json.dumps(root, ensure_ascii=False).encode()


def _alike(value: Any) -> st.SearchStrategy[Any]:
    # A bool is an int too, so it stands before it.
    for kind, others in _ALIKE.items():
        if isinstance(value, kind):
            return others(value)
    return _ANY


_ALIKE: dict[type, Callable[[Any], st.SearchStrategy[Any]]] = {
    bool: lambda value: st.just(not value),
    int: lambda value: st.one_of(_WHOLE, st.sampled_from([value + 1, value - 1])),
    float: lambda value: st.one_of(_REAL, st.just(value * 1.01)),
    str: lambda _: _WORDS,
    list: lambda value: st.sampled_from([[], value[:-1], value[::-1], value + value[:1]]),
    dict: lambda value: st.sampled_from([{}, dict(list(value.items())[:-1])]),
}
