"""Packs what a study needs of the benchmark into files that are named by their digest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from device_agent import tasks
from device_agent.contract.errors import DataError
from device_agent.contract.runspec import Dataset
from device_agent.contract.samples import GoldRow, InputRow, Sample
from device_agent.tasks.protocol import Task
from host.data.blob import write_blob
from host.data.counted import Counted, notes_on
from host.data.counts import Counts, count, count_one
from host.data.sampling import draw, draw_pool, gold_ids
from host.data.source import (
    has_split,
    how_to_get,
    is_pooled,
    languages_of,
    open_pool,
    pool_language_of,
    read_language,
)
from host.studies.schema import Study

Tell = Callable[[str], None]
Read = tuple[str, list[Sample]]
"""A language and all its samples."""


def pack_study(study: Study, folder: Path, *, tell: Tell | None = None) -> list[Dataset]:
    """Write every dataset of a study, as `pack_counted`, and return the datasets alone."""
    return [packed.dataset for packed in pack_counted(study, folder, tell=tell)]


def pack_counted(study: Study, folder: Path, *, tell: Tell | None = None) -> list[Counted]:
    """Write every dataset of a study as JSON Lines to `folder/<digest>`.

    Packing again yields the same files. A task without languages takes all that the data has. The
    pool that belongs to no language goes along with any language, and gold names only candidates
    that are in the run.

    Args:
        study: Names the data, tasks, languages, limits and the seed of the sampling.
        folder: Is made where it does not exist; other files in it are left alone.
        tell: Is called with what a user should know and no dataset says.

    Returns:
        One dataset per task and language, in the study's order of tasks, then of languages, then
        the pool of the task.

    Raises:
        DataError: A language that was asked for, or a whole task, has no file; a file is malformed;
            the folder cannot be written to.
    """
    done: list[Counted] = []
    for name in study.tasks:
        task = tasks.get(name)
        languages = _languages(study, task, tell)
        own: list[Counted] = []
        # A pool that languages share is drawn for the queries of all of them, so these stay in
        # memory; otherwise each language is written before the next one is read.
        for group in [list(languages)] if is_pooled(task) else ([one] for one in languages):
            drawn = _draw(study, task, group)
            if pool_language_of(task) is not None:
                drawn.append(_pool(study, task, drawn))
            own += _write(drawn, study, task, folder, tell)
        if tell is not None:
            for note in notes_on(name, own, study.tasks[name].candidates):
                tell(note)
        done += own
    return done


@dataclass
class _Drawn:
    """One language, or a pool: what to write of it, and what was counted while writing.

    Attributes:
        samples: Of a language those that were drawn; a pool is read from disk each time.
        whole: Before the draw; None for a pool, whose file is counted as it is read.
        kept: Ids of a pool; None for all.
        gold: Of the samples.
        seen: Of the samples that were read, before those that are not kept are left out.
        written: Of those that were kept.
    """

    language: str
    samples: Iterable[Sample]
    whole: Counts | None = None
    kept: Set[str] | None = None
    gold: list[GoldRow] = field(default_factory=list)
    seen: Counts = field(default_factory=Counts)
    written: Counts = field(default_factory=Counts)

    @property
    def available(self) -> Counts:
        """What there was before the draw; of a pool once it was written."""
        return self.seen if self.whole is None else self.whole

    def rows(self, candidates: Set[str], present: set[str]) -> Iterator[InputRow]:
        """Yield what is kept, and add to `present` those of the candidates that are in it."""
        for sample in self.samples:
            one = count_one(sample)
            self.seen += one
            if self.kept is not None and sample.id not in self.kept:
                continue
            self.written += one
            if sample.id in candidates and not sample.is_scored:
                present.add(sample.id)
            yield InputRow(id=sample.id, input=sample.input)


def _languages(study: Study, task: Task, tell: Tell | None) -> Iterator[Read]:
    asked = study.tasks[task.name].languages
    known = asked or languages_of(task)
    lacking = []
    for language in known:
        samples = read_language(task, study.data, language, study.split)
        if samples is not None:
            yield language, samples
        elif asked:
            raise DataError(
                f"{study.data}: no {study.split} file of {task.name} in {language}, which the "
                f"study {study.name} asks for.{_dev(study, task, [language])}",
                remedy=f"{how_to_get(task.name)} into that folder, or take {language} out of "
                f"tasks.{task.name}.languages in {study.path}{_or_dev(study, task, [language])}.",
            )
        else:
            lacking.append(language)
    if len(lacking) == len(known):
        raise DataError(
            f"{study.data}: no {study.split} file of {task.name} in any of its languages."
            f"{_dev(study, task, known)}",
            remedy=f"{how_to_get(task.name)} and name the folder that holds {task.name}/ as `data` "
            f"in {study.path}, or take {task.name} out of its tasks{_or_dev(study, task, known)}.",
        )
    if lacking and tell is not None:
        tell(
            f"{task.name}: the data has {len(known) - len(lacking)} of {len(known)} languages, and "
            f"no {study.split} file in {' '.join(lacking)}."
        )


def _dev(study: Study, task: Task, languages: Sequence[str]) -> str:
    found = [one for one in languages if has_split(task, study.data, one, "dev")]
    return f" The development set is there, in {' '.join(found)}." if found else ""


def _or_dev(study: Study, task: Task, languages: Sequence[str]) -> str:
    there = _dev(study, task, languages)
    return ", or set `split: dev` there, which is for the whole study" if there else ""


def _draw(study: Study, task: Task, group: Sequence[Read]) -> list[_Drawn]:
    settings, seed = study.tasks[task.name], study.seeds.sampling
    wanted: set[str] = set()
    if settings.candidates is not None and is_pooled(task):
        for language, samples in group:
            wanted.update(gold_ids(draw(samples, settings.limit, language=language, seed=seed)))
    drawn = []
    for language, samples in group:
        kept = draw(
            samples,
            settings.limit,
            language=language,
            seed=seed,
            candidates=settings.candidates,
            wanted=wanted,
        )
        gold = [GoldRow(id=s.id, gold=s.gold) for s in kept if s.gold is not None]
        drawn.append(_Drawn(language, kept, count(samples), gold=gold))
    return drawn


def _pool(study: Study, task: Task, drawn: Sequence[_Drawn]) -> _Drawn:
    language = str(pool_language_of(task))
    pool = open_pool(task, study.data, study.split)
    if pool is None:
        raise DataError(
            f"{study.data}: {task.name} has no candidates there, which every language of it is "
            "looked up among.",
            remedy=f"{how_to_get(task.name)}, or take {task.name} out of the tasks in "
            f"{study.path}.",
        )
    kept = draw_pool(
        pool,
        study.tasks[task.name].candidates,
        language=language,
        seed=study.seeds.sampling,
        wanted=_named(drawn),
    )
    return _Drawn(language, pool, kept=kept)


def _write(
    group: Sequence[_Drawn], study: Study, task: Task, folder: Path, tell: Tell | None
) -> Iterator[Counted]:
    named, present = _named(group) if is_pooled(task) else frozenset(), set[str]()
    # Gold last: which candidates a shared pool has is known when all of it is written.
    inputs = [write_blob(folder, drawn.rows(named, present)) for drawn in group]
    for drawn, digest in zip(group, inputs, strict=True):
        gold = _within(drawn, present, task, tell) if is_pooled(task) else drawn.gold
        there, before = drawn.written, drawn.available
        dataset = Dataset(
            task=task.name,
            language=drawn.language,
            split=study.split,
            inputs=digest,
            gold=write_blob(folder, gold) if gold else None,
            samples=there.samples,
            queries=there.queries,
            available=before.queries,
            available_pool=before.samples - before.queries,
            seed=study.seeds.sampling if there.samples < before.samples else None,
        )
        yield Counted(dataset, there, before)


def _named(group: Sequence[_Drawn]) -> frozenset[str]:
    """Return every candidate that gold names."""
    return frozenset(
        id_
        for drawn in group
        for row in drawn.gold
        if isinstance(row.gold, tuple)
        for id_ in row.gold
    )


def _within(drawn: _Drawn, present: Set[str], task: Task, tell: Tell | None) -> list[GoldRow]:
    """Leave out gold that is not in the run, and queries that keep none."""
    within = []
    for row in drawn.gold:
        assert isinstance(row.gold, tuple)
        gold = tuple(id_ for id_ in row.gold if id_ in present)
        if gold:
            within.append(GoldRow(id=row.id, gold=gold))
    if len(within) < len(drawn.gold) and tell is not None:
        tell(
            f"{task.name} {drawn.language}: {len(drawn.gold) - len(within)} of {len(drawn.gold)} "
            "queries have no right candidate in this study, and are unscored."
        )
    return within
