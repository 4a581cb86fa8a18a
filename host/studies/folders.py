"""Whether the folders that a study names are there, and which variants are really one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from device_agent import tasks
from host.studies.agreement import is_retrieval, whole_number
from host.studies.marked_yaml import Location, MarkedYaml
from host.studies.mistakes import Mistake, nearest
from host.studies.schema import RETRIEVAL, is_by_task
from host.studies.section import resolve

_CONFIG = "config.json"


def folder_mistakes(
    document: MarkedYaml, folder: Path, *, untrained: bool = False
) -> Iterator[Mistake]:
    """Yield every folder that is missing or holds no checkpoint.

    Args:
        document: The study file.
        folder: Where its relative paths start.
        untrained: Pass over checkpoints that training is still to make.
    """
    is_trained = document.at(("training",)) is not None
    yield from _training_mistakes(document, folder)
    data = _path(document, ("data",), folder)
    if data and (wrong := _no_folder(data)):
        yield document.mistake(("data",), wrong)
    for name in document.mapping("variants"):
        for task in document.mapping("variants", name, "checkpoints"):
            at = ("variants", name, "checkpoints", task)
            path = _path(document, at, folder)
            if path and is_trained and not os.path.lexists(path):
                if not untrained:
                    message = f"there is no folder {path} yet, expected a checkpoint"
                    yield document.mistake(at, f"{message}; `host train` makes it")
            elif path and (wrong := _no_checkpoint(path)):
                yield document.mistake(at, wrong)
            elif path and (task == RETRIEVAL or (task in tasks.names() and is_retrieval(task))):
                for pooling in _poolings(document, name, task):
                    yield from _layer(document, (*pooling, "layer"), path)


def _training_mistakes(document: MarkedYaml, folder: Path) -> Iterator[Mistake]:
    for key in ("data", "mirror"):
        data = _path(document, ("training", key), folder)
        if data and (wrong := _no_folder(data)):
            yield document.mistake(("training", key), wrong)
    own: list[Location] = [("variants", n, "training") for n in document.mapping("variants")]
    for at in (("training",), *own):
        base = document.at((*at, "base"))
        # A name of the hub is one word, or two with a slash.
        is_path = isinstance(base, str) and (base[:1] in "./~" or base.count("/") > 1)
        path = _path(document, (*at, "base"), folder)
        if path and (is_path or os.path.isdir(path)) and (wrong := _no_checkpoint(path)):  # noqa: PTH112
            yield document.mistake((*at, "base"), wrong)


def twin_mistakes(document: MarkedYaml, folder: Path) -> Iterator[Mistake]:
    """Yield every variant that has the same content as one before it."""
    first: dict[str, str] = {}
    for name in document.mapping("variants"):
        at = ("variants", name)
        checkpoints = document.mapping(*at, "checkpoints")
        if not checkpoints:
            continue
        paths = {
            key: str(_path(document, (*at, "checkpoints", key), folder)) for key in checkpoints
        }
        variant = document.mapping(*at)
        settings = [
            variant.get("recipe"),
            variant.get("format", "onnx"),
            variant.get("pooling"),
            variant.get("vocabulary", "whole"),
        ]
        twin = first.setdefault(json.dumps([settings, paths], sort_keys=True), name)
        if twin != name:
            message = f"the same recipe and checkpoints as {twin}, expected another variant"
            remedy = "use `control: true` to run the baseline against itself"
            yield document.key_mistake(at, f"{message}; {remedy}")


def _path(document: MarkedYaml, at: Location, folder: Path) -> Path | None:
    value = document.at(at)
    return resolve(value, folder) if isinstance(value, str) and value else None


def _no_folder(path: Path) -> str | None:
    # os.path answers False where Path raises: names that are too long, folders that are closed.
    if os.path.isdir(path):  # noqa: PTH112
        return None
    if os.path.exists(path):  # noqa: PTH110
        return f"{path} is a file, expected a folder"
    missing = path
    while not os.path.isdir(missing.parent):  # noqa: PTH112
        missing = missing.parent
    try:
        beside = [entry.name for entry in missing.parent.iterdir() if entry.is_dir()]
    except OSError:
        beside = []
    name = nearest(missing.name, beside)
    hint = f"; did you mean {missing.parent / name}?" if name else ""
    return f"there is no folder {path}, expected an existing one{hint}"


def _no_checkpoint(path: Path) -> str | None:
    if wrong := _no_folder(path):
        return wrong
    if os.path.isfile(path / _CONFIG):  # noqa: PTH113
        return None
    inside = sorted(config.parent for config in path.glob(f"*/{_CONFIG}"))
    hint = f"; did you mean {inside[-1]}?" if inside else ""
    return f"there is no {_CONFIG} in {path}, expected a checkpoint in Hugging Face's layout{hint}"


def _poolings(document: MarkedYaml, variant: str, key: str) -> list[Location]:
    """Return where the pooling stands that a checkpoint's key goes with, or several."""
    at = ("variants", variant, "pooling")
    pooling = document.mapping(*at)
    if not is_by_task(pooling):
        return [at]
    own = document.mapping("variants", variant, "checkpoints")
    return [
        (*at, task) for task in pooling if task == key or (key == RETRIEVAL and task not in own)
    ]


def _layer(document: MarkedYaml, at: Location, checkpoint: Path) -> Iterator[Mistake]:
    layer = whole_number(document.at(at))
    try:
        config = json.loads((checkpoint / _CONFIG).read_bytes())
        layers = int(config["num_hidden_layers"])
    except (OSError, ValueError, KeyError, TypeError):
        # The export says what is wrong with a checkpoint; here only a known number counts.
        return
    if layer is not None and layer > layers:
        message = f"found layer {layer}, expected 1 to {layers}, the layers of {checkpoint}"
        yield document.mistake(at, message)
