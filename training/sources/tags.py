"""Reads tagged sentences: a word a line, and the forms in which supertags go about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from device_agent.contract.samples import TokensInput
from device_agent.tasks.reading.lines import malformed, read_lines, shorten, stream_lines
from device_agent.tasks.reading.tagged import read_tagged
from training.examples import Example
from training.sources.rows import Row


@dataclass(frozen=True)
class BenchmarkTags:
    """A `Reader` of `word<TAB>tag` with the device's own code, PANX's `en:` prefix included.

    Attributes:
        classes: The task's tags.
    """

    classes: tuple[str, ...]

    def __call__(self, path: Path, language: str) -> Iterator[Row]:
        """Yield a record a sentence.

        Raises:
            DataError: The file is missing or malformed.
        """
        samples = read_tagged(path, None, language, self.classes)
        for number, sample in enumerate(samples, start=1):
            assert isinstance(sample.input, TokensInput)
            assert isinstance(sample.gold, tuple)
            yield Row(
                f"{path}, sentence {number}",
                {"tokens": list(sample.input.tokens), "tags": list(sample.gold)},
            )


def read_columns(path: Path, language: str) -> Iterator[Row]:  # noqa: ARG001 a `Reader`
    """Yield a record a sentence of a CoNLL-like file: the word first, its tag last.

    Raises:
        DataError: The file is missing, or a line has no two columns separated by a tab.
    """
    words: list[list[str]] = []
    first = 1
    for number, line in enumerate([*read_lines(path), ""], start=1):
        if line.strip(" \t"):
            fields = line.split("\t")
            if len(fields) < 2 or not fields[0] or not fields[-1].strip():
                raise malformed(path, number, shorten(line), "a word, a tab and its tag")
            words.append([fields[0], fields[-1].strip()])
            continue
        if words:
            tokens, tags = zip(*words, strict=True)
            place = f"{path}, lines {first} to {number - 1}"
            yield Row(place, {"tokens": list(tokens), "tags": list(tags)})
        words, first = [], number + 1


def read_piped(path: Path, language: str) -> Iterator[Row]:  # noqa: ARG001 a `Reader`
    """Yield a record a line of `word|part of speech|supertag`, as the C&C tools write them.

    Raises:
        DataError: The file is missing, or a word has no such three parts.
    """
    for number, line in enumerate(stream_lines(path), start=1):
        words = [word.rsplit("|", 2) for word in line.split()]
        for word in words:
            if len(word) != 3 or not all(word):
                raise malformed(path, number, shorten("|".join(word)), "word|part of speech|tag")
        if words:
            tokens, tags = [word[0] for word in words], [word[2] for word in words]
            yield Row(f"{path}, line {number}", {"tokens": tokens, "tags": tags})


@dataclass(frozen=True)
class TagForm:
    """A `Form`.

    Attributes:
        classes: The tags that may occur; None for any.
    """

    classes: tuple[str, ...] | None = None

    def __call__(self, row: Row) -> Example | None:
        """Return the example; None for a sentence without words.

        Raises:
            DataError: A column is missing, a word has no tag, or a tag is not known.
        """
        tokens = row.texts("tokens", "words")
        tags = row.texts("tags", "pos_tags", "ner_tags")
        if len(tokens) != len(tags):
            raise row.refused(f"{len(tags)} tags", f"{len(tokens)}, one a word")
        for tag in tags:
            if self.classes is not None and tag not in self.classes:
                raise row.refused(f"tag {shorten(tag)}", f"one of {', '.join(self.classes)}")
        if not tokens:
            return None
        return Example(input=TokensInput(tokens=tokens), target=tags)
