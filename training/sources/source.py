"""Where the examples of a task lie, and what makes an example of a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from device_agent.contract.errors import DataError
from training.errors import TrainingError
from training.examples import Example, not_empty
from training.sources.hub import Hub, load_rows
from training.sources.rows import Row

Reader = Callable[[Path, str], Iterable[Row]]
"""Takes a file and its language."""

Form = Callable[[Row], Example | None]
"""Makes an example of a record; None leaves the record out."""


@dataclass(frozen=True)
class Source:
    """The examples of one task.

    Attributes:
        task: Its name, for messages.
        form: The same for files and for the hub.
        readers: File suffix to what reads such a file.
        patterns: Files below the data's folder, `{language}` in place of the code; the first that
            is there is read.
        english: Where those lack English: its files, by their published names.
        hub: All of them together are the task's examples there.
        only_english: What the task is learned from, where that has no other language.
    """

    task: str
    form: Form
    readers: Mapping[str, Reader]
    patterns: tuple[str, ...] = ()
    english: tuple[str, ...] = ()
    hub: tuple[Hub, ...] = ()
    only_english: str | None = None

    def read(self, root: Path, language: str, files: str | None = None) -> list[Example]:
        """Return the examples of one language, in the file's order.

        Args:
            root: The folder of the data.
            language: Code.
            files: A file below `root` that is none of the published names, `{language}` in place
                of the code.

        Raises:
            DataError: No file is there, or a record is malformed.
            TrainingError: A file has no example, or there can be none of this language.
        """
        path = self._file(root, language, files)
        reader = self.readers.get(path.suffix)
        if reader is None:
            raise DataError(
                f"{path}: found a file {path.suffix or 'without a suffix'}, expected one of "
                f"{', '.join(self.readers)}, which {self.task} is read from.",
                remedy="Convert the file, JSON Lines with the published columns at the simplest.",
            )
        return not_empty(self._examples(reader(path, language)), f"{self.task}, {path}")

    def fetch(self, language: str, mirror: Path | None = None) -> list[Example]:
        """Return the examples of one language from the Hugging Face hub.

        Args:
            language: Code.
            mirror: A folder of clones of the hub's datasets, in place of the hub.

        Raises:
            DataError: The library is missing, or a dataset cannot be had or has another form.
            TrainingError: The hub does not have the language, or no example of it.
        """
        for part in self.hub:
            if language not in part.configs:
                raise TrainingError(
                    f"{self.task}: {part.identifier} has no training data in {language!r}, only "
                    f"in {', '.join(sorted(part.configs))}.",
                    remedy="Train on one of these languages, or on local files of that one.",
                )
        rows = (row for part in self.hub for row in load_rows(part, language, mirror))
        return not_empty(self._examples(rows), f"{self.task} in {language} on the hub")

    def is_there(self, root: Path, language: str) -> bool:
        """Tell whether one of the published files is there."""
        return any(path.is_file() for path in self._candidates(root, language))

    def _examples(self, rows: Iterable[Row]) -> list[Example]:
        return [example for row in rows if (example := self.form(row)) is not None]

    def _candidates(self, root: Path, language: str) -> Sequence[Path]:
        names = [pattern.replace("{language}", language) for pattern in self.patterns]
        return [root / name for name in (*names, *(self.english if language == "en" else ()))]

    def _file(self, root: Path, language: str, files: str | None) -> Path:
        if files is not None:
            return root / _named(files, language)
        if self.only_english and language != "en":
            raise TrainingError(
                f"{self.task} is learned from {self.only_english}, which is English; found "
                f"{language!r}.",
                remedy="Train its target task on `en`; other languages belong to intermediate "
                "tasks, or to a file that you name.",
            )
        candidates = self._candidates(root, language)
        for path in candidates:
            if path.is_file():
                return path
        names = ", ".join(str(path.relative_to(root)) for path in candidates)
        raise DataError(
            f"{self.task} in {language}: found none of its files below {root}, expected one of "
            f"{names or 'a file that you name'}.",
            remedy="Put the published file there, or name the one that you have in the study: "
            f"`training: {{files: {{{self.task}: 'my/{self.task}-{{language}}"
            f"{next(iter(self.readers))}'}}}}`.",
        )


def _named(files: str, language: str) -> str:
    """Return a file that the user named; one for all languages is not theirs."""
    if "{language}" not in files and language != "en":
        raise TrainingError(
            f"{files}: found no {{language}} in the name of the file, expected it where "
            f"{language} is read.",
            remedy="Write {language} where the language's code stands, or train on `en` alone.",
        )
    return files.replace("{language}", language)
