"""Whether the keys of a study agree with each other."""

from __future__ import annotations

from collections.abc import Iterator

from device_agent import runtimes, tasks
from host.studies.design_agreement import design_mistakes
from host.studies.marked_yaml import Location, MarkedYaml
from host.studies.mistakes import Mistake, did_you_mean, one_of, shown
from host.studies.names import format_of
from host.studies.schema import CONTROL_SUFFIX, RETRIEVAL, PerformanceSettings, is_by_task
from host.studies.training_agreement import training_mistakes

_ANY_FORMAT = "null"
"""The runtime that measures the harness, whatever the artifacts are."""


def is_retrieval(task: str) -> bool:
    """Tell whether the task looks sentences up, so that one encoder serves it and its like."""
    return tasks.get(task).head.name == "sentence-embedding"


def agreement_mistakes(document: MarkedYaml) -> Iterator[Mistake]:
    """Yield every contradiction, and every gap that one key opens for another."""
    yield from _repeated(document, ("modes",))
    for task in document.mapping("tasks"):
        yield from _repeated(document, ("tasks", task, "languages"))
        yield from _candidates(document, task)
    yield from _attempts(document)
    yield from _batches(document)
    yield from _until_decided(document)
    yield from _runtime(document)
    at = ("variants", f"{document.at(('baseline',))}{CONTROL_SUFFIX}")
    if document.at(at) is not None:
        message = "this name is kept for the baseline's control, expected another one"
        yield document.key_mistake(at, message)
    for name in document.mapping("variants"):
        yield from _variant(document, ("variants", name))
    yield from design_mistakes(document)
    yield from training_mistakes(document)


def _repeated(document: MarkedYaml, at: Location) -> Iterator[Mistake]:
    items = document.at(at)
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, str) and item in items[:index]:
            yield document.mistake((*at, index), f"{shown(item)} stands in this list already")


def _candidates(document: MarkedYaml, task: str) -> Iterator[Mistake]:
    at = ("tasks", task, "candidates")
    if document.at(at) is None or task not in tasks.names() or is_retrieval(task):
        return
    retrieval = ", ".join(filter(is_retrieval, tasks.names()))
    message = f"{task} has no candidates, expected this key only for {retrieval}"
    yield document.key_mistake(at, message)


def _attempts(document: MarkedYaml) -> Iterator[Mistake]:
    given = document.mapping("performance")
    defaults = PerformanceSettings()
    rounds = whole_number(given.get("rounds", str(defaults.rounds)))
    attempts = whole_number(given.get("attempts", str(defaults.attempts)))
    if rounds is not None and attempts is not None and attempts < rounds:
        at = ("performance", "attempts" if "attempts" in given else "rounds")
        message = f"{attempts} attempts cannot give {rounds} valid rounds"
        yield document.mistake(at, f"{message}, expected at least as many attempts as rounds")


def _batches(document: MarkedYaml) -> Iterator[Mistake]:
    given = document.mapping("performance")
    scenario = given.get("scenario", PerformanceSettings().scenario)
    for key, other, why in (
        ("batch-size", "offline", "the scenario single-stream has no batches"),
        ("turn-queries", "single-stream", "the scenario offline runs all of a task at once"),
    ):
        if given.get(key) is not None and scenario != other:
            message = f"{why}, expected scenario: {other} or no such key"
            yield document.key_mistake(("performance", key), message)


def _until_decided(document: MarkedYaml) -> Iterator[Mistake]:
    given = document.mapping("performance")
    if given.get("until-decided") == "true":
        if document.at(("control",)) == "false":
            message = "nothing is decided without the A/A control"
            yield document.mistake(("control",), f"{message}, expected true or no such key")
    elif given.get("budget-minutes") is not None:
        yield document.key_mistake(
            ("performance", "budget-minutes"),
            "without until-decided nothing uses a budget, expected until-decided: true",
        )


def whole_number(text: object) -> int | None:
    """Return the number that a scalar states; None for anything else."""
    is_number = isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 10
    return int(str(text)) if is_number else None


def _variant(document: MarkedYaml, at: Location) -> Iterator[Mistake]:
    variant = document.mapping(*at)
    if variant.get("regime") == "direct" and variant.get("intermediate-tasks"):
        message = "the regime direct has no intermediate tasks"
        remedy = "expected english or multilingual, or no such key"
        yield document.key_mistake((*at, "intermediate-tasks"), f"{message}, {remedy}")
    wanted = [task for task in document.mapping("tasks") if task in tasks.names()]
    checkpoints = document.mapping(*at, "checkpoints")
    for task in wanted if checkpoints else []:
        keys = [task, RETRIEVAL] if is_retrieval(task) else [task]
        if not any(key in checkpoints for key in keys):
            message = f"no checkpoint for the task {task}, expected the key {' or '.join(keys)}"
            yield document.key_mistake((*at, "checkpoints"), message)
    yield from _pooling(document, (*at, "pooling"))
    yield from _format(document, at)


def _format(document: MarkedYaml, at: Location) -> Iterator[Mistake]:
    of_format = format_of(document, str(at[-1]))
    if of_format != "onnx" and document.at((*at, "vocabulary")) == "evaluation":
        message = f"found evaluation, which the format {of_format} cannot have, expected whole"
        yield document.mistake((*at, "vocabulary"), message)


def _runtime(document: MarkedYaml) -> Iterator[Mistake]:
    """Check that the one runtime that is named runs every variant's format."""
    name = document.at(("runtime", "name"))
    if name not in runtimes.names() or name == _ANY_FORMAT:
        return
    for variant in document.mapping("variants"):
        of_format = format_of(document, variant)
        own = runtimes.OF_FORMAT[of_format]
        if name != own:
            message = f"{name} does not run {variant}, whose format is {of_format}"
            yield document.mistake(("runtime", "name"), f"{message}, expected {own} or no such key")
            return


def _pooling(document: MarkedYaml, at: Location) -> Iterator[Mistake]:
    """Check one setting for all retrieval tasks, or one for each task that is named."""
    pooling = document.mapping(*at)
    if not is_by_task(pooling):
        yield from _pooling_setting(document, at)
        return
    known = [task for task in tasks.names() if is_retrieval(task)]
    for task in pooling:
        if task in known:
            yield from _pooling_setting(document, (*at, task))
        else:
            message = f"found {shown(task)}, expected a retrieval task"
            hint = did_you_mean(task, known)
            yield document.key_mistake((*at, task), f"{message}: {one_of(known)}{hint}")


def _pooling_setting(document: MarkedYaml, at: Location) -> Iterator[Mistake]:
    form = "{method: mean, layer: 8} or {method: pooler}"
    setting = document.mapping(*at)
    if setting.get("method") == "mean" and setting.get("layer") is None:
        yield document.key_mistake(at, f"the mean is of one layer, expected such as {form}")
    if setting.get("method") == "pooler" and setting.get("layer") is not None:
        message = "the pooler output has no layer"
        yield document.key_mistake((*at, "layer"), f"{message}, expected such as {form}")
