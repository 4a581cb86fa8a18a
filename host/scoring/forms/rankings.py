"""Ranked retrieval: a JSON object from query id to candidate ids (Mewsli-X, LAReQA).

Mewsli-X has mention ids and entity ids. LAReQA's entry in the official script has no reader, so
this one defines its files alike: question id to candidate ids, best first, of the pool of all
languages; in the labels, question id to the ids of all its targets (eleven, one a language). Its
ids are those of `utils_lareqa.py`, which a run's submission has too: `<question id>_<language>` and
`<language>_<paragraph from 1>_<sentence from 0>`, as in "56beb4343aeaaa14008c925b_en": ["de_1_0"].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from device_agent.contract.samples import Gold
from device_agent.tasks.reading.lines import shorten
from host.scoring.forms.compared import Compared
from host.scoring.forms.json_object import compare_ids, kind, not_of_form, read_object

Ids = tuple[str, ...]


def compare_rankings(
    predictions: Path,
    labels: Path,
    classes: Sequence[str],  # noqa: ARG001 the forms' common signature
) -> Compared:
    """Read rankings and all targets by query id; the order of queries does not matter.

    Raises:
        DataError: A file is missing, unreadable or of another form, or a query has no target.
    """
    return compare_to_targets(predictions, _read_targets(labels))


def compare_to_targets(predictions: Path, gold: Mapping[str, Gold]) -> Compared:
    """Read rankings of queries whose targets are known.

    Raises:
        DataError: The file is missing, unreadable or of another form.
    """
    found = _read(predictions)
    return Compared(gold, found, compare_ids(gold, found, "queries"))


def compare_mentions(
    predictions: Path,
    labels: Path,
    classes: Sequence[str],  # noqa: ARG001 the forms' common signature
) -> Compared:
    """Read rankings and the one right entity of each mention.

    The labels hold it in a list. The official scorer (`evaluate` in `utils_mewslix.py`) takes the
    list's first entry without the space around it, whatever stands behind it; so does this one.

    Raises:
        DataError: As `compare_rankings`.
    """
    gold = {key: (ids[0].strip(),) for key, ids in _read_targets(labels).items()}
    found = _read(predictions)
    return Compared(gold, found, compare_ids(gold, found, "mentions"))


def _read_targets(path: Path) -> dict[str, Ids]:
    gold = _read(path)
    for key, targets in gold.items():
        if not targets:
            raise not_of_form(path, f"no gold id for {shorten(key)}", "at least one")
    return gold


def _read(path: Path) -> dict[str, Ids]:
    rankings = {}
    for key, ids in read_object(path).items():
        if not isinstance(ids, list):
            raise not_of_form(path, f"{kind(ids)} for {shorten(key)}", "a list of ids")
        for one in ids:
            if not isinstance(one, str):
                raise not_of_form(path, f"{kind(one)} among the ids of {shorten(key)}", "texts")
        rankings[key] = tuple(ids)
    return rankings
