"""Writes one of the five studies as a commented study file."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from device_agent import tasks
from host.studies.mistakes import StudyError
from host.studies.templates.template import Level, Template

_RETRIEVAL_KEY = "retrieval"
_TRANSLATED = "en, ar, bg, de, el, es, fr, hi, ru, sw, th, tr, ur, vi, zh"
"""The languages that MNLI was translated into for XNLI."""
_WIDTH = 98
_NOTES_AT = 28


def render(
    template: Template, *, seeds: int = 3, bases: Sequence[str] = (), training: bool = True
) -> str:
    """Return the study file's text.

    Args:
        template: Which study.
        seeds: Repetitions of every variant, numbered from 1.
        bases: Folders or hub names of pre-trained models; the template's own names if none.
        training: With the sections that `host train` reads.

    Raises:
        StudyError: Two bases have one name, or a study of one size got several.
    """
    chosen = list(bases) or [f"bases/{name}" for name in template.bases]
    _check_bases(template, chosen)
    lines = [*_head(template, chosen, seeds), *_tasks(template), ""]
    if training:
        lines += [*_training(chosen), ""]
    lines += ["variants:"]
    for base in chosen:
        for level in template.levels:
            for seed in range(1, seeds + 1):
                lines += _variant(level, base, seed, several=len(chosen) > 1)
                if training:
                    lines += _variant_training(level, base, several=len(chosen) > 1)
                lines += _checkpoints(template, _name(level, base, seed, several=len(chosen) > 1))
    return "\n".join(lines) + "\n"


def write(text: str, path: Path, *, replace: bool) -> Path:
    """Write the file and return its path.

    Raises:
        StudyError: It is there, and is not to be replaced.
    """
    if path.exists() and not replace:
        raise StudyError(
            f"{path} is there already.", remedy="Name another file with --output, or use --force."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _head(template: Template, bases: Sequence[str], seeds: int) -> Iterator[str]:
    yield from _comment(template.question)
    yield "#"
    for paragraph in template.why.split("\n\n"):
        yield from _comment(" ".join(paragraph.split()))
    yield "#"
    several = (
        f"Every level is there with {seeds} seeds: one would be about checkpoints, never about "
        "regimes."
    )
    one = "There is one seed a level, so the answer is about these checkpoints, not about regimes."
    yield from _comment(
        "Margins are registered here, before anything is measured. "
        + (several if seeds > 1 else one)
    )
    baseline = template.levels[0]
    yield f"study: {template.name}"
    yield f"question: {template.question}"
    yield _noted("data: ./xtreme_r", "the benchmark's download, with labels/ beside the tasks")
    yield _noted(f"target: [{', '.join(template.targets)}]", "each gets an answer of its own")
    first = _name(baseline, bases[0], 1, several=len(bases) > 1)
    yield _noted(f"baseline: {first}", "whose second run is the A/A control")
    yield _noted(f"margin: {template.margin:g}", "latency within so much counts as equal")
    yield _noted(f"score-margin: {template.score_margin:g}", "points that a score may be lower")
    yield "design:"
    yield f"  factor: {template.factor}"
    yield _noted(f'  reference: "{template.reference}"', "what the others are held against")
    if template.trend:
        yield _noted(f"  trend: {template.trend}", "what the gap is followed over")
    yield f"  scenarios: [{', '.join(template.scenarios)}]"
    yield "performance:"
    yield _noted("  rounds: 30", "fixed beforehand; in each all variants take turns")
    yield _noted("  attempts: 90", "rounds tried at most: invalid ones are run again")
    yield _noted("  queries: 60", "a round, the same for all")
    yield _noted("  # temperature-band: 3", "kelvin, for boards that throttle")
    yield ""


def _noted(text: str, note: str) -> str:
    return f"{text:<{_NOTES_AT}}  # {note}"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, _WIDTH)]


def _tasks(template: Template) -> Iterator[str]:
    yield _noted("tasks:", "without a limit: all that the data has")
    for task in template.tasks:
        limit = template.limits.get(task)
        yield f"  {task}: {{limit: {limit}}}" if limit else f"  {task}:"


def _training(bases: Sequence[str]) -> Iterator[str]:
    yield _noted("training:", "leave it out, with those below, if the checkpoints are yours")
    yield _noted("  data: ./train", "docs/training-tasks.md has the names of its files")
    yield _noted("  # files: {mnli: my.tsv}", "in place of the published names")
    if len(bases) == 1:
        yield f"  base: {bases[0]}"
    yield _noted("  examples: 10000", "of each intermediate task, in all languages together")


def _variant(level: Level, base: str, seed: int, *, several: bool) -> Iterator[str]:
    yield f"  {_name(level, base, seed, several=several)}:"
    yield f"    regime: {level.regime}"
    if level.intermediate_tasks:
        yield f"    intermediate-tasks: [{', '.join(level.intermediate_tasks)}]"
    yield f"    base-model: {PurePosixPath(base).name}"
    yield f"    seed: {seed}"
    yield "    recipe: int8-dynamic"


def _variant_training(level: Level, base: str, *, several: bool) -> Iterator[str]:
    own = []
    if several:
        own.append(f"base: {base}")
    if level.regime == "multilingual":
        own.append(f"languages: [{_TRANSLATED}]")
    if own:
        yield f"    training: {{{', '.join(own)}}}"


def _checkpoints(template: Template, name: str) -> Iterator[str]:
    yield "    checkpoints:"
    retrieval = False
    for task in template.tasks:
        if tasks.get(task).head.name == "sentence-embedding":
            retrieval = True
        else:
            yield f"      {task}: checkpoints/{name}/{task}"
    if retrieval:
        yield f"      {_RETRIEVAL_KEY}: checkpoints/{name}/encoder"


def _name(level: Level, base: str, seed: int, *, several: bool) -> str:
    size = f"-{PurePosixPath(base).name}" if several else ""
    return f"{level.label}{size}-s{seed}"


def _check_bases(template: Template, bases: Sequence[str]) -> None:
    names = [PurePosixPath(base).name for base in bases]
    if len(set(names)) < len(names):
        raise StudyError(
            f"Two bases are called {next(n for n in names if names.count(n) > 1)}.",
            remedy="Give their folders names of their own: a variant is named after its base.",
        )
    if len(bases) == 1 and template.trend == "parameters":
        raise StudyError(
            f"The study {template.name} is about several sizes, found one base.",
            remedy="Name three, at least two: `--base SMALL --base MEDIUM --base LARGE`.",
        )
    if len(bases) > 1 and template.trend != "parameters":
        raise StudyError(
            f"The study {template.name} is about one base, found {len(bases)}.",
            remedy="Name one --base, or begin `host study init model-size`.",
        )
