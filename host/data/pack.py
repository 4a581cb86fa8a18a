"""Packs what a study needs of the benchmark into files that are named by their digest."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from device_agent import tasks
from device_agent.contract.codec import Document, encode
from device_agent.contract.errors import DataError
from device_agent.contract.runspec import Dataset
from device_agent.contract.samples import GoldRow, InputRow, Sample
from host.data.sampling import draw
from host.data.source import HOW_TO_GET, languages_of, read_language
from host.studies.schema import Study


def pack_study(study: Study, folder: Path) -> list[Dataset]:
    """Write every dataset of a study as JSON Lines to `folder/<digest>`.

    Packing again yields the same files. A task without languages takes all that the data has.

    Args:
        study: Names the data, tasks, languages, limits and the seed of the sampling.
        folder: Is made where it does not exist; other files in it are left alone.

    Returns:
        One dataset per task and language, in the study's order of tasks, then of languages.

    Raises:
        DataError: A language that was asked for, or a whole task, has no file; a file is malformed;
            the folder cannot be written to.
    """
    return [
        _pack(samples, study, task, language, folder)
        for task in study.tasks
        for language, samples in _languages(study, task)
    ]


def _languages(study: Study, name: str) -> Iterator[tuple[str, list[Sample]]]:
    asked = study.tasks[name].languages
    task = tasks.get(name)
    found = False
    for language in asked or languages_of(task):
        samples = read_language(task, study.data, language, study.split)
        if samples is not None:
            found = True
            yield language, samples
        elif asked:
            raise DataError(
                f"{study.data}: no {study.split} file of {name} in {language}, which the study "
                f"{study.name} asks for.",
                remedy=f"{HOW_TO_GET} into that folder, or take {language} out of "
                f"tasks.{name}.languages in {study.path}.",
            )
    if not found:
        raise DataError(
            f"{study.data}: no {study.split} file of {name} in any of its languages.",
            remedy=f"{HOW_TO_GET} and name the folder that holds {name}/ as `data` in "
            f"{study.path}, or take {name} out of its tasks.",
        )


def _pack(samples: list[Sample], study: Study, task: str, language: str, folder: Path) -> Dataset:
    limit, seed = study.tasks[task].limit, study.seeds.sampling
    kept = samples if limit is None else draw(samples, limit, language=language, seed=seed)
    gold = [GoldRow(id=s.id, gold=s.gold) for s in kept if s.gold is not None]
    return Dataset(
        task=task,
        language=language,
        split=study.split,
        inputs=_write(folder, (InputRow(id=s.id, input=s.input) for s in kept)),
        gold=_write(folder, gold) if gold else None,
        samples=len(kept),
        queries=sum(sample.is_scored for sample in kept),
        available=sum(sample.is_scored for sample in samples),
        available_pool=sum(not sample.is_scored for sample in samples),
        seed=seed if len(kept) < len(samples) else None,
    )


def _write(folder: Path, rows: Iterable[Document]) -> str:
    """Write the rows beside their place, then rename: a file with a digest's name is whole."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder, suffix=".part")
        part = Path(name)
        sha = hashlib.sha256()
        try:
            with os.fdopen(descriptor, "wb") as file:
                for row in rows:
                    line = encode(row) + b"\n"
                    sha.update(line)
                    file.write(line)
            part.replace(folder / sha.hexdigest())
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            f"{folder}: packed data cannot be written there: {error.strerror}.",
            remedy="Free space on that disk, or name a folder that this user may write to.",
        ) from error
    return sha.hexdigest()
