"""Gold of a task whose labels nobody publishes: LAReQA's targets, made from the data itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from device_agent import tasks
from device_agent.contract.samples import Gold

DERIVED = "lareqa"

MADE_FROM_DATA = "targets are made from lareqa/xquad-r/, since the labels have none"

HOW_TO_MAKE = (
    "Name the data folder that has lareqa/xquad-r/<language>.json with --labels (its labels/ will "
    "do), and the labels are made from it; scripts/download_lareqa_data.sh of google-research/"
    "xtreme fetches it."
)


def data_beside(task: str, language: str, labels: Path) -> Path | None:
    """Return the data folder that a task's gold can be made from; None where there is none.

    Args:
        task: Its name.
        language: Which must be there.
        labels: The labels folder, in the data folder or that folder itself.
    """
    if task != DERIVED:
        return None
    name = Path("lareqa", "xquad-r", f"{language}.json")
    return next((root for root in (labels, labels.parent) if (root / name).is_file()), None)


def derive_gold(task: str, language: str, data: Path) -> Mapping[str, Gold]:
    """Return the targets of every question, as the task reads them.

    Raises:
        DataError: A file of the task is malformed.
    """
    samples = tasks.get(task).read(data, language)
    return {sample.id: sample.gold for sample in samples if sample.gold is not None}
