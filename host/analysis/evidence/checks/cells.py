"""What accuracy mode has to do: the planned cells, and the samples that the journal has of each."""

from __future__ import annotations

from collections.abc import Mapping, Set

from device_agent import tasks
from device_agent.contract.events import SampleDone
from device_agent.contract.runspec import Dataset
from device_agent.tasks.protocol import Task
from host.analysis.bundle import Bundle

VariantCell = tuple[str, str, str]
"""Variant, task and language."""


def name(cell: VariantCell) -> str:
    """Return a cell in words."""
    variant, task, language = cell
    return f"{variant} {task}/{language}"


def planned_tasks(bundle: Bundle) -> Mapping[str, Task]:
    """Return the spec's tasks by name, each looked up once: a look-up lists a folder."""
    return {name: tasks.get(name) for name in {dataset.task for dataset in bundle.spec.datasets}}


def planned(bundle: Bundle) -> Mapping[VariantCell, Dataset]:
    """Return every cell that accuracy mode runs, and none without that mode."""
    if "accuracy" not in bundle.spec.modes:
        return {}
    return {
        (variant.name, dataset.task, dataset.language): dataset
        for variant in bundle.compared
        for dataset in bundle.spec.datasets
    }


def sample_ids(bundle: Bundle) -> Mapping[VariantCell, Set[str]]:
    """Return the ids of the samples that were run, per cell."""
    found: dict[VariantCell, set[str]] = {}
    for sample in bundle.bodies(SampleDone):
        cell = (sample.variant, sample.task, sample.language)
        found.setdefault(cell, set()).add(sample.sample_id)
    return found
