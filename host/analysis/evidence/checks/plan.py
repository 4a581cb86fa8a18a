"""The run spec itself: a plan that names what is not there, or allows anything, proves nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set

from device_agent import tasks
from device_agent.contract.bundle import SPEC_NAME
from device_agent.contract.runspec import Dataset, RunSpec
from device_agent.tasks.protocol import RetrievalTask, Task
from host.analysis.bundle import Bundle
from host.analysis.seal.failure import RUN_AGAIN, Failure

MAX_MARGIN = 0.5
MAX_SCORE_MARGIN = 100.0


def check_plan(bundle: Bundle) -> Iterator[Failure]:
    """Find what no study file could have asked for."""
    for check in (_names, _controls, _margins, _modes, _datasets, _artifacts):
        for message in check(bundle.spec):
            yield Failure(SPEC_NAME, message, RUN_AGAIN)


def _names(spec: RunSpec) -> Iterator[str]:
    for name, times in Counter(variant.name for variant in spec.variants).items():
        if times > 1:
            yield f"has the variant {name} {times} times, expected 1"
    compared = [v.name for v in spec.variants if v.control_of is None]
    if spec.baseline not in compared:
        found = ", ".join(compared) or "none"
        yield f"has the baseline {spec.baseline}, expected one of its variants: {found}"


def _controls(spec: RunSpec) -> Iterator[str]:
    """The A/A control is another variant once more, or its spread is no noise floor."""
    originals = {v.name: v for v in spec.variants if v.control_of is None}
    for control in spec.variants:
        if control.control_of is None:
            continue
        original = originals.get(control.control_of)
        if original is None:
            yield f"has {control.name} as control of {control.control_of}, which is no variant"
        elif (control.artifacts, control.recipe) != (original.artifacts, original.recipe):
            yield f"has {control.name} with other artifacts than {original.name}, expected the same"


def _margins(spec: RunSpec) -> Iterator[str]:
    """The bounds are the study file's, for a margin that allows anything decides nothing."""
    if not 0 < spec.margin <= MAX_MARGIN:
        yield f"has a margin of {spec.margin}, expected above 0 and at most {MAX_MARGIN}"
    if not 0 < spec.score_margin <= MAX_SCORE_MARGIN:
        yield (
            f"has a score margin of {spec.score_margin}, "
            f"expected above 0 and at most {MAX_SCORE_MARGIN:g}"
        )


def _modes(spec: RunSpec) -> Iterator[str]:
    if not spec.modes or len(set(spec.modes)) != len(spec.modes):
        yield f"has the modes {list(spec.modes)}, expected accuracy, performance or both"
    if "performance" in spec.modes and spec.performance is None:
        yield "has performance mode and no plan for it"


def _datasets(spec: RunSpec) -> Iterator[str]:
    if not spec.datasets:
        yield "has no datasets, expected at least one"
    for cell, times in Counter((d.task, d.language) for d in spec.datasets).items():
        if times > 1:
            yield f"has the dataset {'/'.join(cell)} {times} times, expected 1"
    known = {name: tasks.get(name) for name in tasks.names() if name in _tasks(spec)}
    for dataset in spec.datasets:
        name = f"{dataset.task}/{dataset.language}"
        task = known.get(dataset.task)
        if task is None:
            yield f"has the dataset {name}, which is no task of this version"
        elif not _is_counted_right(dataset, task):
            yield (
                f"has {name} with {dataset.samples} samples, {dataset.queries} of them scored, "
                f"and {dataset.available} to score in all: these do not go together"
            )


def _tasks(spec: RunSpec) -> Set[str]:
    return {dataset.task for dataset in spec.datasets}


def _is_counted_right(dataset: Dataset, task: Task) -> bool:
    """Only retrieval has samples that are looked up among, and nothing has more than there is."""
    pools = isinstance(task, RetrievalTask)
    most = min(dataset.samples, dataset.available)
    return dataset.queries <= most and (pools or dataset.queries == dataset.samples)


def _artifacts(spec: RunSpec) -> Iterator[str]:
    needed = _tasks(spec)
    for variant in spec.variants:
        absent = ", ".join(sorted(needed - variant.artifacts.keys()))
        if absent:
            yield f"has no artifact of {variant.name} for {absent}"
