"""Whether what a study names exists: tasks, their languages, recipes, the runtime, the baseline.

This and every other check looks at the plain document and passes over what has the wrong form, so
that it adds its mistakes to the schema's instead of waiting for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from device_agent import runtimes, tasks
from export import formats, recipes
from host.data.source import languages_of
from host.studies.marked_yaml import Location, MarkedYaml
from host.studies.mistakes import Mistake, did_you_mean, one_of, shown
from host.studies.schema import DEFAULT, RETRIEVAL

_LANGUAGE_SLIPS = {"cn": "zh", "gr": "el", "iw": "he", "jp": "ja", "kr": "ko", "ua": "uk"}
"""Country codes and old codes that people write for the language."""


def name_mistakes(document: MarkedYaml) -> Iterator[Mistake]:
    """Yield every name that does not exist."""
    for task in document.mapping("tasks"):
        if task in tasks.names():
            yield from _languages(document, task)
        else:
            yield _unknown(document, ("tasks", task), tasks.names(), key=True)
    variants = document.mapping("variants")
    for name in variants:
        of_format = format_of(document, name)
        yield from _recipes(document, ("variants", name, "recipe"), recipes.names(of_format))
        for task in document.mapping("variants", name, "checkpoints"):
            if task not in (known := (*tasks.names(), RETRIEVAL)):
                yield _unknown(document, ("variants", name, "checkpoints", task), known, key=True)
    yield from _value(document, ("runtime", "name"), runtimes.names())
    if variants:
        yield from _value(document, ("baseline",), tuple(variants))


def _recipes(document: MarkedYaml, at: Location, known: Sequence[str]) -> Iterator[Mistake]:
    """Check one recipe for all tasks, or one for each task that is named."""
    yield from _value(document, at, known)
    for task in document.mapping(*at):
        if task not in (keys := (*tasks.names(), DEFAULT)):
            yield _unknown(document, (*at, task), keys, key=True)
        yield from _value(document, (*at, task), known)


def format_of(document: MarkedYaml, variant: str) -> str:
    """Return a variant's format; the default where what stands there is none."""
    found = document.at(("variants", variant, "format"))
    return found if isinstance(found, str) and found in formats.names() else "onnx"


def _value(document: MarkedYaml, at: Location, known: Sequence[str]) -> Iterator[Mistake]:
    found = document.at(at)
    if isinstance(found, str) and found and found not in known:
        yield _unknown(document, at, known)


def _unknown(
    document: MarkedYaml, at: Location, known: Sequence[str], *, key: bool = False
) -> Mistake:
    found = at[-1] if key else document.at(at)
    message = f"found {shown(found)}, expected {one_of(known)}{did_you_mean(found, known)}"
    return document.key_mistake(at, message) if key else document.mistake(at, message)


def _languages(document: MarkedYaml, task: str) -> Iterator[Mistake]:
    at = ("tasks", task, "languages")
    languages = document.at(at)
    known = (*languages_of(tasks.get(task)), *tasks.get(task).languages_beyond)
    for index, language in enumerate(languages if isinstance(languages, list) else []):
        if not isinstance(language, str) or language in known:
            continue
        code = language.lower().replace("_", "-").split("-")[0]
        code = _LANGUAGE_SLIPS.get(code, code)
        hint = f"; did you mean {code}?" if code in known else did_you_mean(language, known)
        message = f"found {shown(language)}, which {task} does not have"
        yield document.mistake((*at, index), f"{message}, expected {one_of(known)}{hint}")
