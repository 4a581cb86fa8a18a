"""Which rows share a batch: a plan that the rows' lengths and the batch size decide, pure."""

from __future__ import annotations

from collections.abc import Sequence


def plan_batches(tokens: Sequence[int], batch_size: int) -> list[tuple[int, ...]]:
    """Return the rows of each batch by their index; every row stands in one.

    Rows of like length share a batch, so that little is padded; the longest go first, so that the
    engine's memory is as large as it gets from the beginning.

    Args:
        tokens: Of each row.
        batch_size: Rows of a batch; the last one may have fewer.
    """
    order = sorted(range(len(tokens)), key=lambda row: -tokens[row])
    return [tuple(order[at : at + batch_size]) for at in range(0, len(order), batch_size)]
