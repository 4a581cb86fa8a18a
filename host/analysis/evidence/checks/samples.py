"""Accuracy mode's samples: each once, none missing, each with what its task and gold ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from device_agent.contract.artifact import HeadName
from device_agent.contract.bundle import JOURNAL_NAME
from device_agent.contract.events import SampleDone
from host.analysis.bundle import Bundle, gold_path
from host.analysis.evidence.checks import cells
from host.analysis.evidence.checks.kinds import is_prediction
from host.analysis.evidence.checks.timing import is_possible
from host.analysis.seal.failure import RUN_AGAIN, Failure


def check_samples(bundle: Bundle) -> Iterator[Failure]:
    """Find samples that are there twice, not at all, or not as the agent writes them."""
    yield from _once(bundle)
    yield from _complete(bundle)
    heads = {name: task.head.name for name, task in cells.planned_tasks(bundle).items()}
    for seq, sample in bundle.entries(SampleDone):
        for message in _contents(bundle, sample, heads.get(sample.task)):
            cell = cells.name((sample.variant, sample.task, sample.language))
            text = f"{cell} sample {sample.sample_id!r} {message}"
            yield Failure(JOURNAL_NAME, text, RUN_AGAIN, seq=seq)


def _once(bundle: Bundle) -> Iterator[Failure]:
    planned = cells.planned(bundle)
    times: Counter[tuple[cells.VariantCell, str]] = Counter()
    unplanned: dict[cells.VariantCell, int] = {}
    for seq, sample in bundle.entries(SampleDone):
        cell = (sample.variant, sample.task, sample.language)
        times[cell, sample.sample_id] += 1
        if times[cell, sample.sample_id] == 2:
            message = f"{cells.name(cell)} has sample {sample.sample_id!r} again, expected it once"
            yield Failure(JOURNAL_NAME, message, RUN_AGAIN, seq=seq)
        if cell not in planned:
            unplanned.setdefault(cell, seq)
    for cell, seq in sorted(unplanned.items()):
        message = f"has samples of {cells.name(cell)}, which the spec does not plan"
        yield Failure(JOURNAL_NAME, message, seq=seq)


def _complete(bundle: Bundle) -> Iterator[Failure]:
    """As many as planned, the same for every variant, and all those that gold is there for."""
    done = cells.sample_ids(bundle)
    for cell, dataset in cells.planned(bundle).items():
        ids = done.get(cell, set())
        if len(ids) > dataset.samples or (bundle.finished and len(ids) < dataset.samples):
            message = f"has {len(ids)} samples of {cells.name(cell)}, expected {dataset.samples}"
            yield Failure(JOURNAL_NAME, message, RUN_AGAIN)
        elif bundle.finished:
            _, task, language = cell
            if ids != done.get((bundle.spec.baseline, task, language), set()):
                message = f"has other samples of {cells.name(cell)} than of {bundle.spec.baseline}"
                yield Failure(JOURNAL_NAME, message, RUN_AGAIN)
            unknown = sorted(bundle.gold.get((task, language), {}).keys() - ids)
            if unknown:
                message = f"has gold of {unknown[0]!r}, of which {cells.name(cell)} has no sample"
                yield Failure(gold_path(task, language), message, RUN_AGAIN)


def _contents(bundle: Bundle, sample: SampleDone, head: HeadName | None) -> Iterator[str]:
    if not is_possible(sample.timing):
        yield f"has an impossible timing: {sample.timing}"
    if head is None:
        return
    if not is_prediction(head, sample.prediction):
        yield f"predicts {sample.prediction!r}, which is nothing that {head} predicts"
    gold = bundle.gold.get((sample.task, sample.language), {})
    wants_credit = head != "sentence-embedding" and sample.sample_id in gold
    if wants_credit and sample.credit is None:
        yield "has gold and no credit, expected one"
    elif sample.credit is not None and not wants_credit:
        yield f"has a credit of {sample.credit} without gold, expected none"
