"""Reads a study file: either a `Study` that holds, or one error with every mistake in it."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from device_agent.digest import digest_bytes
from host.studies.agreement import agreement_mistakes
from host.studies.folders import folder_mistakes, twin_mistakes
from host.studies.marked_yaml import MarkedYaml, parse
from host.studies.messages import schema_mistakes
from host.studies.mistakes import Mistake, StudyError, shown, study_error
from host.studies.names import name_mistakes
from host.studies.schema import Study

_MOST_BYTES = 256 * 1024
"""A study has some kilobytes; what is larger is another file, named by mistake."""


def load_study(path: Path, *, untrained: bool = False) -> Study:
    """Read and check a study file.

    Args:
        path: The file; paths in it start at its folder.
        untrained: Checkpoints that training is to make need not be there.

    Raises:
        StudyError: The file cannot be read, or has mistakes: all of them, each with its line.
    """
    data = _read(path)
    document = parse(data)
    mistakes = list(document.mistakes)
    if document.root is None and not mistakes:
        mistakes.append(document.mistake((), "the file is empty, expected keys such as `study:`"))
    elif document.root is not None and not isinstance(document.root, dict):
        message = f"found {shown(document.root)}, expected keys such as `study: demo`"
        mistakes.append(document.mistake((), message))
    if not isinstance(document.root, dict):
        raise study_error(path, mistakes)
    mistakes += _list_to_mapping(document)
    folder = path.absolute().parent
    study = None
    try:
        context = {"folder": folder, "path": path, "digest": digest_bytes(data)}
        study = Study.model_validate(document.root, context=context)
    except ValidationError as error:
        mistakes += schema_mistakes(error, document)
    mistakes += name_mistakes(document)
    mistakes += agreement_mistakes(document)
    mistakes += folder_mistakes(document, folder, untrained=untrained)
    mistakes += twin_mistakes(document, folder)
    if study is None or mistakes:
        raise study_error(path, mistakes)
    return study


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise StudyError(
            f"{path}: no study file can be read there: {reason}", remedy=_other_file(path)
        ) from error
    if len(data) > _MOST_BYTES:
        raise StudyError(
            f"{path}: more than {_MOST_BYTES // 1024} KiB, which no study file has",
            remedy="Give the path of a study file, such as study.yaml.",
        )
    return data


def _other_file(path: Path) -> str:
    folder = path if path.is_dir() else path.parent
    try:
        there = sorted(file for file in folder.iterdir() if file.suffix in {".yaml", ".yml"})
    except OSError:
        there = []
    names = f": {', '.join(map(str, there[:5]))}" if there else ", such as study.yaml"
    return f"Give the path of a study file{names}."


def _list_to_mapping(document: MarkedYaml) -> list[Mistake]:
    """Replace `tasks: [xnli, tatoeba]` by the mapping that it is short for."""
    names = document.root.get("tasks")
    if not isinstance(names, list) or not names:
        return []
    mistakes = []
    named: dict[str, None] = {}
    for index, name in enumerate(names):
        at = ("tasks", index)
        if not isinstance(name, str):
            message = f"found {shown(name)}, expected a task's name"
            remedy = "tasks with settings stand in a mapping, without dashes"
            mistakes.append(document.mistake(at, f"{message}; {remedy}"))
        elif name in named:
            mistakes.append(document.mistake(at, f"{shown(name)} stands in this list already"))
        else:
            named[name] = None
            document.keys["tasks", name] = document.values[at]
    document.root["tasks"] = named
    return mistakes
