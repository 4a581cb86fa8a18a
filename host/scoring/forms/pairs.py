"""Mining: `foreign id<TAB>English id` a line (BUCC 2018)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from device_agent.metrics.mining import Pair
from device_agent.tasks.reading.lines import malformed, read_lines, shorten
from host.scoring.forms.compared import Compared


def compare_pairs(
    predictions: Path,
    labels: Path,
    classes: Sequence[str],  # noqa: ARG001 the forms' common signature
) -> Compared:
    """Read both sets of pairs, each pair under itself as id; order and repetition do not matter.

    An empty file is a set too: nothing was mined.

    Raises:
        DataError: A file is missing, or a line is no pair.
    """
    found = _read(predictions)
    notes = () if found else ("the prediction file is empty, so nothing counts as mined",)
    return Compared(_read(labels), found, notes)


def _read(path: Path) -> dict[str, Pair]:
    pairs = {}
    for number, line in enumerate(read_lines(path), start=1):
        fields = [field.strip() for field in line.strip().split("\t")]
        if fields == [""]:
            continue
        if len(fields) != 2 or not all(fields):
            found = f"{len(fields)} column{'s' * (len(fields) > 1)} ({shorten(line)})"
            raise malformed(path, number, found, "two ids, separated by a tab")
        pairs["\t".join(fields)] = (fields[0], fields[1])
    return pairs
