"""Reads one word a line, with its tag behind a tab, and a blank line between sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from device_agent.contract.errors import DataError
from device_agent.contract.samples import Sample, TokensInput
from device_agent.tasks.reading.lines import malformed, read_lines, shorten, unequal

Sentence = list[list[str]]
"""Its lines, each split at the tabs."""


def read_tagged(
    path: Path, gold_path: Path | None, language: str, classes: Sequence[str]
) -> list[Sample]:
    """Return one sample a sentence, with ids `<language>-<0-based sentence>`.

    PANX as first published writes `de:Haus` for `Haus`: where every word of the file begins with
    the language and a colon, both are removed, as the official preprocessing does.

    Args:
        path: `word[<TAB>tag]` a line.
        gold_path: A tag a line, blank lines alike, for a test split: a file of its own that need
            not be there, in whose absence the second column counts. None for a split that must
            have that column.
        language: Goes into the ids.
        classes: The task's tags.

    Raises:
        DataError: A file is missing or malformed, or the two do not go together.
    """
    sentences = _sentences(path, columns=(1, 2) if gold_path else (2,))
    if gold_path and gold_path.exists():
        gold = [_tags(sentence, 0) for sentence in _sentences(gold_path, columns=(1,))]
        _check(gold_path, gold, path, sentences)
    else:
        gold = [_tags(sentence, 1) for sentence in sentences]
    _check_tags(gold_path if gold_path and gold_path.exists() else path, gold, classes)
    prefix = f"{language}:"
    skip = len(prefix) if all(w[0].startswith(prefix) for s in sentences for w in s) else 0
    return [
        Sample(
            id=f"{language}-{row}",
            input=TokensInput(tokens=tuple(fields[0][skip:] for fields in sentence)),
            gold=tags,
        )
        for row, (sentence, tags) in enumerate(zip(sentences, gold, strict=True))
    ]


def _sentences(path: Path, columns: tuple[int, ...]) -> list[Sentence]:
    """Split the file at its blank lines, also at those of spaces; several count as one."""
    expected = " or ".join(str(count) for count in columns)
    sentences: list[Sentence] = [[]]
    for number, line in enumerate(read_lines(path), start=1):
        # A no-break space is a word in some treebanks.
        if not line.strip(" \t"):
            if sentences[-1]:
                sentences.append([])
            continue
        fields = line.split("\t")
        if len(fields) not in columns:
            found = f"{len(fields)} column{'s' if len(fields) > 1 else ''} ({shorten(line)})"
            raise malformed(path, number, found, f"{expected}, separated by a tab")
        if len(fields) == 2 and not fields[1].strip():
            raise malformed(path, number, f"no tag behind {shorten(fields[0])}", "a tag")
        sentences[-1].append(fields)
    return sentences if sentences[-1] else sentences[:-1]


def _tags(sentence: Sentence, column: int) -> tuple[str, ...] | None:
    """Return the sentence's tags; None where a word has none."""
    if any(len(fields) <= column for fields in sentence):
        return None
    return tuple(fields[column].strip() for fields in sentence)


def _check_tags(path: Path, gold: Sequence[tuple[str, ...] | None], classes: Sequence[str]) -> None:
    """Refuse the inputs in place of the labels, whose words would count as tags."""
    tags = [tag for sentence in gold for tag in sentence or ()]
    strange = [tag for tag in tags if tag not in classes]
    if 2 * len(strange) > len(tags):
        raise DataError(
            f"{path}: {len(strange)} of {len(tags)} are no tags, the first is "
            f"{shorten(strange[0])}; expected {', '.join(classes)}.",
            remedy="Put the file of the labels there, one tag a line.",
        )


def _check(
    gold_path: Path, gold: list[tuple[str, ...] | None], path: Path, sentences: list[Sentence]
) -> None:
    """Refuse gold that does not have a tag for each word."""
    if any(not tag for tags in gold for tag in tags or ()):
        raise DataError(
            f"{gold_path}: a line holds no tag, but white space.",
            remedy="Take the labels from the download again.",
        )
    if len(gold) != len(sentences):
        raise unequal(gold_path, len(gold), path, len(sentences), "sentences")
    for row, (tags, sentence) in enumerate(zip(gold, sentences, strict=True), start=1):
        if len(tags or ()) != len(sentence):
            name = gold_path.with_name(f"{gold_path.name}, sentence {row}")
            raise unequal(name, len(tags or ()), path, len(sentence), "tags")
