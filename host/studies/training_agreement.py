"""Whether what a study says of training can be trained, and makes the regimes that it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from device_agent import tasks
from host.studies.marked_yaml import Location, MarkedYaml
from host.studies.mistakes import Mistake, did_you_mean, one_of, shown
from host.studies.schema import DEFAULT, RETRIEVAL
from host.studies.training_schema import MIX
from training import intermediate, learning, target

_ENGLISH = ["en"]


def training_mistakes(document: MarkedYaml) -> Iterator[Mistake]:
    """Yield every contradiction in the training; nothing for a study with checkpoints alone."""
    variants = document.mapping("variants")
    if document.at(("training",)) is None:
        for name in variants:
            at = ("variants", name, "training")
            if document.at(at) is not None:
                message = "the study has no section training, expected one, or no such key"
                yield document.key_mistake(at, message)
        return
    yield from _data(document)
    steps = [step.name for name in learning.names(target) for step in _steps(name)]
    trained = tuple(dict.fromkeys((*learning.names(intermediate), *steps)))
    for key, known in (
        ("hyperparameters", (DEFAULT, MIX, *trained)),
        ("files", trained),
        ("examples-by-task", learning.names(intermediate)),
    ):
        for task in document.mapping("training", key):
            if task not in known:
                message = f"found {shown(task)}, expected {one_of(known)}"
                hint = did_you_mean(task, known)
                yield document.key_mistake(("training", key, task), f"{message}{hint}")
    for name in variants:
        yield from _variant(document, ("variants", name))


def _steps(name: str) -> tuple[learning.LearningTask, ...]:
    return learning.get(target, name).steps


def _data(document: MarkedYaml) -> Iterator[Mistake]:
    training = document.mapping("training")
    if training.get("data") is not None:
        if training.get("mirror") is not None:
            message = "nothing comes from the hub where data names a folder, expected one of them"
            yield document.key_mistake(("training", "mirror"), message)
        return
    if training.get("files") is not None:
        message = "files lie in a folder, expected data beside it"
        yield document.key_mistake(("training", "files"), message)
    for name in document.mapping("variants"):
        at = ("variants", name, "training", "masked-text")
        if document.at(at) is not None:
            message = "its text lies in a folder, expected data in the section training"
            yield document.key_mistake(at, message)


def _variant(document: MarkedYaml, at: Location) -> Iterator[Mistake]:
    own = document.mapping(*at, "training")
    if not own.get("base") and not document.mapping("training").get("base"):
        message = "base is missing, expected a checkpoint's folder or hub name, here or in "
        yield document.key_mistake((*at, "training"), f"{message}each variant's training")
    wanted = document.at((*at, "intermediate-tasks"))
    names = wanted if isinstance(wanted, list) else []
    for index, task in enumerate(names):
        known = learning.names(intermediate)
        if isinstance(task, str) and task not in known:
            message = f"found {shown(task)}, expected {one_of(known)}{did_you_mean(task, known)}"
            yield document.mistake((*at, "intermediate-tasks", index), message)
    yield from _regime(document, at, own, names)
    yield from _mix(document, at, own, names)
    for key in ("languages", "masked-text"):
        where = (*at, "training", key, *(["languages"] if key == "masked-text" else []))
        yield from _repeated(document, where)
    known = (*learning.names(target), RETRIEVAL)
    for task in document.mapping(*at, "checkpoints"):
        if task in tasks.names() and not is_encoder(task) and task not in known:
            message = f"{task} has no recipe for training, expected one of {', '.join(known)}"
            yield document.key_mistake((*at, "checkpoints", task), message)


def is_encoder(task: str) -> bool:
    """Tell whether a key of `checkpoints` names the encoder alone, without a head."""
    return task == RETRIEVAL or tasks.get(task).head.name == "sentence-embedding"


def _regime(
    document: MarkedYaml, at: Location, own: dict[str, Any], names: list[Any]
) -> Iterator[Mistake]:
    regime = document.at((*at, "regime"))
    languages = own.get("languages") or _ENGLISH
    beside = document.mapping(*at, "training", "masked-text").get("languages") or []
    if regime == "direct":
        for key in ("languages", "mix", "masked-text"):
            if own.get(key) not in (None, "false"):
                message = "the regime direct has no intermediate training, expected no such key"
                yield document.key_mistake((*at, "training", key), message)
    elif not names and regime in {"english", "multilingual"}:
        message = f"no intermediate task to train the regime {regime}, expected at least one in "
        yield document.key_mistake(at, f"{message}intermediate-tasks")
    elif regime == "english" and [*languages, *beside] != [
        *_ENGLISH,
        *(_ENGLISH if beside else []),
    ]:
        key = "languages" if languages != _ENGLISH else "masked-text"
        message = "the regime english trains on English, expected [en] or no such key"
        yield document.mistake((*at, "training", key), message)
    elif regime == "multilingual" and {*languages, *beside} <= {*_ENGLISH}:
        message = "the regime multilingual needs languages, or masked-text in some, besides en"
        yield document.key_mistake((*at, "training", "languages"), message)


def _mix(
    document: MarkedYaml, at: Location, own: dict[str, Any], names: list[Any]
) -> Iterator[Mistake]:
    is_mix = own.get("mix") == "true"
    if is_mix and len(names) == 1:
        message = f"found one intermediate task ({names[0]}), expected several to mix"
        yield document.mistake((*at, "training", "mix"), message)
    if own.get("mix-cap") is not None and not is_mix:
        message = "nothing is mixed, expected mix: true or no such key"
        yield document.key_mistake((*at, "training", "mix-cap"), message)


def _repeated(document: MarkedYaml, at: Location) -> Iterator[Mistake]:
    items = document.at(at)
    for index, item in enumerate(items if isinstance(items, list) else []):
        if item in items[:index]:
            yield document.mistake((*at, index), f"{shown(item)} stands in this list already")
